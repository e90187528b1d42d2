/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiling paths: the grammar of Jayway JsonPath, read once from left to right. Values
 * are never looked at here.
 *
 * A part is complete when it is in path->parts with its kind; a half-read path can always
 * be freed.
 */
#include "engine/query/path_impl.h"

#include <string.h>

#include "engine/base/utf8.h"

static struct asli_part *add_part(struct asli_parse *in, struct asli_path *path,
                                  enum asli_part_kind kind)
{
    if (path->count == path->cap) {
        size_t cap = path->cap ? path->cap * 2 : 8;
        struct asli_part *parts = asli_realloc(path->parts, cap * sizeof *parts);
        if (!parts) {
            asli_oom(in->reterr);
            return NULL;
        }
        path->parts = parts;
        path->cap = cap;
    }
    struct asli_part *part = &path->parts[path->count++];
    *part = (struct asli_part){.kind = kind, .quote = '\''};
    return part;
}

/* name, or name(arguments) */
static int parse_name(struct asli_parse *in, struct asli_path *path)
{
    const char *name = in->p;
    while (asli_parse_namely(*in->p))
        in->p++;
    size_t len = (size_t)(in->p - name);
    if (!len)
        return asli_parse_fail(
            in, "a name, '[' or '*' (write ['a name'] for any other name)");
    if (*in->p == '(') {
        if (path->count && path->parts[path->count - 1].kind == ASLI_PART_SCAN)
            return asli_parse_fail(in, "a name, not a function, after '..'");
        struct asli_part *part = add_part(in, path, ASLI_PART_CALL);
        in->p++;
        return part ? asli_path_call_parse(in, name, len, &part->call) : ASL_ENOMEM;
    }
    struct asli_part *part = add_part(in, path, ASLI_PART_KEY);
    if (!part)
        return ASL_ENOMEM;
    part->key = (struct asli_path_key){(char *)name, len};
    return 0;
}

/* 'a' or 'a','b': the part is a KEYS until it is known that there is only one */
static int parse_keys(struct asli_parse *in, struct asli_path *path)
{
    struct asli_part *part = add_part(in, path, ASLI_PART_KEYS);
    if (!part)
        return ASL_ENOMEM;
    part->quote = *in->p;
    do {
        asli_parse_blanks(in);
        if (*in->p != '\'' && *in->p != '"')
            return asli_parse_fail(in, "a name in quotes");
        struct asli_path_key *keys =
            asli_realloc(part->keys, (part->count + 1) * sizeof *keys);
        if (!keys)
            return asli_oom(in->reterr);
        part->keys = keys;
        int rc = asli_parse_quoted(in, false, &keys[part->count]);
        if (rc)
            return rc;
        part->count++;
    } while (asli_parse_take(in, ","));
    if (part->count == 1) {
        struct asli_path_key *keys = part->keys;
        part->kind = ASLI_PART_KEY;
        part->count = 0;
        part->key = keys[0];
        part->owned = true;
        asli_free(keys);
    }
    return 0;
}

static int parse_indexes(struct asli_parse *in, struct asli_path *path, json_int_t first)
{
    struct asli_part *part = add_part(in, path, ASLI_PART_INDEX);
    if (!part)
        return ASL_ENOMEM;
    part->index = first;
    asli_parse_blanks(in);
    if (*in->p != ',')
        return 0;
    part->kind = ASLI_PART_INDEXES;
    part->indexes = NULL;
    json_int_t index = first;
    for (;;) {
        json_int_t *indexes =
            asli_realloc(part->indexes, (part->count + 1) * sizeof *indexes);
        if (!indexes)
            return asli_oom(in->reterr);
        part->indexes = indexes;
        indexes[part->count++] = index;
        if (!asli_parse_take(in, ","))
            return 0;
        int rc = asli_parse_integer(in, &index);
        if (rc)
            return rc;
    }
}

