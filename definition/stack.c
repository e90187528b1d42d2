/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates: the state machines and tables of one, and the definition of a machine that stands
 * inside it, with the lines it has there.
 *
 * Values of the template's tree are counted in the order of its text; since each begins a line of
 * the JSON text, the count of a value is the index of its mark.
 */
#include "definition/stack.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"

/* ---- what there is ---- */

/* A text that lives as long as the stack. */
static const char *keep(asl_stack *stack, json_t *take_text)
{
    if (!take_text || json_array_append_new(stack->kept, take_text))
        return NULL;
    return json_string_value(take_text);
}

/* A scalar as the text that replaces ${Name}. */
static json_t *text_of(json_t *value)
{
    if (json_is_string(value))
        return json_incref(value);
    if (json_is_integer(value))
        return json_sprintf("%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return json_sprintf("%g", json_real_value(value));
    return json_string(json_is_true(value) ? "true" : "false");
}

static int add_substitutions(asl_stack *stack, asl_stack_machine *machine, json_t *given,
                             asl_error *reterr)
{
    asl_substitution *list = asli_alloc((json_object_size(given) + 1) * sizeof *list);
    const char *name;
    json_t *value;
    machine->substitutions = list;
    if (!list)
        return asli_oom(reterr);
    json_object_foreach(given, name, value)
    {
        ASLI_AUTO(json) json_t *resolved = NULL;
        int rc = asli_stack_resolve(stack, value, &resolved, reterr);
        if (rc)
            return rc;
        if (!resolved || json_is_object(resolved) || json_is_array(resolved))
            continue; /* not known here: it stays in the definition, and is told */
        asl_substitution *one = &list[machine->substitution_count];
        one->name = name;
        one->value = keep(stack, text_of(resolved));
        if (!one->value)
            return asli_oom(reterr);
        machine->substitution_count++;
    }
    return 0;
}

static int add_machine(asl_stack *stack, const char *id, json_t *resource, bool sam,
                       asl_error *reterr)
{
    json_t *properties = json_object_get(resource, "Properties");
    const char *kind =
        json_string_value(json_object_get(properties, sam ? "Type" : "StateMachineType"));
    const char *uri = json_string_value(
        json_object_get(properties, sam ? "DefinitionUri" : "DefinitionS3Location"));
    asl_stack_machine *machine = &stack->machines[stack->machine_count++];
    *machine = (asl_stack_machine){
        .id = id,
        .name = asli_stack_name(id, resource),
        .express = kind && strcmp(kind, "EXPRESS") == 0,
        .definition_uri = uri,
    };
    return add_substitutions(
        stack, machine, json_object_get(properties, "DefinitionSubstitutions"), reterr);
}

/* The attribute with that role in the KeySchema. */
static const char *key_of(const json_t *properties, const char *role)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(properties, "KeySchema"), i, row)
    {
        const char *type = json_string_value(json_object_get(row, "KeyType"));
        if (type && strcmp(type, role) == 0)
            return json_string_value(json_object_get(row, "AttributeName"));
    }
    return NULL;
}

static void add_table(asl_stack *stack, const char *id, json_t *resource, bool simple)
{
    json_t *properties = json_object_get(resource, "Properties");
    json_t *primary = json_object_get(properties, "PrimaryKey");
    const char *given = json_string_value(json_object_get(primary, "Name"));
    asl_stack_table table = {
        .id = id,
        .name = asli_stack_name(id, resource),
        .hash_key = !simple ? key_of(properties, "HASH")
                    : given ? given
                            : "id",
        .range_key = simple ? NULL : key_of(properties, "RANGE"),
    };
    if (table.hash_key)
        stack->tables[stack->table_count++] = table;
}

static int add_resource(asl_stack *stack, const char *id, json_t *resource,
                        asl_error *reterr)
{
    const char *type = json_string_value(json_object_get(resource, "Type"));
    if (!type)
        return 0;
    bool sam = strcmp(type, "AWS::Serverless::StateMachine") == 0;
    bool simple = strcmp(type, "AWS::Serverless::SimpleTable") == 0;
    if (sam || strcmp(type, "AWS::StepFunctions::StateMachine") == 0)
        return add_machine(stack, id, resource, sam, reterr);
    if (simple || strcmp(type, "AWS::DynamoDB::Table") == 0)
        add_table(stack, id, resource, simple);
    return 0;
}

static int add_resources(asl_stack *stack, asl_error *reterr)
{
    json_t *resources = json_object_get(stack->tree, "Resources"), *resource;
    const char *id;
    int rc = 0;
    if (!json_is_object(resources))
        return asl_error_set(reterr, ASL_EINVAL,
                             "this is no template: it has no Resources");
    size_t count = json_object_size(resources) + 1;
    stack->machines = asli_alloc(count * sizeof *stack->machines);
    stack->tables = asli_alloc(count * sizeof *stack->tables);
    stack->kept = json_array();
    if (!stack->machines || !stack->tables || !stack->kept)
        return asli_oom(reterr);
    json_object_foreach(resources, id, resource)
    {
        if (!rc)
            rc = add_resource(stack, id, resource, reterr);
    }
    return rc;
}

