/* SPDX-License-Identifier: Apache-2.0
 *
 * jackson.h: reads a text as Jackson's ReaderBasedJsonParser does, for what it complains of and where
 * it stands then. What follows the first value is not read.
 */
#include "engine/base/jackson.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/utf8.h"

#define VALUES "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
#define SHOWN 500 /* characters of the source */
#define END (-1)

struct scope {
    int line;
    const char *row, *open; /* where its line begins; its '{' or '[' */
};

struct reader {
    const char *text, *p, *end, *row; /* row: where the line begins */
    int line;
    struct scope *scopes;
    size_t depth, cap;
    struct asli_bytes message;
    bool oom;
};

/* ---- places ---- */

/* Characters as Java counts them. */
static int count(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; from++)
        n += ((unsigned char)*from & 0xc0) != 0x80 ? 1 + ((unsigned char)*from >= 0xf0)
                                                   : 0;
    return n;
}

static void add_place(const struct reader *r, struct asli_bytes *out, int line,
                      int column)
{
    const char *stop = r->text;
    int shown = 0, all = count(r->text, r->end);
    while (stop < r->end && shown < SHOWN) {
        const char *next = stop + 1;
        while (next < r->end && ((unsigned char)*next & 0xc0) == 0x80)
            next++;
        shown += count(stop, next);
        stop = next;
    }
    asli_bytes_adds(out, "[Source: (String)\"");
    asli_bytes_add(out, r->text, (size_t)(stop - r->text));
    asli_bytes_addc(out, '"');
    if (stop < r->end)
        asli_bytes_addf(out, "[truncated %d chars]", all - shown);
    asli_bytes_addf(out, "; line: %d, column: %d]", line, column);
}

static void add_scope(const struct reader *r, struct asli_bytes *out)
{
    const struct scope *s = r->depth ? &r->scopes[r->depth - 1] : NULL;
    if (s)
        add_place(r, out, s->line, count(s->row, s->open) + 1);
    else
        add_place(r, out, 1, 0);
}

static const char *scope_name(const struct reader *r)
{
    return !r->depth ? "root" : *r->scopes[r->depth - 1].open == '{' ? "Object" : "Array";
}

/* ---- complaints: each is false, for its caller to pass on ---- */

static bool complain(struct reader *r, const char *message)
{
    asli_bytes_adds(&r->message, message);
    return false;
}

/* The character that was read last. */
static void add_char(struct reader *r, uint32_t c, size_t len)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        asli_bytes_addf(&r->message, "((CTRL-CHAR, code %u))", (unsigned)c);
    else if (c > 255)
        asli_bytes_addf(&r->message, "('%.*s' (code %u / 0x%x))", (int)len, r->p - len,
                        (unsigned)c, (unsigned)c);
    else
        asli_bytes_addf(&r->message, "('%.*s' (code %u))", (int)len, r->p - len,
                        (unsigned)c);
}

/* Reads the next character; END at the end. */
static int32_t take(struct reader *r, size_t *ret_len)
{
    uint32_t c;
    if (r->p == r->end)
        return END;
    size_t len = asli_utf8_decode(r->p, r->end, &c);
    *ret_len = len ? len : 1;
    r->p += *ret_len;
    return len ? (int32_t)c : 0xfffd;
}

/* With the next character, which is wrong. */
static bool unexpected(struct reader *r, const char *kind, const char *comment)
{
    size_t len = 0;
    int32_t c = take(r, &len);
    if (c == END)
        return complain(r, "Unexpected end-of-input");
    asli_bytes_adds(&r->message, kind);
    add_char(r, (uint32_t)c, len);
    return complain(r, comment);
}

static bool unexpected_char(struct reader *r, const char *comment)
{
    return unexpected(r, "Unexpected character ", comment);
}

static bool ends_between(struct reader *r)
{
    asli_bytes_addf(&r->message, "Unexpected end-of-input within/between %s entries",
                    scope_name(r));
    return false;
}

static bool ends_inside(struct reader *r)
{
    asli_bytes_addf(
        &r->message,
        "Unexpected end-of-input: expected close marker for %s (start marker at ",
        scope_name(r));
    add_scope(r, &r->message);
    return complain(r, ")");
}