static int parse_slice(struct asli_parse *in, struct asli_path *path,
                       const json_int_t *from)
{
    struct asli_part *part = add_part(in, path, ASLI_PART_SLICE);
    if (!part)
        return ASL_ENOMEM;
    part->slice.has_from = from != NULL;
    part->slice.from = from ? *from : 0;
    asli_parse_blanks(in);
    part->slice.has_to = *in->p != ']';
    if (!from && !part->slice.has_to)
        return asli_parse_fail(in, "a bound: [1:], [:2] or [1:2]");
    return part->slice.has_to ? asli_parse_integer(in, &part->slice.to) : 0;
}

/* [n], [n,n], [n:], [:n], [n:n] */
static int parse_numbers(struct asli_parse *in, struct asli_path *path)
{
    json_int_t first;
    if (asli_parse_take(in, ":"))
        return parse_slice(in, path, NULL);
    int rc = asli_parse_integer(in, &first);
    if (rc)
        return rc;
    if (asli_parse_take(in, ":"))
        return parse_slice(in, path, &first);
    return parse_indexes(in, path, first);
}

static int parse_filter(struct asli_parse *in, struct asli_path *path)
{
    asli_parse_blanks(in);
    if (*in->p != '(')
        return asli_parse_fail(in, "'(' after '?'");
    struct asli_part *part = add_part(in, path, ASLI_PART_FILTER);
    return part ? asli_filter_parse(in, &part->filter) : ASL_ENOMEM;
}

static int parse_bracket(struct asli_parse *in, struct asli_path *path)
{
    int rc;
    in->p++;
    asli_parse_blanks(in);
    if (*in->p == '\'' || *in->p == '"')
        rc = parse_keys(in, path);
    else if (asli_parse_take(in, "*"))
        rc = add_part(in, path, ASLI_PART_WILD) ? 0 : ASL_ENOMEM;
    else if (asli_parse_take(in, "?"))
        rc = parse_filter(in, path);
    else if ((*in->p >= '0' && *in->p <= '9') || *in->p == '-' || *in->p == ':')
        rc = parse_numbers(in, path);
    else
        rc = asli_parse_fail(in, "a name in quotes, a number, ':', '*' or '?('");
    if (rc)
        return rc;
    return asli_parse_take(in, "]") ? 0 : asli_parse_fail(in, "']'");
}

/* .name .* .. and, as Jayway takes them, .[0] and .['a'] */
static int parse_dot(struct asli_parse *in, struct asli_path *path)
{
    in->p++;
    if (*in->p == '.') {
        in->p++;
        if (!add_part(in, path, ASLI_PART_SCAN))
            return ASL_ENOMEM;
    }
    if (*in->p == '[')
        return parse_bracket(in, path);
    if (*in->p != '*')
        return parse_name(in, path);
    in->p++;
    return add_part(in, path, ASLI_PART_WILD) ? 0 : ASL_ENOMEM;
}

static bool single(const struct asli_part *part)
{
    return part->kind == ASLI_PART_KEY || part->kind == ASLI_PART_INDEX;
}

/* What follows from the parts: see struct asli_path. */
static void settle(struct asli_path *path)
{
    struct asli_part *last = path->count ? &path->parts[path->count - 1] : NULL;
    while (path->straight < path->count && single(&path->parts[path->straight]))
        path->straight++;
    path->definite = path->reference = true;
    for (struct asli_part *part = path->parts; last && part <= last; part++) {
        /* names that end a path are merged into one object, so they are "definite" too */
        bool one = single(part) || part->kind == ASLI_PART_CALL ||
                   (part->kind == ASLI_PART_KEYS && part == last);
        path->definite = path->definite && one;
        path->reference = path->reference && single(part) &&
                          (part->kind == ASLI_PART_KEY || part->index >= 0);
    }
    path->inverted =
        last && last->kind == ASLI_PART_CALL && path->parts[0].kind == ASLI_PART_SCAN;
    path->definite = path->definite || path->inverted;
}

static int parse_parts(struct asli_parse *in, struct asli_path *path)
{
    while (*in->p == '.' || *in->p == '[') {
        if (path->count && path->parts[path->count - 1].kind == ASLI_PART_CALL)
            return asli_parse_fail(in, "the end of the path after a function");
        int rc = *in->p == '.' ? parse_dot(in, path) : parse_bracket(in, path);
        if (rc)
            return rc;
    }
    settle(path);
    return 0;
}

