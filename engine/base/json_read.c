/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader of json.h: one pass, no recursion. A container is hung into its parent when
 * it opens, so everything read so far hangs on the root and failing frees just that. Text
 * errors are told where they are with what was wanted there; line and column are counted
 * only then. A check is the same pass without the tree.
 */
#include "engine/base/json.h"

#include <math.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/decimal.h"
#include "engine/base/json_scan.h"
#include "engine/base/utf8.h"

struct slice {
    const char *p; /* in the source, or in a scratch when it had escapes */
    size_t len;
};

/* A container around p. */
struct level {
    json_t *container; /* the root owns it; NULL in a check */
    bool array;
    unsigned keys; /* in a check: where its own begin in `seen` */
};

enum { SEEN = 64 }; /* with more members open a text is not known to be compact */

struct reader {
    const char *text, *p, *end;
    bool check; /* no tree is made */
    bool
        compact; /* so far it is just what the writer would write, as far as a check can tell */
    json_t *root;
    struct level *open; /* outermost first */
    size_t depth;
    struct slice key;   /* of the member being read */
    struct slice *seen; /* in a check: keys of the objects around p */
    unsigned seen_count;
    struct asli_bytes key_scratch, value_scratch;
    asl_error *reterr;
};

/* What stands at p, for people: a word, a character, the end. */
static const char *found(const struct reader *r, const char *p, char buf[48])
{
    uint32_t c = 'a';
    size_t len = 0;
    if (p == r->end)
        return "the end of the text";
    while (p + len < r->end && len < 24 && ((p[len] | 32) >= 'a' && (p[len] | 32) <= 'z'))
        len++;
    if (!len)
        len = asli_utf8_decode(p, r->end, &c);
    if (!len)
        snprintf(buf, 48, "byte 0x%02X, which is not UTF-8", (unsigned)(unsigned char)*p);
    else if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xfeff)
        snprintf(buf, 48, "the character U+%04X", (unsigned)c);
    else
        snprintf(buf, 48, "'%.*s'", (int)len, p);
    return buf;
}

static int fail_at(struct reader *r, const char *at, const char *sentence)
{
    asl_error_set(r->reterr, ASL_EJSON, "%s", sentence);
    if (r->reterr)
        asli_json_position(r->text, at, &r->reterr->line, &r->reterr->column);
    return ASL_EJSON;
}

static int fail_wanted(struct reader *r, const char *at, const char *wanted)
{
    char buf[48], sentence[160];
    snprintf(sentence, sizeof sentence, "expected %s, got %s", wanted, found(r, at, buf));
    return fail_at(r, at, sentence);
}

