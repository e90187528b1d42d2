/* SPDX-License-Identifier: Apache-2.0
 *
 * json_scan.h: a scanner that knows strings, brackets and blanks, and leaves the rest to the reader
 * of JSON, which gets the texts of single values.
 */
#include "engine/items/json_scan.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/json_scan.h"

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

int asli_scan_peek(struct asli_scan *s, unsigned char *ret_next,
                   struct asli_failure *failure, asl_error *reterr)
{
    struct asli_stream *in = &s->stream;
    *ret_next = 0;
    for (;;) {
        int rc = asli_stream_peek(in, failure, reterr);
        if (rc || in->p == in->end)
            return rc;
        if (!is_blank(*in->p)) {
            *ret_next = *in->p;
            return 0;
        }
        in->p++;
    }
}

static int bad(struct asli_scan *s, const char *sentence, struct asli_failure *failure,
               asl_error *reterr)
{
    return asli_items_bad(s->stream.items, asli_stream_offset(&s->stream), sentence,
                          failure, reterr);
}

/* ---- one value ---- */

struct value {
    struct asli_scan *scan;
    bool keep, quoted, escaped, begun, done;
    size_t depth;
    unsigned char last; /* the last one that was no blank */
};

static void add(struct value *v, const unsigned char *from, size_t len)
{
    if (v->keep)
        asli_bytes_add(&v->scan->text, from, len);
}

/* Inside of a string: up to its quote or the buffer's end. */
static void take_string(struct value *v)
{
    struct asli_stream *in = &v->scan->stream;
    const char *p = (const char *)in->p, *end = (const char *)in->end;
    while (p < end && v->quoted) {
        uint64_t high = 0;
        bool literal = v->escaped;
        v->escaped = false;
        if (!literal)
            p = asli_json_run(p, end, &high);
        if (p < end && !literal) {
            v->escaped = *p == '\\';
            v->quoted = *p != '"';
        }
        p += p < end;
    }
    add(v, in->p, (size_t)((const unsigned char *)p - in->p));
    in->p = (const unsigned char *)p;
    v->done = !v->quoted && !v->depth;
}

/* A character outside of strings that is no blank. False: it stands after the value. */
static bool take_one(struct value *v, unsigned char c)
{
    bool closes = c == '}' || c == ']';
    if (!v->depth && v->begun && (closes || c == ',')) {
        v->done = true;
        return false;
    }
    v->depth += c == '{' || c == '[';
    v->depth -= closes && v->depth;
    v->quoted = c == '"';
    v->begun = true;
    v->last = c;
    v->done = closes && !v->depth;
    return true;
}

/* Outside of strings: up to one, the value's end, or a blank. */
static void take_other(struct value *v)
{
    struct asli_stream *in = &v->scan->stream;
    const unsigned char *from = in->p, *p = from;
    while (p < in->end && !v->quoted && !v->done && !is_blank(*p) && take_one(v, *p))
        p++;
    add(v, from, (size_t)(p - from));
    in->p = p;
    if (p == in->end || v->quoted || v->done)
        return;
    if (!v->depth && v->begun) {
        v->done = true;
        return;
    }
    if (!strchr("[{,: ", v->last)) /* one of them keeps apart what stands beside it */
        add(v, (const unsigned char *)" ", 1);
    v->last = ' ';
    in->p++;
}

int asli_scan_value(struct asli_scan *s, bool keep, struct asli_failure *failure,
                    asl_error *reterr)
{
    struct value v = {.scan = s, .keep = keep, .last = ' '};
    unsigned char first;
    asli_bytes_reset(&s->text);
    int rc = asli_scan_peek(s, &first, failure, reterr);
    s->begin = asli_stream_offset(&s->stream);
    while (!rc && !v.done) {
        rc = asli_stream_peek(&s->stream, failure, reterr);
        if (rc)
            return rc;
        if (s->stream.p == s->stream.end) {
            if (v.depth || v.quoted || !v.begun)
                return bad(s, "is not valid JSON: it ends too early", failure, reterr);
            return 0;
        }
        if (v.quoted)
            take_string(&v);
        else
            take_other(&v);
        if (s->text.oom)
            return asli_oom(reterr);
        if (s->text.len > ASLI_ITEM_RAW)
            return asli_items_too_large(s->stream.items, failure, reterr);
    }
    return rc;
}

int asli_scan_name(struct asli_scan *s, char **ret_name, size_t *ret_len,
                   struct asli_failure *failure, asl_error *reterr)
{
    unsigned char c;
    ASLI_AUTO(json) json_t *name = NULL;
    int rc = asli_scan_peek(s, &c, failure, reterr);
    if (!rc && c != '"')
        rc = bad(s, "is not valid JSON: a member name in '\"' was expected", failure,
                 reterr);
    if (!rc)
        rc = asli_scan_value(s, true, failure, reterr);
    if (!rc)
        rc = asli_items_parse(s->stream.items, s->text.data, s->text.len, s->begin, &name,
                              failure, reterr);
    if (!rc)
        rc = asli_scan_peek(s, &c, failure, reterr);
    if (!rc && c != ':')
        rc = bad(s, "is not valid JSON: ':' after a member name was expected", failure,
                 reterr);
    if (rc)
        return rc;
    s->stream.p++;
    *ret_len = json_string_length(name);
    *ret_name = asli_strndup(json_string_value(name), *ret_len);
    return *ret_name ? 0 : asli_oom(reterr);
}

