/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face, asl/jsonata.h: options with their defaults, the host's functions and
 * variables, and errors made ready for people.
 */
#include <asl/jsonata.h>
#include <stdio.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/query/jsonata/library.h"

struct asl_jsonata {
    struct asli_jn_tree tree;
    struct asli_jn_library library;
    asl_jsonata_function *functions;
    char *text;
    size_t len;
};

const struct asli_jn_node *asli_jn_root_of(const asl_jsonata *expr)
{
    return expr->tree.root;
}

struct asli_jn_host {
    asl_jsonata_input input;
    uint64_t random;
};

/* ------------------------------------------------------------------ errors */

/* Copies as much as fits, whole characters. */
static void put(char *to, size_t size, const char *from, size_t len)
{
    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)from[len] & 0xc0) == 0x80)
            len--;
    }
    if (len)
        memcpy(to, from, len);
    to[len] = '\0';
}

static void put_value(jn_value v, bool bare, char *to, size_t size)
{
    struct asli_bytes text = {0};
    *to = '\0';
    if (v.type == JN_UNDEFINED)
        return;
    if (bare && v.type == JN_STRING) {
        put(to, size, v.as.text, v.len);
        return;
    }
    asli_jn_trouble_json(v, &text);
    if (!text.oom)
        put(to, size, text.data, text.len);
    asli_bytes_done(&text);
}

/* Fills *e of what happened; returns the ASL code. */
static int report(int result, const struct asli_jn_trouble *t, const char *text,
                  size_t len, asl_jsonata_error *e)
{
    static const char out_of_memory[] = "out of memory";
    asl_jsonata_error ignored;
    struct asli_bytes message = {0};
    e = e ? e : &ignored;
    memset(e, 0, sizeof *e);
    if (result == ASLI_JN_FAULT)
        asli_jn_trouble_text(t, &message);
    if (result != ASLI_JN_FAULT || message.oom) {
        e->kind = ASL_JSONATA_NO_MEMORY;
        put(e->message, sizeof e->message, out_of_memory, sizeof out_of_memory - 1);
        asli_bytes_done(&message);
        return ASL_ENOMEM;
    }
    bool limit = strcmp(t->code, "U1001") == 0;
    e->kind = limit               ? ASL_JSONATA_LIMIT
              : t->code[0] == 'S' ? ASL_JSONATA_SYNTAX
                                  : ASL_JSONATA_EVALUATION;
    put(e->code, sizeof e->code, t->code, strlen(t->code));
    put(e->message, sizeof e->message, message.data, message.len);
    put_value(t->token, true, e->token, sizeof e->token);
    put_value(t->value, false, e->value, sizeof e->value);
    if (t->positioned) {
        size_t at = t->position < len ? t->position : len;
        e->position = asli_jn_units(text, at);
        asli_json_position(text, text + at, &e->line, &e->column);
    }
    asli_bytes_done(&message);
    return limit ? ASL_ELIMIT : ASL_EINVAL;
}

/* ------------------------------------------------------------------ the host's functions */

struct asl_jsonata_call {
    const struct asli_jn_call *call;
    jn_value *ret_value;
};

static int call_host(const struct asli_jn_call *call, jn_value *ret_value)
{
    const asl_jsonata_function *f = call->native->host;
    asl_jsonata_call public = {call, ret_value};
    int result = f->fn(&public, f->arg);
    if (result == 0 || (result == ASLI_JN_FAULT && call->run->trouble->code))
        return result;
    if (result == ASL_ENOMEM)
        return result;
    return asl_jsonata_fail(&public, "D3137", "the function failed");
}

size_t asl_jsonata_arg_count(const asl_jsonata_call *call)
{
    return call->call->count;
}

const json_t *asl_jsonata_arg(asl_jsonata_call *call, size_t i)
{
    jn_value v = i < call->call->count ? call->call->args[i] : JN_NOTHING;
    json_t *json;
    if (v.type == JN_UNDEFINED || v.type == JN_FUNCTION)
        return NULL;
    if (asli_jn_to_json(call->call->run, v, &json) != 0 ||
        asli_jn_keep(call->call->run, json) != 0)
        return NULL;
    return json;
}

int asl_jsonata_return(asl_jsonata_call *call, json_t *take_value)
{
    if (!take_value || asli_jn_keep(call->call->run, take_value) != 0)
        return ASL_ENOMEM;
    *call->ret_value = asli_jn_of_json(take_value);
    return 0;
}