/* ---- reading ---- */

static int set_names(asl_stack *stack, const asl_stack_options *given, asl_error *reterr)
{
    asl_stack_options o = {0};
    if (given)
        memcpy(&o, given, given->size < sizeof o ? given->size : sizeof o);
    stack->partition = asli_strdup(o.partition ? o.partition : "aws");
    stack->region = asli_strdup(o.region ? o.region : "us-east-1");
    stack->account = asli_strdup(o.account ? o.account : "123456789012");
    return stack->partition && stack->region && stack->account ? 0 : asli_oom(reterr);
}

static int read_stack(asl_stack *stack, const char *text, size_t len,
                      const asl_stack_options *options, asl_error *reterr)
{
    struct asli_bytes json = {0};
    int rc = set_names(stack, options, reterr);
    stack->source = asli_strndup(text, len);
    if (!rc && !stack->source)
        rc = asli_oom(reterr);
    if (!rc)
        rc = asli_yaml_read(text, len, &json, &stack->marks, reterr);
    if (!rc)
        rc = asli_json_read(json.len ? json.data : "null", json.len ? json.len : 4,
                            &stack->tree, reterr);
    asli_bytes_done(&json);
    return rc ? rc : add_resources(stack, reterr);
}

int asl_stack_read(const char *text, size_t len, const asl_stack_options *options,
                   asl_stack **ret_stack, asl_error *reterr)
{
    asl_stack *stack = asli_alloc(sizeof *stack);
    if (!stack)
        return asli_oom(reterr);
    int rc =
        read_stack(stack, text, len == (size_t)-1 ? strlen(text) : len, options, reterr);
    if (rc)
        asl_stack_free(stack);
    else
        *ret_stack = stack;
    return rc;
}

void asl_stack_free(asl_stack *stack)
{
    if (!stack)
        return;
    for (size_t i = 0; i < stack->machine_count; i++)
        asli_free((void *)stack->machines[i].substitutions);
    asli_free(stack->machines);
    asli_free(stack->tables);
    json_decref(stack->kept);
    json_decref(stack->tree);
    asli_marks_done(&stack->marks);
    asli_free(stack->source);
    asli_free(stack->partition);
    asli_free(stack->region);
    asli_free(stack->account);
    asli_free(stack);
}

const asl_stack_machine *asl_stack_machine_get(const asl_stack *stack, size_t i)
{
    return i < stack->machine_count ? &stack->machines[i] : NULL;
}

const asl_stack_table *asl_stack_table_get(const asl_stack *stack, size_t i)
{
    return i < stack->table_count ? &stack->tables[i] : NULL;
}

/* ---- a definition inside ---- */

/* Counts the values of `tree` before `wanted`; true: it was found. */
static bool count_to(const json_t *tree, const json_t *wanted, size_t *count)
{
    const char *key;
    size_t i;
    json_t *inner;
    if (tree == wanted)
        return true;
    ++*count;
    json_array_foreach(tree, i, inner)
    {
        if (count_to(inner, wanted, count))
            return true;
    }
    json_object_foreach((json_t *)tree, key, inner)
    {
        if (count_to(inner, wanted, count))
            return true;
    }
    return false;
}

struct emit {
    const asl_stack *stack;
    struct asli_bytes out;
    struct asli_marks marks;
    size_t at; /* the value that is written, counted */
    asl_error *reterr;
};

static int emit(struct emit *e, json_t *value);

/* The next value begins a line. */
static int begin(struct emit *e, bool first)
{
    asli_bytes_adds(&e->out, first ? "\n" : ",\n");
    e->at++;
    const struct asli_mark *mark = &e->stack->marks.items[e->at];
    return asli_marks_add(&e->marks, mark->line, mark->column) ? 0 : asli_oom(e->reterr);
}

static int emit_items(struct emit *e, json_t *value)
{
    size_t i;
    json_t *item;
    asli_bytes_addc(&e->out, '[');
    json_array_foreach(value, i, item)
    {
        int rc = begin(e, i == 0);
        if (rc || (rc = emit(e, item)))
            return rc;
    }
    asli_bytes_addc(&e->out, ']');
    return 0;
}

static int emit_members(struct emit *e, json_t *value)
{
    const char *key;
    json_t *member;
    bool first = true;
    asli_bytes_addc(&e->out, '{');
    json_object_foreach(value, key, member)
    {
        ASLI_AUTO(json) json_t *name = json_string(key);
        int rc = name ? begin(e, first) : asli_oom(e->reterr);
        if (!rc)
            rc = asli_json_write(name, &e->out, e->reterr);
        asli_bytes_adds(&e->out, ": ");
        if (rc || (rc = emit(e, member)))
            return rc;
        first = false;
    }
    asli_bytes_addc(&e->out, '}');
    return 0;
}