static void skip_space(struct reader *r)
{
    const char *p = r->p;
    while (p < r->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    r->compact &= p == r->p;
    r->p = p;
}

/* --- strings ------------------------------------------------------------------------ */

static int check_run(struct reader *r, const char *p, const char *end, uint64_t high)
{
    const char *bad = high ? asli_utf8_check(p, end) : NULL;
    return bad ? fail_wanted(r, bad, "UTF-8 in a string") : 0;
}

/* A string with escapes, copied to the scratch run by run; p is after the opening quote.
 * */
static int read_escaped(struct reader *r, struct asli_bytes *scratch,
                        struct slice *ret_slice)
{
    const char *p = r->p;
    r->compact = false;
    asli_bytes_reset(scratch);
    for (;;) {
        uint64_t high = 0;
        const char *stop = asli_json_run(p, r->end, &high);
        int rc = check_run(r, p, stop, high);
        if (rc)
            return rc;
        asli_bytes_add(scratch, p, (size_t)(stop - p));
        if (stop == r->end)
            return fail_at(r, r->p - 1,
                           "the string that begins here has no closing '\"'");
        if (*stop == '"') {
            r->p = stop + 1;
            *ret_slice = (struct slice){scratch->len ? scratch->data : "", scratch->len};
            return scratch->oom ? asli_oom(r->reterr) : 0;
        }
        if (*stop != '\\')
            return fail_wanted(r, stop, "a control character in a string to be escaped");
        char text[4];
        size_t len, took = asli_json_escape(stop + 1, r->end, text, &len);
        if (!took)
            return fail_wanted(
                r, stop + 1 < r->end ? stop + 1 : r->end,
                "one of \" \\ / b f n r t or u and 4 hex digits after '\\'");
        asli_bytes_add(scratch, text, len);
        p = stop + 1 + took;
    }
}

/* p is after the opening quote. */
static int read_string(struct reader *r, struct asli_bytes *scratch,
                       struct slice *ret_slice)
{
    uint64_t high = 0;
    const char *p = r->p, *stop = asli_json_run(p, r->end, &high);
    if (stop == r->end || *stop != '"')
        return read_escaped(r, scratch, ret_slice);
    int rc = check_run(r, p, stop, high);
    if (rc)
        return rc;
    *ret_slice = (struct slice){p, (size_t)(stop - p)};
    r->p = stop + 1;
    return 0;
}

/* A key that comes twice is written once. */
static void note_key(struct reader *r)
{
    r->compact &= r->seen_count < SEEN;
    if (!r->compact)
        return;
    for (unsigned i = r->open[r->depth - 1].keys; i < r->seen_count; i++)
        if (r->seen[i].len == r->key.len &&
            memcmp(r->seen[i].p, r->key.p, r->key.len) == 0)
            r->compact = false;
    r->seen[r->seen_count++] = r->key;
}

/* A member's name and the colon after it. */
static int read_key(struct reader *r, const char *wanted)
{
    skip_space(r);
    if (r->p == r->end || *r->p != '"')
        return fail_wanted(r, r->p, wanted);
    r->p++;
    int rc = read_string(r, &r->key_scratch, &r->key);
    if (rc)
        return rc;
    if (r->check)
        note_key(r);
    skip_space(r);
    if (r->p == r->end || *r->p != ':')
        return fail_wanted(r, r->p, "':' after a member name");
    r->p++;
    return 0;
}

/* --- numbers ------------------------------------------------------------------------ */

/* One or more digits. */
static bool skip_digits(struct reader *r)
{
    const char *p = r->p;
    while (p < r->end && *p >= '0' && *p <= '9')
        p++;
    bool some = p > r->p;
    r->p = p;
    return some;
}

/* p is at '-' or a digit. *ret_real becomes true when it is no integer. */
static int scan_number(struct reader *r, bool *ret_real)
{
    r->p += *r->p == '-';
    const char *first = r->p;
    if (!skip_digits(r))
        return fail_wanted(r, r->p, "a digit after '-'");
    if (*first == '0' && r->p - first > 1)
        return fail_wanted(r, first + 1, "no digit after a number's leading 0");
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        *ret_real = true;
        if (!skip_digits(r))
            return fail_wanted(r, r->p, "a digit after '.'");
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        r->p++;
        *ret_real = true;
        if (r->p < r->end && (*r->p == '-' || *r->p == '+'))
            r->p++;
        if (!skip_digits(r))
            return fail_wanted(r, r->p, "a digit in the exponent");
    }
    return 0;
}

/* Digits, perhaps after a '-'. False: they are beyond 64 bits. */
static bool read_integer(const char *p, const char *end, json_int_t *ret_value)
{
    bool negative = *p == '-';
    uint64_t value = 0, limit = (uint64_t)INT64_MAX + negative;
    p += negative;
    if (end - p > 19) /* as many as always fit */
        return false;
    while (p < end)
        value = value * 10 + (uint64_t)(*p++ - '0');
    if (value <= limit)
        *ret_value = (json_int_t)(negative ? 0 - value : value);
    return value <= limit;
}

static int read_number(struct reader *r, json_t **ret_value)
{
    const char *start = r->p;
    bool real = false;
    json_int_t integer;
    double value;
    int rc = scan_number(r, &real);
    if (rc)
        return rc;
    if (!real && read_integer(start, r->p, &integer)) {
        r->compact &= integer != 0 || *start != '-';
        *ret_value = r->check ? NULL : json_integer(integer);
        return 0;
    }
    r->compact = false;
    if (asli_decimal_read(start, (size_t)(r->p - start), &value) != 0)
        return asli_oom(r->reterr);
    if (isinf(value))
        return fail_at(r, start, "this number is too large for a 64-bit real");
    *ret_value = r->check ? NULL : json_real(value);
    return 0;
}

/* --- values ------------------------------------------------------------------------- */

/* true, false or null, which jansson does not count: `value` needs no freeing. */
static int read_word(struct reader *r, const char *wanted, const char *word,
                     json_t *value, json_t **ret_value)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0)
        return fail_wanted(r, r->p, wanted);
    r->p += len;
    *ret_value = value;
    return 0;
}

static int read_text(struct reader *r, json_t **ret_value)
{
    struct slice s;
    r->p++;
    int rc = read_string(r, &r->value_scratch, &s);
    if (!rc && !r->check)
        *ret_value = json_stringn_nocheck(s.p, s.len);
    return rc;
}

/* The value at p; a container is left open and empty, its bracket in *ret_open. *ret_value is NULL
 * when out of memory, and in a check. */