int asl_jsonata_fail(asl_jsonata_call *call, const char *code, const char *message)
{
    struct asli_jn_run *r = call->call->run;
    jn_value own_code, own_message;
    int result = asli_jn_copy_text(r, code, strlen(code), &own_code);
    if (result == 0)
        result = asli_jn_copy_text(r, message, strlen(message), &own_message);
    if (result != 0)
        return result;
    r->trouble->custom = own_message.as.text;
    r->trouble->custom_len = own_message.len;
    return asli_jn_throw(r, own_code.as.text);
}

/* ------------------------------------------------------------------ compiling */

static int copy_functions(asl_jsonata *expr, const asl_jsonata_options *o)
{
    size_t count = o->function_count;
    if (count == 0)
        return 0;
    expr->functions = asli_alloc(count * sizeof *expr->functions);
    expr->library.extra = asli_alloc(count * sizeof *expr->library.extra);
    if (!expr->functions || !expr->library.extra)
        return ASL_ENOMEM;
    memcpy(expr->functions, o->functions, count * sizeof *expr->functions);
    for (size_t i = 0; i < count; i++)
        expr->library.extra[i] =
            (struct asli_jn_native){.name = expr->functions[i].name,
                                    .signature = expr->functions[i].signature,
                                    .arity = 3,
                                    .fn = call_host,
                                    .host = &expr->functions[i]};
    expr->library.extra_count = count;
    return 0;
}

/* A copy of what the caller's version of the struct has. */
static asl_jsonata_options options_of(const asl_jsonata_options *given)
{
    asl_jsonata_options o = {0};
    if (given)
        memcpy(&o, given, given->size < sizeof o ? given->size : sizeof o);
    o.depth = o.depth ? o.depth : 500;
    o.memory = o.memory ? o.memory : 64 << 20;
    return o;
}

int asl_jsonata_compile(const char *text, size_t len, const asl_jsonata_options *options,
                        asl_jsonata **ret_expr, asl_jsonata_error *reterr)
{
    struct asli_jn_trouble trouble = {0};
    asl_jsonata_options o = options_of(options);
    struct asli_jn_limits limits = {.depth = o.depth, .stack = 512 << 10};
    len = len == (size_t)-1 ? strlen(text) : len;
    asl_jsonata *expr = asli_alloc(sizeof *expr);
    if (!expr)
        return report(ASL_ENOMEM, &trouble, text, len, reterr);
    asli_jn_arena_init(&expr->tree.arena, NULL, 0, o.memory);
    expr->library.aws = o.flags & ASL_JSONATA_AWS;
    expr->text = asli_strndup(text, len);
    expr->len = len;
    int result = expr->text ? copy_functions(expr, &o) : ASL_ENOMEM;
    if (result == 0)
        result =
            asli_jn_compile(&expr->tree, text, len, &expr->library, &limits, &trouble);
    if (result != 0) {
        result = report(result, &trouble, text, len, reterr);
        asl_jsonata_free(expr);
        return result;
    }
    *ret_expr = expr;
    return 0;
}

void asl_jsonata_free(asl_jsonata *expr)
{
    if (!expr)
        return;
    asli_jn_tree_done(&expr->tree);
    asli_free(expr->functions);
    asli_free(expr->library.extra);
    asli_free(expr->text);
    asli_free(expr);
}

/* ------------------------------------------------------------------ evaluating */

int asli_jn_host_variable(struct asli_jn_run *r, const struct asli_jn_name *name,
                          jn_value *ret, bool *ret_found)
{
    const asl_jsonata_input *in = &r->host->input;
    const json_t *value =
        in->variable ? in->variable(in->arg, name->text, name->len) : NULL;
    *ret_found = value != NULL;
    if (!value)
        return 0;
    *ret = asli_jn_of_json(value);
    return asli_jn_bind(r, &r->root, name, *ret);
}