static int parse_whole(struct asli_parse *in, struct asli_path *path)
{
    if (*in->p != '$')
        return asli_parse_fail(in, "'$'");
    in->p++;
    if (*in->p == '$') {
        path->root = ASLI_ROOT_CONTEXT;
        in->p++;
    } else if (asli_parse_namely(*in->p)) {
        path->root = ASLI_ROOT_VARIABLE;
        const char *name = in->p;
        while (asli_parse_namely(*in->p))
            in->p++;
        path->variable = (size_t)(in->p - name);
    }
    int rc = parse_parts(in, path);
    if (rc)
        return rc;
    const char *end = in->p;
    asli_parse_blanks(in);
    if (!*in->p)
        return 0;
    return asli_parse_fail(in, end == in->p ? "'.', '[' or the end"
                                            : "the end (write ['a name'] for a name with "
                                              "blanks)");
}

static int give(struct asli_path *path, int rc, struct asli_path **ret_path)
{
    if (rc)
        asli_path_free(path);
    else
        *ret_path = path;
    return rc;
}

/* Its names stand in the text of the path around it. */
int asli_parse_inner(struct asli_parse *in, struct asli_path **ret_path)
{
    const char *text = in->p;
    struct asli_path *path = asli_alloc(sizeof *path);
    if (!path)
        return asli_oom(in->reterr);
    path->item = *in->p++ == '@';
    int rc = parse_parts(in, path);
    if (!rc && !(path->text = asli_strndup(text, (size_t)(in->p - text))))
        rc = asli_oom(in->reterr);
    return give(path, rc, ret_path);
}

int asli_path_compile(const char *text, struct asli_path **ret_path, asl_error *reterr)
{
    size_t len = strlen(text);
    const char *bad = asli_utf8_check(text, text + len);
    if (bad)
        return asl_error_set(reterr, ASL_EDEFINITION, "A path is not UTF-8 at offset %zu",
                             (size_t)(bad - text));
    struct asli_path *path = asli_alloc(sizeof *path);
    if (!path || !(path->text = asli_strndup(text, len)))
        return give(path, asli_oom(reterr), ret_path);
    struct asli_parse in = {.text = path->text, .p = path->text, .reterr = reterr};
    return give(path, parse_whole(&in, path), ret_path);
}

static void part_done(struct asli_part *part)
{
    switch (part->kind) {
    case ASLI_PART_KEY:
        asli_free(part->owned ? part->key.text : NULL);
        break;
    case ASLI_PART_KEYS:
        for (size_t i = 0; i < part->count; i++)
            asli_free(part->keys[i].text);
        asli_free(part->keys);
        break;
    case ASLI_PART_INDEXES:
        asli_free(part->indexes);
        break;
    case ASLI_PART_FILTER:
        asli_filter_free(part->filter);
        break;
    case ASLI_PART_CALL:
        asli_path_call_free(part->call);
        break;
    case ASLI_PART_INDEX:
    case ASLI_PART_SLICE:
    case ASLI_PART_WILD:
    case ASLI_PART_SCAN:
        break;
    }
}

void asli_path_free(struct asli_path *path)
{
    if (!path)
        return;
    for (size_t i = 0; i < path->count; i++)
        part_done(&path->parts[i]);
    asli_free(path->parts);
    asli_free(path->text);
    asli_free(path);
}

const char *asli_path_text(const struct asli_path *path)
{
    return path->text;
}

enum asli_path_root asli_path_root(const struct asli_path *path)
{
    return path->root;
}

int asli_path_reads(const struct asli_path *path, const struct asli_compiling *who)
{
    return path->variable && who->reads
               ? who->reads(who->arg, path->text + 1, path->variable)
               : 0;
}

bool asli_path_is_definite(const struct asli_path *path)
{
    return path->definite;
}

bool asli_path_is_reference(const struct asli_path *path)
{
    return path->reference;
}

bool asli_path_is_root(const struct asli_path *path)
{
    return !path->count && path->root != ASLI_ROOT_VARIABLE;
}
