/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions on text. Positions count characters.
 */
#include <wctype.h>

#include "engine/base/utf8.h"
#include "engine/query/jsonata/library.h"

typedef const struct asli_jn_call call;

int asli_jn_fn_string(call *c, jn_value *ret)
{
    jn_value pretty = asli_jn_arg(c, 1);
    if (!asli_jn_given(c, 0))
        return 0;
    return asli_jn_to_string(c->run, c->args[0],
                             pretty.type == JN_BOOL && pretty.as.truth, ret);
}

int asli_jn_fn_length(call *c, jn_value *ret)
{
    if (asli_jn_given(c, 0))
        *ret = asli_jn_number(
            (double)asli_jn_characters(c->args[0].as.text, c->args[0].len));
    return 0;
}

/* JavaScript's slice: from and to of characters, negative ones from the end. */
static jn_value slice(jn_value s, double from, double to)
{
    double len = (double)asli_jn_characters(s.as.text, s.len);
    from = trunc(from);
    to = trunc(to);
    from = from < 0 ? fmax(from + len, 0) : fmin(from, len);
    to = to < 0 ? fmax(to + len, 0) : fmin(to, len);
    if (!(from < to))
        return asli_jn_string("", 0);
    size_t start = asli_jn_character_at(s.as.text, s.len, (size_t)from);
    size_t more =
        asli_jn_character_at(s.as.text + start, s.len - start, (size_t)(to - from));
    return asli_jn_string(s.as.text + start, more);
}

int asli_jn_fn_substring(call *c, jn_value *ret)
{
    if (!asli_jn_given(c, 0))
        return 0;
    jn_value s = c->args[0];
    double len = (double)asli_jn_characters(s.as.text, s.len);
    double start = asli_jn_given(c, 1) ? asli_jn_double(c->args[1]) : 0, end = len;
    if (len + start < 0)
        start = 0;
    if (asli_jn_given(c, 2)) {
        double length = asli_jn_double(c->args[2]);
        end = (start >= 0 ? start : len + start) + length;
        if (length <= 0 || !asli_jn_given(c, 1))
            end = start = 0;
    }
    *ret = slice(s, start, end);
    return 0;
}

int asli_jn_fn_substring_before(call *c, jn_value *ret)
{
    *ret = asli_jn_arg(c, 0);
    if (!asli_jn_given(c, 0) || !asli_jn_given(c, 1))
        return 0;
    const char *at = asli_jn_find(c->args[0], 0, c->args[1]);
    if (at)
        ret->len = (uint32_t)(at - ret->as.text);
    return 0;
}

int asli_jn_fn_substring_after(call *c, jn_value *ret)
{
    *ret = asli_jn_arg(c, 0);
    if (!asli_jn_given(c, 0) || !asli_jn_given(c, 1))
        return 0;
    const char *at = asli_jn_find(c->args[0], 0, c->args[1]);
    if (at) {
        at += c->args[1].len;
        *ret = asli_jn_string(at, (size_t)(ret->as.text + ret->len - at));
    }
    return 0;
}

/* ------------------------------------------------------------------ case */

static bool is_ascii(jn_value s)
{
    unsigned char all = 0;
    for (uint32_t i = 0; i < s.len; i++)
        all |= (unsigned char)s.as.text[i];
    return all < 0x80;
}

static void ascii_case(jn_value s, bool upper, char *out)
{
    for (uint32_t i = 0; i < s.len; i++) {
        char ch = s.as.text[i];
        bool letter = upper ? ch >= 'a' && ch <= 'z' : ch >= 'A' && ch <= 'Z';
        out[i] = (char)(letter ? ch ^ 0x20 : ch);
    }
}