int asli_scan_comma(struct asli_scan *s, unsigned char close, bool *ret_more,
                    struct asli_failure *failure, asl_error *reterr)
{
    unsigned char c;
    int rc = asli_scan_peek(s, &c, failure, reterr);
    if (rc)
        return rc;
    if (c != ',' && c != close)
        return bad(s,
                   close == ']' ? "is not valid JSON: ',' or ']' was expected"
                                : "is not valid JSON: ',' or '}' was expected",
                   failure, reterr);
    s->stream.p++;
    *ret_more = c == ',';
    return 0;
}

/* ---- pointers ---- */

/* The pointer's first part, "~1" and "~0" decoded, into buf; what comes after it. */
static const char *pointer_part(const char *pointer, char *buf)
{
    const char *p = pointer + 1;
    for (; *p && *p != '/'; p++) {
        bool escape = p[0] == '~' && (p[1] == '0' || p[1] == '1');
        *buf++ = !escape ? *p : p[1] == '1' ? '/' : '~';
        p += escape;
    }
    *buf = '\0';
    return p;
}

/* Inside of an array, to the element `part`. */
static int to_element(struct asli_scan *s, const char *part, bool *ret_found,
                      struct asli_failure *failure, asl_error *reterr)
{
    unsigned char c;
    bool more = true, index = strspn(part, "0123456789") == strlen(part) && *part &&
                              (part[0] != '0' || !part[1]) && strlen(part) < 19;
    uint64_t left = index ? strtoull(part, NULL, 10) : 0;
    *ret_found = false;
    int rc = asli_scan_peek(s, &c, failure, reterr);
    if (rc || c == ']' || !index)
        return rc;
    for (; left && more && !rc; left--) {
        rc = asli_scan_value(s, false, failure, reterr);
        if (!rc)
            rc = asli_scan_comma(s, ']', &more, failure, reterr);
    }
    *ret_found = more;
    return rc;
}

/* Inside of an object, to the value of the member `part`. */
static int to_member(struct asli_scan *s, const char *part, bool *ret_found,
                     struct asli_failure *failure, asl_error *reterr)
{
    unsigned char c;
    bool more = true;
    *ret_found = false;
    int rc = asli_scan_peek(s, &c, failure, reterr);
    if (!rc && c == '}')
        return 0;
    while (!rc && more) {
        ASLI_AUTO(text) char *name = NULL;
        size_t len = 0;
        rc = asli_scan_name(s, &name, &len, failure, reterr);
        if (rc)
            return rc;
        *ret_found = len == strlen(part) && memcmp(name, part, len) == 0;
        if (*ret_found)
            return 0;
        rc = asli_scan_value(s, false, failure, reterr);
        if (!rc)
            rc = asli_scan_comma(s, '}', &more, failure, reterr);
    }
    return rc;
}

int asli_scan_pointer(struct asli_scan *s, const char *pointer, bool *ret_found,
                      struct asli_failure *failure, asl_error *reterr)
{
    unsigned char c;
    int rc = asli_scan_peek(s, &c, failure, reterr);
    *ret_found = c != 0;
    ASLI_AUTO(text) char *part = asli_alloc(pointer ? strlen(pointer) + 1 : 1);
    if (!part)
        return asli_oom(reterr);
    while (!rc && *ret_found && pointer && *pointer) {
        pointer = pointer_part(pointer, part);
        *ret_found = c == '{' || c == '[';
        if (!*ret_found)
            return 0;
        s->stream.p++;
        rc = c == '{' ? to_member(s, part, ret_found, failure, reterr)
                      : to_element(s, part, ret_found, failure, reterr);
        if (!rc)
            rc = asli_scan_peek(s, &c, failure, reterr);
    }
    return rc;
}

void asli_scan_close(struct asli_scan *s)
{
    asli_stream_close(&s->stream);
    asli_bytes_done(&s->text);
}

int asli_json_at(const struct asli_items *items, const char *pointer, json_t **ret_value,
                 struct asli_failure *failure, asl_error *reterr)
{
    struct asli_scan s = {.stream = {0}};
    bool found = false;
    json_t *value = NULL;
    int rc = asli_stream_open(&s.stream, items, failure, reterr);
    if (!rc)
        rc = asli_scan_pointer(&s, pointer, &found, failure, reterr);
    if (!rc && found)
        rc = asli_scan_value(&s, true, failure, reterr);
    if (!rc && found)
        rc = asli_items_parse(items, s.text.data, s.text.len, s.begin, &value, failure,
                              reterr);
    asli_scan_close(&s);
    if (!rc)
        *ret_value = value;
    return rc;
}