static bool mismatched(struct reader *r)
{
    char expected = r->depth && *r->scopes[r->depth - 1].open == '[' ? ']' : '}';
    asli_bytes_addf(&r->message,
                    "Unexpected close marker '%c': expected '%c' (for %s starting at ",
                    *r->p++, expected, scope_name(r));
    add_scope(r, &r->message);
    return complain(r, ")");
}

static bool is_part(const struct reader *r)
{
    unsigned char c = r->p < r->end ? (unsigned char)*r->p : 0;
    return c >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') ||
           ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool unrecognized(struct reader *r, const char *start)
{
    while (is_part(r))
        r->p++;
    asli_bytes_addf(&r->message, "Unrecognized token '%.*s': was expecting " VALUES,
                    (int)(r->p - start), start);
    return false;
}

/* ---- reading ---- */

static bool skip_space(struct reader *r)
{
    for (; r->p < r->end && (unsigned char)*r->p <= ' '; r->p++) {
        if (*r->p == '\n') {
            r->line++;
            r->row = r->p + 1;
        } else if (!strchr(" \t\r", *r->p) || !*r->p) {
            return unexpected(
                r, "Illegal character ",
                ": only regular white space (\\r, \\n, \\t) is allowed between "
                "tokens");
        }
    }
    return true;
}

static bool read_escape(struct reader *r)
{
    if (r->p == r->end)
        return complain(r, "Unexpected end-of-input in character escape sequence");
    if (*r->p != 'u') {
        if (*r->p && strchr("\"\\/bfnrt", *r->p)) {
            r->p++;
            return true;
        }
        size_t len = 0;
        int32_t c = take(r, &len);
        asli_bytes_addf(&r->message, "Unrecognized character escape '%.*s' (code %u)",
                        (int)len, r->p - len, (unsigned)c);
        return false;
    }
    r->p++;
    for (int i = 0; i < 4; i++, r->p++) {
        if (r->p == r->end)
            return complain(r, "Unexpected end-of-input in character escape sequence");
        if (!*r->p || !strchr("0123456789abcdefABCDEF", *r->p))
            return unexpected_char(
                r, ": expected a hex-digit for character escape sequence");
    }
    return true;
}

/* From behind the first quote. */
static bool read_string(struct reader *r, bool name)
{
    for (;;) {
        if (r->p == r->end)
            return complain(r,
                            name ? "Unexpected end-of-input in field name"
                                 : "Unexpected end-of-input: was expecting closing quote "
                                   "for a string value");
        if (*r->p == '"') {
            r->p++;
            return true;
        }
        if ((unsigned char)*r->p < ' ')
            return unexpected(
                r, "Illegal unquoted character ",
                name ? ": has to be escaped using backslash to be included in name"
                     : ": has to be escaped using backslash to be included in "
                       "string value");
        if (*r->p++ == '\\' && !read_escape(r))
            return false;
    }
}

static bool digits(struct reader *r, const char *comment)
{
    static const char kind[] = "Unexpected character ";
    const char *start = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    return r->p > start || unexpected(r, kind, comment);
}

static bool read_number(struct reader *r)
{
    if (*r->p == '-' && ++r->p && !(r->p < r->end && *r->p >= '0' && *r->p <= '9'))
        return digits(r,
                      " in numeric value: expected digit (0-9) to follow minus sign, for "
                      "valid numeric value");
    if (*r->p == '0' && r->p + 1 < r->end && r->p[1] >= '0' && r->p[1] <= '9') {
        r->p += 2;
        return complain(r, "Invalid numeric value: Leading zeroes not allowed");
    }
    if (!digits(r, ""))
        return false;
    if (r->p < r->end && *r->p == '.' && ++r->p &&
        !digits(r, " in numeric value: Decimal point not followed by a digit"))
        return false;
    if (r->p < r->end && (*r->p | 0x20) == 'e') {
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
            r->p++;
        if (!digits(r, " in numeric value: Exponent indicator not followed by a digit"))
            return false;
    }
    if (!r->depth && r->p < r->end && !strchr(" \t\r\n", *r->p))
        return unexpected_char(r, ": Expected space separating root-level values");
    return true;
}

static bool read_word(struct reader *r)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *start = r->p;
    while (is_part(r))
        r->p++;
    for (size_t i = 0; i < 3; i++)
        if ((size_t)(r->p - start) == strlen(words[i]) &&
            memcmp(start, words[i], strlen(words[i])) == 0)
            return true;
    return unrecognized(r, start);
}

