/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML to JSON text, one line a value, with a mark for each: the only file that knows libyaml.
 *
 * Plain scalars are what YAML 1.1 takes them for, dates and base-60 numbers left aside: they stay
 * strings, as in what CloudFormation reads. Invariant: what aliases unfold to is bounded.
 */
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "definition/definition_private.h"

#define DEPTH_MAX 500
#define MADE_MAX (8u << 20) /* bytes; a definition may have one MiB */

struct yaml {
    yaml_parser_t parser;
    yaml_document_t document;
    struct asli_bytes *out;
    struct asli_marks *marks;
    asl_error *reterr;
    int depth;
};

static int emit(struct yaml *y, int id);

static int fail_at(struct yaml *y, const yaml_mark_t *mark, const char *text)
{
    asl_error_set(y->reterr, ASL_EJSON, "%s", text);
    if (y->reterr) {
        y->reterr->line = (int)mark->line + 1;
        y->reterr->column = (int)mark->column + 1;
    }
    return ASL_EJSON;
}

static yaml_node_t *node_of(struct yaml *y, int id)
{
    return yaml_document_get_node(&y->document, id);
}

static const char *text_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

static int put_string(struct yaml *y, const char *text, size_t len)
{
    ASLI_AUTO(json) json_t *value = json_stringn(text, len);
    return value ? asli_json_write(value, y->out, y->reterr) : asli_oom(y->reterr);
}

/* The next value begins a line, and was written at `node`. */
static int begin(struct yaml *y, const yaml_node_t *node, bool first)
{
    asli_bytes_adds(y->out, first ? "\n" : ",\n");
    if (y->out->len > MADE_MAX)
        return asl_error_set(y->reterr, ASL_ELIMIT,
                             "the aliases of this YAML unfold to more than %u bytes",
                             MADE_MAX);
    const yaml_mark_t *mark = &node->start_mark;
    return asli_marks_add(y->marks, (int)mark->line + 1, (int)mark->column + 1)
               ? 0
               : asli_oom(y->reterr);
}

/* ---- plain scalars ---- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(*words, text) == 0)
            return true;
    }
    return false;
}

static const char *word_of(const char *text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", "yes", "Yes",
                                        "YES",  "on",   "On",   "ON",  NULL};
    static const char *const falses[] = {"false", "False", "FALSE", "no",  "No",
                                         "NO",    "off",   "Off",   "OFF", NULL};
    return is_one_of(text, nulls)    ? "null"
           : is_one_of(text, trues)  ? "true"
           : is_one_of(text, falses) ? "false"
                                     : NULL;
}

/* Digits to the base, '_' between them; what comes after them. */
static const char *digits(const char *p, int base, uint64_t *value, bool *some)
{
    *some = false;
    for (; *p; p++) {
        int digit = *p >= '0' && *p <= '9' ? *p - '0' : (*p | 32) - 'a' + 10;
        if (*p == '_')
            continue;
        if (digit < 0 || digit >= base || *p < '0')
            break;
        *value = *value * (unsigned)base + (unsigned)digit;
        *some = true;
    }
    return p;
}

/* 0x1F, 017: numbers that JSON writes otherwise. */
static bool put_other_base(struct yaml *y, const char *text)
{
    bool negative = *text == '-', some;
    const char *p = text + (*text == '-' || *text == '+');
    uint64_t value = 0;
    if (p[0] != '0' || !p[1] || strlen(p) > 15)
        return false;
    int base = p[1] == 'x' ? 16 : 8;
    if (*digits(p + (base == 16 ? 2 : 1), base, &value, &some) || !some)
        return false;
    asli_bytes_addf(y->out, "%s%llu", negative ? "-" : "", (unsigned long long)value);
    return true;
}

static const char *put_digits(struct asli_bytes *out, const char *p)
{
    for (; (*p >= '0' && *p <= '9') || *p == '_'; p++) {
        if (*p != '_')
            asli_bytes_addc(out, *p);
    }
    return p;
}

/* -1_000, +1.5, .5, 1., 1e3 and what JSON itself has. */
static bool put_decimal(struct yaml *y, const char *text)
{
    struct asli_bytes *out = y->out;
    size_t before = out->len;
    const char *p = text + (*text == '+' || *text == '-');
    const char *first = p;
    bool good = (*p >= '0' && *p <= '9') || (*p == '.' && p[1] >= '0' && p[1] <= '9');
    if (*text == '-')
        asli_bytes_addc(out, '-');
    if (*p == '.')
        asli_bytes_addc(out, '0');
    p = put_digits(out, p);
    if (*first == '0' && p - first > 1)
        good = false; /* 08: no number in any base */
    if (*p == '.') {
        const char *point = p++;
        asli_bytes_addc(out, '.');
        p = put_digits(out, p);
        if (p == point + 1)
            asli_bytes_addc(out, '0');
    }
    if (*p == 'e' || *p == 'E') {
        asli_bytes_addc(out, *p++);
        if (*p == '+' || *p == '-')
            asli_bytes_addc(out, *p++);
        good &= *p >= '0' && *p <= '9';
        p = put_digits(out, p);
    }
    if (good && !*p)
        return true;
    out->len = before;
    return false;
}

