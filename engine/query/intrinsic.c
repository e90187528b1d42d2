/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser of intrinsic calls: a call is a name and arguments; an argument is a string in
 * single quotes, a JSON number or word, a path, or another call.
 *
 * In a string only ' { } and \ may follow a backslash; AWS refuses any other pair when the
 * machine is created. Braces that are not placeholders are States.Format's business at run time.
 */
#include "engine/query/intrinsic_impl.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define MAX_NESTING 10

struct parser {
    const char *text, *p;
    asl_error *reterr;
};

static const struct asli_function functions[] = {
#define FUNCTION_ROW(name, least, most, text, function)                                  \
    {"States." #name, least, most, text, asli_states_##function},
    ASLI_INTRINSICS(FUNCTION_ROW)
#undef FUNCTION_ROW
};

static int parse_argument(struct parser *ps, struct asli_node *node, int depth);

static int refuse(struct parser *ps, const char *expected)
{
    return asl_error_set(ps->reterr, ASL_EDEFINITION,
                         "expected %s at character %d of the intrinsic function call: %s",
                         expected, (int)(ps->p - ps->text) + 1, ps->text);
}

static void skip_blanks(struct parser *ps)
{
    ps->p += strspn(ps->p, " \t\r\n");
}

static const struct asli_function *find_function(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strlen(functions[i].name) == len && !memcmp(functions[i].name, name, len))
            return &functions[i];
    return NULL;
}

static void node_done(struct asli_node *node)
{
    for (size_t i = 0; i < node->count; i++)
        node_done(&node->args[i]);
    asli_free(node->args);
    asli_free(node->raw);
    json_decref(node->literal);
    if (node->path)
        asli_path_free(node->path);
}

/* The content of 'text' with the escapes taken out, and as it is. */
static int parse_string(struct parser *ps, struct asli_node *node)
{
    struct asli_bytes value = {0};
    const char *start = ++ps->p;
    int err = 0;
    for (; *ps->p && *ps->p != '\''; ps->p++) {
        if (*ps->p == '\\' && (!ps->p[1] || !strchr("'{}\\", *++ps->p))) {
            err = refuse(ps, "one of ' { } \\ after a backslash");
            goto out;
        }
        asli_bytes_addc(&value, *ps->p);
    }
    if (!*ps->p) {
        err = refuse(ps, "a closing quote");
        goto out;
    }
    node->raw = asli_strndup(start, (size_t)(ps->p++ - start));
    node->literal =
        value.oom ? NULL : json_stringn(value.data ? value.data : "", value.len);
    if (!node->raw || !node->literal)
        err = asli_oom(ps->reterr);
out:
    asli_bytes_done(&value);
    return err;
}

/* A number, true, false or null: what the JSON reader makes of the word. */
static int parse_word(struct parser *ps, struct asli_node *node)
{
    size_t len = strcspn(ps->p, ",() \t\r\n");
    int err = asli_json_read(ps->p, len, &node->literal, ps->reterr);
    if (err == ASL_ENOMEM)
        return err;
    if (err || json_is_string(node->literal) || json_is_array(node->literal) ||
        json_is_object(node->literal))
        return refuse(ps,
                      "a string in single quotes, a number, true, false, null, a path or "
                      "a call");
    ps->p += len;
    return 0;
}

/* Where the path at `p` ends: a blank, comma or parenthesis outside brackets and their quotes. A
 * path function's own "()" belongs to it. */
static const char *path_end(const char *p)
{
    int brackets = 0;
    for (char quote = 0; *p; p++) {
        if (quote) {
            if (*p == '\\' && p[1])
                p++;
            else if (*p == quote)
                quote = 0;
        } else if (brackets && (*p == '\'' || *p == '"')) {
            quote = *p;
        } else if (*p == '[') {
            brackets++;
        } else if (*p == ']') {
            brackets--;
        } else if (brackets <= 0 && p[0] == '(' && p[1] == ')') {
            p++;
        } else if (brackets <= 0 && strchr(",() \t\r\n", *p)) {
            break;
        }
    }
    return p;
}