static bool enter(struct reader *r)
{
    if (r->depth == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 16;
        struct scope *scopes = asli_realloc(r->scopes, cap * sizeof *scopes);
        r->oom = !scopes;
        if (!scopes)
            return false;
        r->scopes = scopes;
        r->cap = cap;
    }
    r->scopes[r->depth++] = (struct scope){r->line, r->row, r->p++};
    return true;
}

/* A value's first token; an array or object is only entered. */
static bool read_value(struct reader *r)
{
    char c = *r->p;
    if (c == '{' || c == '[')
        return enter(r);
    if (c == '"' && r->p++)
        return read_string(r, false);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(r);
    if (is_part(r))
        return read_word(r);
    if (c == '}')
        return unexpected_char(r, ": expected a value");
    return unexpected_char(r, ": expected a valid value " VALUES);
}

static bool read_name(struct reader *r)
{
    if (*r->p != '"')
        return unexpected_char(r, ": was expecting double-quote to start field name");
    r->p++;
    if (!read_string(r, true) || !skip_space(r))
        return false;
    if (r->p == r->end)
        return ends_between(r);
    if (*r->p != ':')
        return unexpected_char(
            r, ": was expecting a colon to separate field name and value");
    r->p++;
    return skip_space(r) && (r->p < r->end || ends_between(r));
}

/* What stands between values, up to the next one; true with depth 0: it is all read. */
static bool advance(struct reader *r, bool first)
{
    while (r->depth) {
        char open = *r->scopes[r->depth - 1].open;
        if (!skip_space(r))
            return false;
        if (r->p == r->end)
            return ends_inside(r);
        if (*r->p == ']' || *r->p == '}') {
            if (*r->p != (open == '[' ? ']' : '}'))
                return mismatched(r);
            r->p++;
            r->depth--;
            first = false;
            continue;
        }
        if (!first) {
            if (*r->p != ',')
                return unexpected_char(r, open == '{'
                                              ? ": was expecting comma to separate "
                                                "Object entries"
                                              : ": was expecting comma to separate "
                                                "Array entries");
            r->p++;
            if (!skip_space(r))
                return false;
            if (r->p == r->end)
                return ends_between(r);
        }
        return open == '[' || read_name(r);
    }
    return true;
}

/* True: nothing is wrong. */
static bool read_all(struct reader *r)
{
    if (!skip_space(r))
        return false;
    if (r->p == r->end)
        return complain(r, "No content to map due to end-of-input");
    if (*r->p == ']' || *r->p == '}')
        return mismatched(r);
    do {
        size_t depth = r->depth;
        if (!read_value(r) || !advance(r, r->depth > depth))
            return false;
    } while (r->depth);
    return true;
}

bool asli_jackson_error(const char *text, size_t len, struct asli_jackson *ret_error)
{
    struct reader r = {
        .text = text, .p = text, .end = text + len, .row = text, .line = 1};
    struct asli_bytes place = {0};
    bool wrong = !read_all(&r) && !r.oom;
    struct asli_jackson error = {0};
    if (wrong) {
        bool none = r.message.len && strncmp(r.message.data, "No content", 10) == 0;
        add_place(&r, &place, r.line, none ? 0 : count(r.row, r.p) + 1);
        error.message = r.message.oom ? NULL : asli_bytes_take_text(&r.message);
        error.place = place.oom ? NULL : asli_bytes_take_text(&place);
    }
    asli_free(r.scopes);
    asli_bytes_done(&r.message);
    asli_bytes_done(&place);
    if (error.message && error.place) {
        *ret_error = error;
        return true;
    }
    asli_jackson_done(&error);
    return false;
}

void asli_jackson_done(struct asli_jackson *error)
{
    asli_free(error->message);
    asli_free(error->place);
}

char *asli_jackson_text(const char *text, size_t len)
{
    struct asli_jackson error;
    if (!asli_jackson_error(text, len, &error))
        return NULL;
    char *whole = asli_printf("%s\n at %s", error.message, error.place);
    asli_jackson_done(&error);
    return whole;
}
