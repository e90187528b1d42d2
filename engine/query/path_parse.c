/* SPDX-License-Identifier: Apache-2.0
 *
 * The smallest pieces of the path grammar: blanks, quoted texts, numbers, and the
 * literals of filters and function arguments. Literals are Jayway's own dialect, not
 * JSON: single quotes, and in arrays bare words too ("[red, 'blue']").
 */
#include "engine/query/path_impl.h"

#include <limits.h>
#include <string.h>

#include "engine/base/bytes.h"
#include "engine/base/pcre.h"
#include "engine/base/utf8.h"

int asli_parse_fail(struct asli_parse *in, const char *expected)
{
    return asl_error_set(in->reterr, ASL_EDEFINITION,
                         "The path '%.300s' is not valid: expected %s at offset %zu",
                         in->text, expected, (size_t)(in->p - in->text));
}

void asli_parse_blanks(struct asli_parse *in)
{
    while (*in->p == ' ' || *in->p == '\t' || *in->p == '\n' || *in->p == '\r')
        in->p++;
}

bool asli_parse_take(struct asli_parse *in, const char *token)
{
    asli_parse_blanks(in);
    size_t len = strlen(token);
    if (strncmp(in->p, token, len) != 0)
        return false;
    in->p += len;
    return true;
}

int asli_parse_integer(struct asli_parse *in, json_int_t *ret_value)
{
    asli_parse_blanks(in);
    const char *start = in->p;
    bool negative = *in->p == '-';
    if (negative)
        in->p++;
    json_int_t value = 0;
    const char *digits = in->p;
    for (; *in->p >= '0' && *in->p <= '9' && value <= INT_MAX; in->p++)
        value = value * 10 + (*in->p - '0');
    if (in->p == digits || value > INT_MAX) {
        in->p = start;
        return asli_parse_fail(in, "a whole number of at most 32 bits");
    }
    *ret_value = negative ? -value : value;
    return 0;
}