static bool is_plain(const yaml_node_t *node)
{
    const char *tag = (const char *)node->tag;
    if (tag && strncmp(tag, "tag:yaml.org,2002:", 18) == 0 &&
        strcmp(tag, YAML_STR_TAG) != 0)
        return true; /* !!int "7" */
    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int emit_scalar(struct yaml *y, const yaml_node_t *node)
{
    const char *text = text_of(node);
    size_t len = node->data.scalar.length;
    bool plain = is_plain(node) && len == strlen(text);
    const char *word = plain ? word_of(text) : NULL;
    if (word)
        asli_bytes_adds(y->out, word);
    else if (!plain || !(put_other_base(y, text) || put_decimal(y, text)))
        return put_string(y, text, len);
    return 0;
}

/* ---- collections ---- */

static int emit_items(struct yaml *y, const yaml_node_t *node)
{
    const yaml_node_item_t *item = node->data.sequence.items.start;
    int rc = 0;
    asli_bytes_addc(y->out, '[');
    for (bool first = true; !rc && item < node->data.sequence.items.top; item++) {
        rc = begin(y, node_of(y, *item), first);
        if (!rc)
            rc = emit(y, *item);
        first = false;
    }
    asli_bytes_addc(y->out, ']');
    return rc;
}

static bool is_merge(const yaml_node_t *key)
{
    return strcmp(text_of(key), "<<") == 0 &&
           key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* Is the key new to `keys`? Then it is not any more. */
static int add_key(struct yaml *y, json_t *keys, const yaml_node_t *key, bool *ret_new)
{
    size_t len = key->data.scalar.length;
    *ret_new = !json_object_getn(keys, text_of(key), len);
    return *ret_new && json_object_setn_new_nocheck(keys, text_of(key), len, json_true())
               ? asli_oom(y->reterr)
               : 0;
}

static int emit_pair(struct yaml *y, const yaml_node_pair_t *pair, bool *first)
{
    const yaml_node_t *key = node_of(y, pair->key);
    int rc = begin(y, key, *first);
    *first = false;
    if (!rc)
        rc = put_string(y, text_of(key), key->data.scalar.length);
    asli_bytes_adds(y->out, ": ");
    return rc ? rc : emit(y, pair->value);
}

/* The members of `from` that are not among the keys so far. */
static int emit_merged(struct yaml *y, json_t *keys, const yaml_node_t *from, bool *first)
{
    int rc = 0;
    bool is_new = false;
    if (from->type != YAML_MAPPING_NODE)
        return fail_at(y, &from->start_mark, "only a mapping can be merged with '<<'");
    const yaml_node_pair_t *pair = from->data.mapping.pairs.start;
    for (; !rc && pair < from->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = node_of(y, pair->key);
        if (key->type != YAML_SCALAR_NODE || is_merge(key))
            return fail_at(y, &key->start_mark, "this cannot be merged with '<<'");
        rc = add_key(y, keys, key, &is_new);
        if (!rc && is_new)
            rc = emit_pair(y, pair, first);
    }
    return rc;
}

/* The mapping's own keys, all of them scalars and no two the same. */
static int collect_keys(struct yaml *y, const yaml_node_t *node, json_t *keys)
{
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = node_of(y, pair->key);
        bool is_new = true;
        if (key->type != YAML_SCALAR_NODE)
            return fail_at(y, &key->start_mark, "a key must be a scalar");
        int rc = is_merge(key) ? 0 : add_key(y, keys, key, &is_new);
        if (rc)
            return rc;
        if (!is_new)
            return fail_at(y, &key->start_mark, "this key stands twice in its mapping");
    }
    return 0;
}

static int emit_members(struct yaml *y, const yaml_node_t *node)
{
    ASLI_AUTO(json) json_t *keys = json_object();
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    bool first = true;
    int rc = keys ? collect_keys(y, node, keys) : asli_oom(y->reterr);
    asli_bytes_addc(y->out, '{');
    for (; !rc && pair < node->data.mapping.pairs.top; pair++) {
        if (is_merge(node_of(y, pair->key)))
            rc = emit_merged(y, keys, node_of(y, pair->value), &first);
        else
            rc = emit_pair(y, pair, &first);
    }
    asli_bytes_addc(y->out, '}');
    return rc;
}

/* ---- tags of CloudFormation ---- */

static int emit_untagged(struct yaml *y, const yaml_node_t *node)
{
    switch (node->type) {
    case YAML_SEQUENCE_NODE:
        return emit_items(y, node);
    case YAML_MAPPING_NODE:
        return emit_members(y, node);
    default:
        return emit_scalar(y, node);
    }
}

/* "Name.Attribute" as Fn::GetAtt wants it. */
static int emit_attribute(struct yaml *y, const yaml_node_t *node)
{
    const char *text = text_of(node), *dot = strchr(text, '.');
    if (!dot)
        return put_string(y, text, strlen(text));
    asli_bytes_addc(y->out, '[');
    int rc = begin(y, node, true);
    if (!rc)
        rc = put_string(y, text, (size_t)(dot - text));
    if (!rc)
        rc = begin(y, node, false);
    if (!rc)
        rc = put_string(y, dot + 1, strlen(dot + 1));
    asli_bytes_addc(y->out, ']');
    return rc;
}

/* !Sub x: {"Fn::Sub": x}. */
static int emit_tagged(struct yaml *y, const yaml_node_t *node, const char *tag)
{
    bool bare = strcmp(tag, "!Ref") == 0 || strcmp(tag, "!Condition") == 0;
    asli_bytes_addc(y->out, '{');
    int rc = begin(y, node, true);
    asli_bytes_addf(y->out, "\"%s%s\": ", bare ? "" : "Fn::", tag + 1);
    if (rc)
        return rc;
    if (node->type != YAML_SCALAR_NODE)
        rc = emit_untagged(y, node);
    else if (strcmp(tag, "!GetAtt") == 0)
        rc = emit_attribute(y, node);
    else
        rc = put_string(y, text_of(node), node->data.scalar.length);
    asli_bytes_addc(y->out, '}');
    return rc;
}

static bool is_short_tag(const char *tag)
{
    size_t len = tag && *tag == '!' ? strlen(tag + 1) : 0;
    return len && strspn(tag + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789:") == len;
}

static int emit(struct yaml *y, int id)
{
    const yaml_node_t *node = node_of(y, id);
    const char *tag = (const char *)node->tag;
    if (++y->depth > DEPTH_MAX)
        return asl_error_set(y->reterr, ASL_ELIMIT,
                             "more than %d values stand one in another", DEPTH_MAX);
    int rc = is_short_tag(tag) ? emit_tagged(y, node, tag) : emit_untagged(y, node);
    y->depth--;
    return rc;
}

/* ---- the document ---- */

static int parser_failed(struct yaml *y)
{
    const yaml_parser_t *p = &y->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return asli_oom(y->reterr);
    char text[160];
    snprintf(text, sizeof text, "not YAML: %s%s%s",
             p->problem ? p->problem : "it cannot be read", p->context ? ", " : "",
             p->context ? p->context : "");
    return fail_at(y, &p->problem_mark, text);
}

static int emit_root(struct yaml *y)
{
    const yaml_node_t *root = yaml_document_get_root_node(&y->document);
    if (!root)
        return 0; /* an empty text: as an empty definition */
    const yaml_mark_t *mark = &root->start_mark;
    if (!asli_marks_add(y->marks, (int)mark->line + 1, (int)mark->column + 1))
        return asli_oom(y->reterr);
    return emit(y, 1); /* nodes are counted from 1, the root first */
}

static int check_last(struct yaml *y)
{
    yaml_document_t next;
    if (!yaml_parser_load(&y->parser, &next))
        return parser_failed(y);
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    int rc =
        root ? fail_at(y, &root->start_mark, "only one YAML document is expected") : 0;
    yaml_document_delete(&next);
    return rc;
}

int asli_yaml_read(const char *text, size_t len, struct asli_bytes *out,
                   struct asli_marks *marks, asl_error *reterr)
{
    struct yaml y = {.out = out, .marks = marks, .reterr = reterr};
    if (!yaml_parser_initialize(&y.parser))
        return asli_oom(reterr);
    yaml_parser_set_input_string(&y.parser, (const unsigned char *)text, len);
    int rc;
    if (!yaml_parser_load(&y.parser, &y.document)) {
        rc = parser_failed(&y);
    } else {
        bool empty = !yaml_document_get_root_node(&y.document);
        rc = emit_root(&y);
        if (!rc && !empty)
            rc = check_last(&y);
        yaml_document_delete(&y.document);
    }
    yaml_parser_delete(&y.parser);
    return rc ? rc : out->oom ? asli_oom(reterr) : 0;
}
