/* SPDX-License-Identifier: Apache-2.0
 *
 * JavaScript's regular expressions into PCRE2's. Every construct of JavaScript is read by its own
 * grammar (with the leniencies of its annex B) and written in a form that means the same to
 * PCRE2 whatever its options; nothing else gets through, so none of PCRE2's own syntax does.
 */
#include "engine/query/jsonata/regex.h"

#include <asl/error.h>
#include <string.h>

#include "engine/base/utf8.h"

/* What ends a line, and what is blank: members of a class, and of its complement. */
#define LINE_ENDS "\\n\\r\\x{2028}\\x{2029}"
#define BLANKS                                                                           \
    "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"    \
    "\\x{3000}\\x{feff}"
#define NOT_BLANKS                                                                       \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"           \
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"       \
    "\\x{3001}-\\x{d7ff}\\x{e000}-\\x{fefe}\\x{ff00}-\\x{10ffff}"
#define ANYTHING "\\x{0}-\\x{d7ff}\\x{e000}-\\x{10ffff}"

struct names {
    struct asli_jn_text at[64];
    size_t count;
};

struct translation {
    const char *p, *end;
    struct asli_bytes *out;
    bool multiline;
    size_t groups, depth; /* groups: of the whole source */
    const struct names *names;
    const char *wrong; /* what is, once something is */
};

static void refuse(struct translation *t, const char *what)
{
    t->wrong = t->wrong ? t->wrong : what;
    t->p = t->end;
}

static bool at(const struct translation *t, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(t->end - t->p) >= len && !memcmp(t->p, text, len);
}