static int read_value(struct reader *r, const char *wanted, json_t **ret_value,
                      char *ret_open)
{
    skip_space(r);
    switch (r->p < r->end ? *r->p : '\0') {
    case '"':
        return read_text(r, ret_value);
    case '{':
    case '[':
        *ret_open = *r->p++;
        if (!r->check)
            *ret_value = *ret_open == '{' ? json_object() : json_array();
        return 0;
    case '-':
    case '0' ... '9':
        return read_number(r, ret_value);
    case 't':
        return read_word(r, wanted, "true", json_true(), ret_value);
    case 'f':
        return read_word(r, wanted, "false", json_false(), ret_value);
    case 'n':
        return read_word(r, wanted, "null", json_null(), ret_value);
    default:
        return fail_wanted(r, r->p, wanted);
    }
}

/* Hangs the value into the innermost open container; a repeated key takes the newer
 * value. */
static int hang(struct reader *r, json_t *take_value)
{
    json_t *parent = r->depth ? r->open[r->depth - 1].container : NULL;
    int failed = !take_value;
    if (failed)
        ;
    else if (!parent)
        r->root = take_value;
    else if (json_is_array(parent))
        failed = json_array_append_new(parent, take_value);
    else
        failed = json_object_setn_new_nocheck(parent, r->key.p, r->key.len, take_value);
    return failed ? asli_oom(r->reterr) : 0;
}

static int push(struct reader *r, json_t *container, bool array)
{
    if (r->depth < ASLI_JSON_DEPTH) {
        r->open[r->depth++] = (struct level){container, array, r->seen_count};
        return 0;
    }
    int rc = asl_error_set(r->reterr, ASL_ELIMIT, ASLI_JSON_TOO_DEEP, ASLI_JSON_DEPTH);
    if (r->reterr)
        asli_json_position(r->text, r->p - 1, &r->reterr->line, &r->reterr->column);
    return rc;
}

static void pop(struct reader *r)
{
    r->p++;
    r->seen_count = r->open[--r->depth].keys;
}

/* After a value: closes what closes, and goes to where the next value is to stand. What
 * may stand there goes to *ret_wanted; NULL: there is none, the root is complete. */
static int next_value(struct reader *r, const char **ret_wanted)
{
    for (;;) {
        skip_space(r);
        char c = r->p < r->end ? *r->p : '\0';
        if (!r->depth) {
            *ret_wanted = NULL;
            return r->p == r->end ? 0 : fail_wanted(r, r->p, "the end after the value");
        }
        bool array = r->open[r->depth - 1].array;
        if (c == ',') {
            r->p++;
            *ret_wanted = array ? "a value after ','" : "a value after ':'";
            return array ? 0 : read_key(r, "a member name in '\"' after ','");
        }
        if (c != (array ? ']' : '}'))
            return fail_wanted(r, r->p,
                               array ? "',' or ']' after an element"
                                     : "',' or '}' after a member");
        pop(r);
    }
}

/* After an opening bracket: the same for the first value inside, if there is one. */
static int first_value(struct reader *r, const char **ret_wanted)
{
    skip_space(r);
    bool array = r->open[r->depth - 1].array;
    if (r->p < r->end && *r->p == (array ? ']' : '}')) {
        pop(r);
        return next_value(r, ret_wanted);
    }
    *ret_wanted = array ? "a value or ']'" : "a value after ':'";
    return array ? 0 : read_key(r, "a member name in '\"' or '}'");
}

static int read_document(struct reader *r)
{
    const char *wanted = "a value";
    while (wanted) {
        json_t *value = NULL;
        char open = 0;
        int rc = read_value(r, wanted, &value, &open);
        if (rc || (!r->check && (rc = hang(r, value))))
            return rc;
        if (!open)
            rc = next_value(r, &wanted);
        else if (!(rc = push(r, value, open == '[')))
            rc = first_value(r, &wanted);
        if (rc)
            return rc;
    }
    return 0;
}

static int read_all(struct reader *r, const char *text, size_t len)
{
    struct level open[ASLI_JSON_DEPTH];
    r->text = r->p = len ? text : "";
    r->end = r->text + len;
    r->open = open;
    int rc = read_document(r);
    asli_bytes_done(&r->key_scratch);
    asli_bytes_done(&r->value_scratch);
    return rc;
}

int asli_json_read(const char *text, size_t len, json_t **ret_value, asl_error *reterr)
{
    struct reader r = {.reterr = reterr};
    int rc = read_all(&r, text, len);
    if (rc)
        json_decref(r.root);
    else
        *ret_value = r.root;
    return rc;
}

int asli_json_check(const char *text, size_t len, bool *ret_compact, asl_error *reterr)
{
    struct slice seen[SEEN];
    struct reader r = {.check = true, .compact = true, .seen = seen, .reterr = reterr};
    int rc = read_all(&r, text, len);
    if (!rc)
        *ret_compact = r.compact;
    return rc;
}