/* The four digits of \uXXXX, or -1. */
static long hex4(const char *p)
{
    long value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static int parse_unicode(struct asli_parse *in, struct asli_bytes *out)
{
    long c = hex4(++in->p);
    if (c < 0)
        return asli_parse_fail(in, "four hex digits");
    in->p += 4;
    if (c >= 0xD800 && c <= 0xDFFF) {
        long low =
            c < 0xDC00 && in->p[0] == '\\' && in->p[1] == 'u' ? hex4(in->p + 2) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return asli_parse_fail(in, "both halves of a surrogate pair");
        in->p += 6;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    char buf[4];
    asli_bytes_add(out, buf, asli_utf8_encode((uint32_t)c, buf));
    return 0;
}

/* After a backslash in a filter's text: Java's escapes; any other character stands for itself. */
static int parse_escape(struct asli_parse *in, struct asli_bytes *out)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    if (!*in->p)
        return asli_parse_fail(in, "the rest of an escape");
    if (*in->p == 'u')
        return parse_unicode(in, out);
    const char *name = strchr(names, *in->p);
    asli_bytes_addc(out, name ? values[name - names] : *in->p);
    in->p++;
    return 0;
}

int asli_parse_quoted(struct asli_parse *in, bool escapes, struct asli_path_key *ret_text)
{
    struct asli_bytes out = {0};
    char quote = *in->p++;
    int rc = 0;
    while (!rc && *in->p && *in->p != quote) {
        size_t plain = strcspn(in->p, quote == '"' ? "\\\"" : "\\'");
        asli_bytes_add(&out, in->p, plain);
        in->p += plain;
        if (*in->p == '\\' && (escapes || in->p[1] == quote)) {
            in->p++;
            rc = parse_escape(in, &out);
        } else if (*in->p == '\\') {
            asli_bytes_addc(&out, *in->p++);
        }
    }
    if (!rc && !*in->p)
        rc = asli_parse_fail(in, quote == '"' ? "a closing '\"'" : "a closing \"'\"");
    if (rc) {
        asli_bytes_done(&out);
        return rc;
    }
    in->p++;
    size_t len = out.len;
    char *text = asli_bytes_take_text(&out);
    if (!text)
        return asli_oom(in->reterr);
    *ret_text = (struct asli_path_key){text, len};
    return 0;
}

static int parse_string(struct asli_parse *in, json_t **ret_value)
{
    struct asli_path_key text;
    int rc = asli_parse_quoted(in, true, &text);
    if (rc)
        return rc;
    *ret_value = json_stringn(text.text, text.len);
    asli_free(text.text);
    return *ret_value ? 0 : asli_oom(in->reterr);
}

/* true, false, null or a number; NULL: none of these. */
static int plain_value(struct asli_parse *in, const char *text, size_t len,
                       json_t **ret_value)
{
    static const char *const words[] = {"true", "false", "null"};
    json_t *const values[] = {json_true(), json_false(), json_null()};
    *ret_value = NULL;
    for (size_t i = 0; i < 3; i++)
        if (len == strlen(words[i]) && memcmp(text, words[i], len) == 0)
            *ret_value = values[i];
    if (*ret_value || !len || !strchr("-0123456789", *text))
        return 0;
    asl_error error = {0};
    int rc = asli_json_read(text, len, ret_value, &error);
    return !rc || rc == ASL_EJSON ? 0 : asli_error_pass(in->reterr, &error);
}

static int parse_plain(struct asli_parse *in, json_t **ret_value)
{
    size_t len = 0;
    while (asli_parse_namely(in->p[len]) || in->p[len] == '.' || in->p[len] == '+')
        len++;
    int rc = plain_value(in, in->p, len, ret_value);
    if (rc)
        return rc;
    if (!*ret_value)
        return asli_parse_fail(in,
                               "a path, number, text in quotes, true, false, null, array "
                               "or object");
    in->p += len;
    return 0;
}

/* An element or member name without quotes: what plain_value knows, else a text. */
static int parse_bare(struct asli_parse *in, json_t **ret_value)
{
    const char *start = in->p;
    size_t len = strcspn(start, ",]}:");
    in->p += len;
    while (len && (start[len - 1] == ' ' || start[len - 1] == '\t'))
        len--;
    if (!len)
        return asli_parse_fail(in, "a value");
    int rc = plain_value(in, start, len, ret_value);
    if (!rc && !*ret_value)
        *ret_value = json_stringn(start, len);
    return rc || *ret_value ? rc : asli_oom(in->reterr);
}

static int parse_literal(struct asli_parse *in, json_t **ret_value);

static int parse_inside(struct asli_parse *in, json_t **ret_value)
{
    asli_parse_blanks(in);
    bool bare = !*in->p || !strchr("'\"[{", *in->p);
    return bare ? parse_bare(in, ret_value) : parse_literal(in, ret_value);
}

static int parse_array(struct asli_parse *in, json_t **ret_value)
{
    ASLI_AUTO(json) json_t *array = json_array();
    if (!array)
        return asli_oom(in->reterr);
    in->p++;
    while (!asli_parse_take(in, "]")) {
        json_t *element = NULL;
        if (json_array_size(array) && !asli_parse_take(in, ","))
            return asli_parse_fail(in, "',' or ']'");
        int rc = parse_inside(in, &element);
        if (rc)
            return rc;
        if (json_array_append_new(array, element))
            return asli_oom(in->reterr);
    }
    *ret_value = json_incref(array);
    return 0;
}

static int parse_object(struct asli_parse *in, json_t **ret_value)
{
    ASLI_AUTO(json) json_t *object = json_object();
    if (!object)
        return asli_oom(in->reterr);
    in->p++;
    while (!asli_parse_take(in, "}")) {
        ASLI_AUTO(json) json_t *name = NULL;
        json_t *member = NULL;
        if (json_object_size(object) && !asli_parse_take(in, ","))
            return asli_parse_fail(in, "',' or '}'");
        int rc = parse_inside(in, &name);
        if (rc)
            return rc;
        if (!json_is_string(name) || !asli_parse_take(in, ":"))
            return asli_parse_fail(in, "a name and ':'");
        if ((rc = parse_inside(in, &member)))
            return rc;
        if (json_object_setn_new_nocheck(object, json_string_value(name),
                                         json_string_length(name), member))
            return asli_oom(in->reterr);
    }
    *ret_value = json_incref(object);
    return 0;
}

static int parse_literal(struct asli_parse *in, json_t **ret_value)
{
    asli_parse_blanks(in);
    if (*in->p == '\'' || *in->p == '"')
        return parse_string(in, ret_value);
    if (*in->p != '[' && *in->p != '{')
        return parse_plain(in, ret_value);
    if (++in->depth > ASLI_PATH_NESTING)
        return asli_parse_fail(in, "less nesting");
    int rc = *in->p == '[' ? parse_array(in, ret_value) : parse_object(in, ret_value);
    in->depth--;
    return rc;
}

int asli_parse_operand(struct asli_parse *in, struct asli_operand *ret_operand)
{
    asli_parse_blanks(in);
    if (*in->p == '$' || *in->p == '@')
        return asli_parse_inner(in, &ret_operand->path);
    if (*in->p == '/')
        return asli_regex_parse(in, &ret_operand->regex);
    return parse_literal(in, &ret_operand->literal);
}

void asli_operand_done(struct asli_operand *operand)
{
    asli_path_free(operand->path);
    json_decref(operand->literal);
    asli_pcre_free(operand->regex);
    *operand = (struct asli_operand){0};
}