static bool take(struct translation *t, const char *text)
{
    bool there = at(t, text);
    t->p += there ? strlen(text) : 0;
    return there;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static uint32_t take_character(struct translation *t)
{
    uint32_t c = 0;
    size_t len = asli_utf8_decode(t->p, t->end, &c);
    t->p += len ? len : 1;
    return c;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly `count` hexadecimal digits at p. */
static bool take_hex(struct translation *t, int count, uint32_t *ret_value)
{
    uint32_t value = 0;
    if (t->end - t->p < count)
        return false;
    for (int i = 0; i < count; i++) {
        int digit = hex_value(t->p[i]);
        if (digit < 0)
            return false;
        value = value * 16 + (uint32_t)digit;
    }
    t->p += count;
    *ret_value = value;
    return true;
}

/* What follows \u: four digits, and two halves of UTF-16 are one character. */
static bool take_unicode(struct translation *t, uint32_t *ret_value)
{
    uint32_t high, low;
    if (!take_hex(t, 4, &high))
        return false;
    const char *after = t->p;
    if (high >= 0xd800 && high < 0xdc00 && take(t, "\\u") && take_hex(t, 4, &low) &&
        low >= 0xdc00 && low < 0xe000) {
        *ret_value = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return true;
    }
    t->p = after;
    /* Half a character is in no valid text; U+FFFF stands for it. */
    *ret_value = high >= 0xd800 && high < 0xe000 ? 0xffff : high;
    return true;
}

static uint32_t take_octal(struct translation *t)
{
    uint32_t value = 0;
    for (int i = 0; i < 3 && t->p < t->end && *t->p >= '0' && *t->p <= '7'; i++) {
        if (value * 8 + (uint32_t)(*t->p - '0') > 0377)
            break;
        value = value * 8 + (uint32_t)(*t->p++ - '0');
    }
    return value;
}

/* The character that an escape stands for; p is after the backslash, and not at the end. */
static uint32_t take_escaped(struct translation *t, bool in_class)
{
    static const char letters[] = "tnvfr", values[] = "\t\n\v\f\r";
    uint32_t value;
    const char *start = t->p;
    const char *letter = *start ? strchr(letters, *start) : NULL;
    if (*start >= '0' && *start <= '7')
        return take_octal(t);
    t->p++;
    if (letter)
        return (unsigned char)values[letter - letters];
    if (*start == 'b' && in_class)
        return '\b';
    if (*start == 'x' && take_hex(t, 2, &value))
        return value;
    if (*start == 'u' && take_unicode(t, &value))
        return value;
    if (*start == 'c') {
        if (t->p < t->end &&
            (is_letter(*t->p) || (in_class && (is_digit(*t->p) || *t->p == '_'))))
            return (uint32_t)*t->p++ & 31;
        t->p = start; /* the backslash stands for itself */
        return '\\';
    }
    t->p = start;
    return take_character(t);
}

static void put_character(struct translation *t, uint32_t c)
{
    if (c < 0x80 && (is_letter((char)c) || is_digit((char)c)))
        asli_bytes_addc(t->out, (char)c);
    else
        asli_bytes_addf(t->out, "\\x{%x}", (unsigned)c);
}

/* \d \w \s and their complements as members of a class; NULL: it is no such escape. */
static const char *class_members(char letter)
{
    static const struct {
        char letter;
        const char *members;
    } rows[] = {
        {'d', "0-9"}, {'D', "\\D"},  {'w', "a-zA-Z0-9_"},
        {'W', "\\W"}, {'s', BLANKS}, {'S', NOT_BLANKS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].letter == letter)
            return rows[i].members;
    return NULL;
}

/* One end of a range, or a set, which is written at once; false: a set. */
static bool take_class_atom(struct translation *t, uint32_t *ret_character)
{
    if (*t->p != '\\') {
        *ret_character = take_character(t);
        return true;
    }
    if (++t->p == t->end) {
        refuse(t, "\\ at the end");
        return true;
    }
    const char *members = class_members(*t->p);
    if (!members) {
        *ret_character = take_escaped(t, true);
        return true;
    }
    t->p++;
    asli_bytes_adds(t->out, members);
    return false;
}

static void take_class_item(struct translation *t)
{
    uint32_t from = 0, to = 0;
    bool single = take_class_atom(t, &from);
    if (single)
        put_character(t, from);
    if (t->end - t->p < 2 || t->p[0] != '-' || t->p[1] == ']')
        return;
    t->p++;
    size_t before = t->out->len;
    bool range = take_class_atom(t, &to);
    if (single && range) {
        if (to < from)
            refuse(t, "range out of order");
        asli_bytes_addc(t->out, '-');
        put_character(t, to);
        return;
    }
    /* With a set at one end the dash is a dash. */
    if (range)
        put_character(t, to);
    asli_bytes_adds(t->out, before == t->out->len ? "" : "\\-");
}

static void take_class(struct translation *t)
{
    bool negated = take(t, "^");
    if (take(t, "]")) {
        asli_bytes_adds(t->out, negated ? "[" ANYTHING "]" : "(?!)");
        return;
    }
    asli_bytes_adds(t->out, negated ? "[^" : "[");
    while (t->p < t->end && *t->p != ']')
        take_class_item(t);
    if (!take(t, "]"))
        refuse(t, "unterminated class");
    asli_bytes_addc(t->out, ']');
}

/* {n}, {n,} or {n,m} at p: its length; 0: a brace that stands for itself. */
static size_t counts_length(const struct translation *t)
{
    const char *p = t->p + 1, *digits = p;
    while (p < t->end && is_digit(*p))
        p++;
    if (p == digits || p == t->end)
        return 0;
    if (*p == ',')
        for (p++; p < t->end && is_digit(*p);)
            p++;
    return p < t->end && *p == '}' ? (size_t)(p + 1 - t->p) : 0;
}

static bool at_quantifier(const struct translation *t)
{
    return t->p < t->end &&
           (memchr("*+?", *t->p, 3) || (*t->p == '{' && counts_length(t)));
}

static void take_quantifier(struct translation *t)
{
    if (!at_quantifier(t))
        return;
    size_t len = *t->p == '{' ? counts_length(t) : 1;
    asli_bytes_add(t->out, t->p, len);
    t->p += len;
    if (take(t, "?"))
        asli_bytes_addc(t->out, '?');
    if (at_quantifier(t))
        refuse(t, "nothing to repeat");
}

/* (?<name> at p, which is after "(?<". */
static bool take_name(struct translation *t, struct asli_jn_text *ret_name)
{
    const char *start = t->p;
    while (t->p < t->end && (is_letter(*t->p) || is_digit(*t->p) || *t->p == '_' ||
                             *t->p == '$' || (unsigned char)*t->p >= 0x80))
        t->p++;
    *ret_name = (struct asli_jn_text){start, (size_t)(t->p - start)};
    return ret_name->len && !is_digit(*start) && take(t, ">");
}

static void open_group(struct translation *t)
{
    static const char *const kinds[] = {"?:", "?=", "?!", "?<=", "?<!"};
    struct asli_jn_text name;
    t->depth++;
    asli_bytes_addc(t->out, '(');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (take(t, kinds[i])) {
            asli_bytes_adds(t->out, kinds[i]);
            return;
        }
    if (take(t, "?<") && !take_name(t, &name))
        refuse(t, "invalid group");
}

/* \1 to \99 when there are so many groups. */
static bool take_reference(struct translation *t)
{
    size_t number = 0;
    const char *p = t->p;
    if (*p == '0')
        return false;
    for (; p < t->end && is_digit(*p) && number <= t->groups; p++)
        number = number * 10 + (size_t)(*p - '0');
    if (p == t->p || number > t->groups)
        return false;
    t->p = p;
    asli_bytes_addf(t->out, "\\g{%zu}", number);
    return true;
}

static bool take_named_reference(struct translation *t)
{
    struct asli_jn_text name;
    if (!t->names->count || !take(t, "k"))
        return false;
    if (!take(t, "<") || !take_name(t, &name)) {
        refuse(t, "invalid named reference");
        return true;
    }
    for (size_t i = 0; i < t->names->count; i++) {
        const struct asli_jn_text *row = &t->names->at[i];
        if (row->len == name.len && name.len && !memcmp(row->data, name.data, name.len)) {
            asli_bytes_addf(t->out, "\\g{%zu}", i + 1);
            return true;
        }
    }
    refuse(t, "invalid named reference");
    return true;
}

static void take_escape(struct translation *t)
{
    if (t->p == t->end) {
        refuse(t, "\\ at the end");
        return;
    }
    const char *members = class_members(*t->p);
    if (members) {
        t->p++;
        asli_bytes_addf(t->out, "[%s]", members);
    } else if (*t->p == 'b' || *t->p == 'B') {
        asli_bytes_addf(t->out, "\\%c", *t->p++);
    } else if (!take_reference(t) && !take_named_reference(t)) {
        put_character(t, take_escaped(t, false));
    }
}

static void take_term(struct translation *t)
{
    char c = *t->p;
    bool assertion = c == '^' || c == '$';
    if (at_quantifier(t)) {
        refuse(t, "nothing to repeat");
        return;
    }
    if (take(t, "^"))
        asli_bytes_adds(t->out, t->multiline ? "(?<![^" LINE_ENDS "])" : "\\A");
    else if (take(t, "$"))
        asli_bytes_adds(t->out, t->multiline ? "(?![^" LINE_ENDS "])" : "\\z");
    else if (take(t, "."))
        asli_bytes_adds(t->out, "[^" LINE_ENDS "]");
    else if (take(t, "["))
        take_class(t);
    else if (take(t, "\\"))
        take_escape(t);
    else
        put_character(t, take_character(t));
    if (assertion && at_quantifier(t))
        refuse(t, "nothing to repeat");
    take_quantifier(t);
}

static void translate(struct translation *t)
{
    while (t->p < t->end) {
        if (take(t, "|")) {
            asli_bytes_addc(t->out, '|');
        } else if (take(t, "(")) {
            open_group(t);
        } else if (at(t, ")") && t->depth) {
            t->depth--;
            asli_bytes_addc(t->out, *t->p++);
            take_quantifier(t);
        } else if (at(t, ")")) {
            refuse(t, "unmatched )");
        } else {
            take_term(t);
        }
    }
    if (t->depth)
        refuse(t, "unterminated group");
}

/* Counts the groups and notes their names, by group. */
static void survey(struct translation *t, struct names *names)
{
    bool in_class = false;
    while (t->p < t->end) {
        if (in_class || *t->p != '(') {
            in_class = *t->p == '[' || (in_class && *t->p != ']');
            t->p += *t->p == '\\' && t->end - t->p > 1 ? 2 : 1;
            continue;
        }
        t->p++;
        bool named = at(t, "?<") && !at(t, "?<=") && !at(t, "?<!");
        t->p += named ? 2 : 0;
        if (named && t->groups < sizeof names->at / sizeof *names->at &&
            take_name(t, &names->at[t->groups]))
            names->count = t->groups + 1;
        t->groups += named || !at(t, "?");
    }
}

/* The PCRE2 pattern of a source. */
static int pattern_of(struct asli_jn_text source, bool multiline, struct asli_bytes *out,
                      struct asli_jn_fault *fault)
{
    struct names names = {0};
    const char *end = source.data + source.len;
    struct translation t = {source.data, end, out, multiline, 0, 0, &names, NULL};
    survey(&t, &names);
    t.p = source.data;
    translate(&t);
    if (out->oom)
        return ASL_ENOMEM;
    return t.wrong ? asli_jn_fail(fault, "S0303", source.data, source.len) : 0;
}

int asli_jn_regex_compile(struct asli_jn_text source, struct asli_jn_text flags,
                          struct asli_pcre **ret_regex, struct asli_jn_fault *fault)
{
    struct asli_bytes pattern = {0};
    unsigned options = ASLI_PCRE_UNSET_EMPTY;
    bool multiline = false;
    size_t where;
    for (size_t i = 0; i < flags.len; i++) {
        multiline = multiline || flags.data[i] == 'm';
        options |= flags.data[i] == 'i' ? ASLI_PCRE_CASELESS : 0;
        if (!memchr("img", flags.data[i], 3))
            return asli_jn_fail(fault, "S0303", flags.data, flags.len);
    }
    int rc = pattern_of(source, multiline, &pattern, fault);
    if (!rc)
        rc = asli_pcre_compile(pattern.data ? pattern.data : "", pattern.len, options,
                               ret_regex, &where);
    if (rc == ASL_EINVAL || rc == ASL_ELIMIT)
        rc = asli_jn_fail(fault, "S0303", source.data, source.len);
    asli_bytes_done(&pattern);
    return rc;
}