/* A function: what it stands for, or ${Fn::Name}, which the loader tells about. */
static int emit_call(struct emit *e, json_t *value)
{
    ASLI_AUTO(json) json_t *made = NULL;
    int rc = asli_stack_resolve(e->stack, value, &made, e->reterr);
    if (!rc && !made) {
        const char *function = json_object_iter_key(json_object_iter(value));
        made = json_sprintf("${%s}", function);
    }
    if (!rc)
        rc = made ? asli_json_write(made, &e->out, e->reterr) : asli_oom(e->reterr);
    size_t size = 0;
    count_to(value, NULL, &size);
    e->at += size - 1; /* itself is counted by its line */
    return rc;
}

static int emit(struct emit *e, json_t *value)
{
    if (asli_stack_is_call(value))
        return emit_call(e, value);
    if (json_is_array(value))
        return emit_items(e, value);
    if (json_is_object(value))
        return emit_members(e, value);
    return asli_json_write(value, &e->out, e->reterr);
}

static int inline_definition(const asl_stack *stack, json_t *value,
                             const asl_substitution *list, size_t count,
                             asl_definition **ret_definition, asl_error *reterr)
{
    struct emit e = {.stack = stack, .reterr = reterr};
    count_to(stack->tree, value, &e.at);
    const struct asli_mark *mark = &stack->marks.items[e.at];
    int rc = asli_marks_add(&e.marks, mark->line, mark->column) ? emit(&e, value)
                                                                : asli_oom(reterr);
    if (!rc)
        return asli_definition_of(&e.out, &e.marks, list, count, ret_definition, reterr);
    asli_bytes_done(&e.out);
    asli_marks_done(&e.marks);
    return rc;
}

/* Does a block scalar begin in that line, so that its lines are those of the file? */
static const char *block_after(const char *source, int line)
{
    const char *p = source;
    for (int i = 1; p && i < line; i++) {
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    const char *end = p ? strchr(p, '\n') : NULL;
    if (!end)
        return NULL;
    const char *last = end;
    while (last > p && strchr(" \r-+", last[-1]))
        last--;
    return last > p && last[-1] == '|' ? end + 1 : NULL;
}

/* DefinitionString: a text, perhaps made by Fn::Sub. */
static int string_definition(const asl_stack *stack, json_t *value,
                             const asl_substitution *list, size_t count,
                             asl_definition **ret_definition, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *made = NULL;
    struct asli_bytes text = {0};
    struct asli_marks marks = {0};
    size_t at = 0;
    int rc = asli_stack_resolve(stack, value, &made, reterr);
    if (rc)
        return rc;
    if (!json_is_string(made))
        return asl_error_set(reterr, ASL_EINVAL,
                             "its DefinitionString cannot be resolved here");
    asli_bytes_adds(&text, json_string_value(made));
    count_to(stack->tree, value, &at);
    at += asli_stack_is_call(value) ? 1 : 0;
    int line = stack->marks.items[at].line;
    const char *block = block_after(stack->source, line);
    const char *p = json_string_value(made);
    for (int i = 0; p && !rc; i++) {
        int column = stack->marks.items[at].column;
        if (block)
            column = (int)strspn(block, " ") + (int)strspn(p, " ") + 1;
        if (!asli_marks_add(&marks, block ? line + 1 + i : line, column))
            rc = asli_oom(reterr);
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    if (!rc)
        return asli_definition_of(&text, &marks, list, count, ret_definition, reterr);
    asli_bytes_done(&text);
    asli_marks_done(&marks);
    return rc;
}

/* Both lists in one, the caller's first. */
static asl_substitution *all_of(const asl_stack_machine *machine,
                                const asl_substitution *list, size_t count)
{
    size_t own = machine->substitution_count;
    asl_substitution *all = asli_alloc((count + own + 1) * sizeof *all);
    if (all && count)
        memcpy(all, list, count * sizeof *all);
    if (all && own)
        memcpy(all + count, machine->substitutions, own * sizeof *all);
    return all;
}

int asl_stack_definition(const asl_stack *stack, const asl_stack_machine *machine,
                         const asl_substitution *list, size_t count,
                         asl_definition **ret_definition, asl_error *reterr)
{
    json_t *resource =
        json_object_get(json_object_get(stack->tree, "Resources"), machine->id);
    json_t *properties = json_object_get(resource, "Properties");
    json_t *object = json_object_get(properties, "Definition");
    json_t *string = json_object_get(properties, "DefinitionString");
    if (!object && !string)
        return asl_error_set(reterr, ASL_EINVAL,
                             "the state machine '%s' has no definition in the template",
                             machine->id);
    asl_substitution *all = all_of(machine, list, count);
    if (!all)
        return asli_oom(reterr);
    count += machine->substitution_count;
    int rc = object
                 ? inline_definition(stack, object, all, count, ret_definition, reterr)
                 : string_definition(stack, string, all, count, ret_definition, reterr);
    asli_free(all);
    return rc;
}