/* By the C library's table for Unicode; a locale object of our own changes nothing for others. */
static int unicode_case(struct asli_jn_run *r, jn_value s, bool upper, jn_value *ret)
{
    if (!r->unicode)
        r->unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t unicode = r->unicode;
    asli_bytes_reset(&r->buf);
    for (const char *p = s.as.text, *end = p + s.len; p < end;) {
        uint32_t ch;
        char out[4];
        size_t len = asli_utf8_decode(p, end, &ch);
        if (len == 0) { /* part of a lone surrogate */
            asli_bytes_addc(&r->buf, *p++);
            continue;
        }
        p += len;
        if (upper && ch == 0xdf) { /* the one that becomes two */
            asli_bytes_adds(&r->buf, "SS");
            continue;
        }
        if (unicode)
            ch = (uint32_t)(upper ? towupper_l((wint_t)ch, unicode)
                                  : towlower_l((wint_t)ch, unicode));
        asli_bytes_add(&r->buf, out, asli_utf8_encode(ch, out));
    }
    return asli_jn_buf_text(r, ret);
}

static int change_case(call *c, bool upper, jn_value *ret)
{
    if (!asli_jn_given(c, 0))
        return 0;
    if (!is_ascii(c->args[0]))
        return unicode_case(c->run, c->args[0], upper, ret);
    int result = asli_jn_copy_text(c->run, c->args[0].as.text, c->args[0].len, ret);
    if (result == 0)
        ascii_case(c->args[0], upper, (char *)ret->as.text);
    return result;
}

int asli_jn_fn_lowercase(call *c, jn_value *ret)
{
    return change_case(c, false, ret);
}

int asli_jn_fn_uppercase(call *c, jn_value *ret)
{
    return change_case(c, true, ret);
}

/* ------------------------------------------------------------------ blanks */

int asli_jn_fn_trim(call *c, jn_value *ret)
{
    if (!asli_jn_given(c, 0))
        return 0;
    jn_value s = c->args[0];
    int result = asli_jn_copy_text(c->run, s.as.text, s.len, ret);
    if (result != 0)
        return result;
    char *out = (char *)ret->as.text;
    size_t len = 0;
    for (uint32_t i = 0; i < s.len; i++) {
        char ch = s.as.text[i];
        bool blank = ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
        if (!blank)
            out[len++] = ch;
        else if (len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    ret->len = (uint32_t)(len > 0 && out[len - 1] == ' ' ? len - 1 : len);
    return 0;
}

int asli_jn_fn_pad(call *c, jn_value *ret)
{
    jn_value s = asli_jn_arg(c, 0), fill = asli_jn_arg(c, 2);
    if (s.type == JN_UNDEFINED)
        return 0;
    if (fill.type == JN_UNDEFINED || fill.len == 0)
        fill = asli_jn_string(" ", 1);
    double width = asli_jn_given(c, 1) ? trunc(asli_jn_double(c->args[1])) : 0;
    double more = fabs(width) - (double)asli_jn_characters(s.as.text, s.len);
    *ret = s;
    if (!(more > 0))
        return 0;
    if (more > (double)c->run->largest)
        return asli_jn_too_large(c->run);
    struct asli_bytes *out = &c->run->buf;
    asli_bytes_reset(out);
    if (width > 0)
        asli_bytes_add(out, s.as.text, s.len);
    for (size_t at = 0, left = (size_t)more; left > 0; left--) {
        size_t len = asli_jn_character_at(fill.as.text + at, fill.len - at, 1);
        asli_bytes_add(out, fill.as.text + at, len);
        at = at + len < fill.len ? at + len : 0;
    }
    if (width < 0)
        asli_bytes_add(out, s.as.text, s.len);
    return asli_jn_buf_text(c->run, ret);
}

int asli_jn_fn_join(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0), separator = asli_jn_arg(c, 1);
    if (list.type == JN_UNDEFINED)
        return 0;
    struct asli_bytes *out = &c->run->buf;
    asli_bytes_reset(out);
    for (size_t i = 0, len = asli_jn_len(list); i < len; i++) {
        jn_value item = asli_jn_at(list, i);
        if (i > 0 && separator.type == JN_STRING)
            asli_bytes_add(out, separator.as.text, separator.len);
        if (item.type == JN_STRING)
            asli_bytes_add(out, item.as.text, item.len);
        if (out->len > c->run->largest)
            return asli_jn_too_large(c->run);
    }
    return asli_jn_buf_text(c->run, ret);
}