static int parse_path(struct parser *ps, struct asli_node *node)
{
    const char *end = path_end(ps->p);
    ASLI_AUTO(text) char *text = asli_strndup(ps->p, (size_t)(end - ps->p));
    if (!text)
        return asli_oom(ps->reterr);
    node->kind = ASLI_NODE_PATH;
    int err = asli_path_compile(text, &node->path, ps->reterr);
    ps->p = end;
    return err;
}

static int parse_next_argument(struct parser *ps, struct asli_node *node, int depth)
{
    if (!(node->count & (node->count - 1))) { /* full at 0, 1, 2, 4, 8 ... */
        size_t room = node->count ? 2 * node->count : 1;
        struct asli_node *more = asli_realloc(node->args, room * sizeof *more);
        if (!more)
            return asli_oom(ps->reterr);
        node->args = more;
    }
    node->args[node->count] = (struct asli_node){0};
    return parse_argument(ps, &node->args[node->count++], depth);
}

static int parse_call(struct parser *ps, struct asli_node *node, int depth)
{
    if (depth > MAX_NESTING)
        return refuse(ps, "at most 10 calls inside each other");
    size_t len = strcspn(ps->p, "( \t\r\n");
    node->kind = ASLI_NODE_CALL;
    node->function = find_function(ps->p, len);
    if (!node->function)
        return refuse(ps, "the name of an intrinsic function");
    ps->p += len;
    skip_blanks(ps);
    if (*ps->p != '(')
        return refuse(ps, "'('");
    ps->p++;
    skip_blanks(ps);
    if (*ps->p == ')') {
        ps->p++;
        return 0;
    }
    for (;;) {
        int err = parse_next_argument(ps, node, depth + 1);
        if (err)
            return err;
        skip_blanks(ps);
        if (*ps->p != ',' && *ps->p != ')')
            return refuse(ps, "',' or ')'");
        if (*ps->p++ == ')')
            return 0;
    }
}

static int parse_argument(struct parser *ps, struct asli_node *node, int depth)
{
    skip_blanks(ps);
    if (*ps->p == '\'')
        return parse_string(ps, node);
    if (*ps->p == '$')
        return parse_path(ps, node);
    if (asli_intrinsic_like(ps->p))
        return parse_call(ps, node, depth);
    return parse_word(ps, node);
}

bool asli_intrinsic_like(const char *text)
{
    return !strncmp(text, "States.", strlen("States."));
}

int asli_intrinsic_compile(const char *text, struct asli_intrinsic **ret_call,
                           asl_error *reterr)
{
    struct parser ps = {.text = text, .p = text, .reterr = reterr};
    struct asli_intrinsic *call = asli_alloc(sizeof *call);
    if (!call || !(call->text = asli_strdup(text))) {
        asli_intrinsic_free(call);
        return asli_oom(reterr);
    }
    int err = parse_call(&ps, &call->root, 1);
    if (!err) {
        skip_blanks(&ps);
        if (*ps.p)
            err = refuse(&ps, "nothing more (a call's result cannot be indexed)");
    }
    if (err)
        asli_intrinsic_free(call);
    else
        *ret_call = call;
    return err;
}

void asli_intrinsic_free(struct asli_intrinsic *call)
{
    if (!call)
        return;
    node_done(&call->root);
    asli_free(call->text);
    asli_free(call);
}

bool asli_intrinsic_gives_string(const struct asli_intrinsic *call)
{
    return call->root.function->gives_string;
}

static int node_reads(const struct asli_node *node, const struct asli_compiling *who)
{
    int rc = node->kind == ASLI_NODE_PATH ? asli_path_reads(node->path, who) : 0;
    for (size_t i = 0; i < node->count && !rc; i++)
        rc = node_reads(&node->args[i], who);
    return rc;
}

int asli_intrinsic_reads(const struct asli_intrinsic *call,
                         const struct asli_compiling *who)
{
    return node_reads(&call->root, who);
}