double asli_jn_host_random(struct asli_jn_run *r)
{
    struct asli_jn_host *host = r->host;
    if (host->input.random)
        return host->input.random(host->input.arg);
    /* splitmix64 */
    uint64_t z = host->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static struct asli_jn_host host_of(const asl_jsonata_input *given)
{
    struct asli_jn_host host = {0};
    asl_jsonata_input *in = &host.input;
    if (given)
        memcpy(in, given, given->size < sizeof *in ? given->size : sizeof *in);
    in->depth = in->depth ? in->depth : 1000;
    in->steps = in->steps ? in->steps : 50000000;
    in->stack = in->stack ? in->stack : 512 << 10;
    in->memory = in->memory ? in->memory : 256 << 20;
    in->value_bytes = in->value_bytes ? in->value_bytes : in->memory;
    in->value_bytes = in->value_bytes < UINT32_MAX ? in->value_bytes : UINT32_MAX;
    host.random = (uint64_t)in->now;
    return host;
}

static int bind_all(struct asli_jn_run *r, const asl_jsonata_input *in)
{
    static const struct asli_jn_name whole = {"$", 1, 0};
    struct asli_jn_name *names =
        asli_jn_alloc(&r->arena, (in->binding_count + 1) * sizeof *names);
    if (!names)
        return asli_jn_no_room(r);
    *names = (struct asli_jn_name){whole.text, 1, asli_jn_hash(whole.text, 1)};
    int result = asli_jn_bind(r, &r->root, names, asli_jn_of_json(in->value));
    for (size_t i = 0; result == 0 && i < in->binding_count; i++) {
        const char *name = in->bindings[i].name;
        uint32_t len = (uint32_t)strlen(name);
        *++names = (struct asli_jn_name){name, len, asli_jn_hash(name, len)};
        result = asli_jn_bind(r, &r->root, names, asli_jn_of_json(in->bindings[i].value));
    }
    return result;
}

static int evaluate(struct asli_jn_run *r, const asl_jsonata_input *in,
                    asl_jsonata_result *ret)
{
    jn_value input = asli_jn_of_json(in->value), item = input, v;
    struct asli_jn_array outer = {
        .len = 1, .flags = JN_SEQUENCE | JN_OUTER, .items = &item};
    int result = bind_all(r, in);
    if (asli_jn_is_array(input))
        input = asli_jn_of_array(&outer);
    if (result == 0)
        result = asli_jn_eval(r, r->tree->root, input, &r->root, &v);
    if (result != 0)
        return result;
    json_t *json = NULL;
    ret->kind = v.type == JN_UNDEFINED  ? ASL_JSONATA_UNDEFINED
                : v.type == JN_FUNCTION ? ASL_JSONATA_FUNCTION
                                        : ASL_JSONATA_VALUE;
    if (ret->kind == ASL_JSONATA_VALUE)
        result = asli_jn_to_json(r, v, &json);
    ret->value = json;
    return result;
}

static void done(struct asli_jn_run *r)
{
    asli_jn_release(r);
    for (struct asli_jn_tree *next, *tree = r->evals; tree; tree = next) {
        next = tree->next;
        asli_jn_tree_done(tree);
        asli_free(tree);
    }
    if (r->stack_owned)
        asli_free(r->stack);
    if (r->unicode)
        freelocale(r->unicode);
    asli_bytes_done(&r->buf);
    asli_jn_arena_done(&r->arena);
    asli_jn_arena_done(&r->text);
}

int asl_jsonata_eval(const asl_jsonata *expr, const asl_jsonata_input *input,
                     asl_jsonata_result *ret_result, asl_jsonata_error *reterr)
{
    _Alignas(16) char first[4096];
    char text[512];
    jn_value stack[64];
    struct asli_jn_trouble trouble = {0};
    struct asli_jn_host host = host_of(input);
    asl_jsonata_result value = {0};
    struct asli_jn_run r = {.stack = stack,
                            .cap = sizeof stack / sizeof *stack,
                            .max_depth = host.input.depth,
                            .max_steps = host.input.steps,
                            .max_stack = host.input.stack,
                            .largest = host.input.value_bytes,
                            .base = (const char *)&value,
                            .tree = &expr->tree,
                            .library = &expr->library,
                            .trouble = &trouble,
                            .host = &host,
                            .now = host.input.now,
                            .non_finite = expr->library.aws};
    asli_jn_arena_init(&r.arena, first, sizeof first, host.input.memory);
    asli_jn_arena_init(&r.text, text, sizeof text, host.input.memory);
    int result = evaluate(&r, &host.input, &value);
    if (result == 0)
        *ret_result = value;
    else
        result = report(result, &trouble, expr->text, expr->len, reterr);
    done(&r);
    return result;
}
