/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions that look for something in text: a text, a regular expression, or what a function of
 * the user calls a match.
 */
#include "engine/query/jsonata/library.h"
#include "engine/query/jsonata/regex_node.h"

typedef const struct asli_jn_call call;

/* How many at most; INFINITY: any number. False: negative. */
static bool limit_of(call *c, uint32_t i, double *ret)
{
    *ret = asli_jn_given(c, i) ? asli_jn_double(c->args[i]) : INFINITY;
    return !(*ret < 0);
}

int asli_jn_fn_contains(call *c, jn_value *ret)
{
    struct asli_jn_matches m;
    if (!asli_jn_given(c, 0) || !asli_jn_given(c, 1))
        return 0;
    if (c->args[1].type == JN_STRING) {
        *ret = asli_jn_bool(asli_jn_find(c->args[0], 0, c->args[1]) != NULL);
        return 0;
    }
    asli_jn_matches_init(&m, c->run, c->env, c->args[1], c->args[0]);
    int result = asli_jn_matches_next(&m);
    *ret = asli_jn_bool(m.found);
    asli_jn_matches_done(&m);
    return result;
}

int asli_jn_fn_match(call *c, jn_value *ret)
{
    struct asli_jn_matches m;
    double limit;
    size_t base = c->run->top;
    int result = 0;
    if (!asli_jn_given(c, 0))
        return 0;
    if (!limit_of(c, 2, &limit))
        return asli_jn_throw_value(c->run, "D3040", c->args[2]);
    asli_jn_matches_init(&m, c->run, c->env, asli_jn_arg(c, 1), c->args[0]);
    m.found = limit > 0;
    for (double n = 0; result == 0 && m.found; n++) {
        jn_value one;
        result = asli_jn_matches_next(&m);
        if (result != 0 || !m.found || n >= limit)
            break;
        result = asli_jn_matches_object(&m, true, &one);
        if (result == 0)
            result = asli_jn_push(c->run, one);
    }
    asli_jn_matches_done(&m);
    return result != 0 ? result : asli_jn_pop_array(c->run, base, JN_SEQUENCE, ret);
}

/* ------------------------------------------------------------------ replace */

static size_t digits_of(uint32_t n)
{
    size_t digits = 1;
    while (n >= 10) {
        n /= 10;
        digits++;
    }
    return digits;
}

/* The number in at most `most` digits of `text`; -1: none. */
static long leading(const char *text, size_t len, size_t most)
{
    long value = -1;
    for (size_t i = 0; i < len && i < most && text[i] >= '0' && text[i] <= '9'; i++)
        value = (value < 0 ? 0 : value * 10) + (text[i] - '0');
    return value;
}

/* What stands for $N at `at`, behind the dollar; returns how long N is, 0: it is no reference. */
static size_t reference(const struct asli_jn_matches *m, jn_value by, size_t at,
                        struct asli_bytes *out)
{
    size_t left = by.len - at, most = m->count == 0 ? 1 : digits_of(m->count);
    long group = leading(by.as.text + at, left, most);
    if (most > 1 && group > (long)m->count)
        group = leading(by.as.text + at, left, most - 1);
    if (group < 0)
        return 0;
    jn_value v = group > 0 ? asli_jn_matches_group(m, (uint32_t)group - 1) : JN_NOTHING;
    if (v.type == JN_STRING)
        asli_bytes_add(out, v.as.text, v.len);
    return digits_of((uint32_t)group);
}

/* A replacement text with its $0, $1 and $$ filled in. */
static void substitute(const struct asli_jn_matches *m, jn_value by,
                       struct asli_bytes *out)
{
    for (size_t at = 0; at < by.len;) {
        const char *dollar = memchr(by.as.text + at, '$', by.len - at);
        size_t end = dollar ? (size_t)(dollar - by.as.text) : by.len;
        asli_bytes_add(out, by.as.text + at, end - at);
        at = end + 1;
        if (!dollar)
            return;
        char next = at < by.len ? by.as.text[at] : '\0';
        if (next == '$') {
            asli_bytes_addc(out, '$');
            at++;
        } else if (next == '0') {
            asli_bytes_add(out, m->match.as.text, m->match.len);
            at++;
        } else {
            size_t len = reference(m, by, at, out);
            if (len == 0)
                asli_bytes_addc(out, '$');
            at += len;
        }
    }
}

/* By a function of the match. */
static int replaced(call *c, struct asli_jn_matches *m, jn_value f,
                    struct asli_bytes *out)
{
    jn_value object, v, null = {.type = JN_NULL};
    int result = asli_jn_matches_object(m, false, &object);
    if (result == 0)
        result = asli_jn_apply(c->run, f, &object, 1, null, c->env, &v);
    if (result != 0)
        return result;
    if (v.type != JN_STRING)
        return asli_jn_throw_value(c->run, "D3012", v);
    asli_bytes_add(out, v.as.text, v.len);
    return 0;
}

static int too_long(call *c, const struct asli_bytes *out)
{
    return out->len <= c->run->largest ? 0 : asli_jn_too_large(c->run);
}

static int replace_matches(call *c, double limit, struct asli_bytes *out)
{
    struct asli_jn_matches m;
    jn_value s = c->args[0], by = asli_jn_arg(c, 2);
    size_t at = 0;
    asli_jn_matches_init(&m, c->run, c->env, c->args[1], s);
    int result = asli_jn_matches_next(&m);
    for (double n = 0; result == 0 && m.found && n < limit; n++) {
        if (m.start > at)
            asli_bytes_add(out, s.as.text + at, m.start - at);
        if (by.type == JN_STRING)
            substitute(&m, by, out);
        else
            result = replaced(c, &m, by, out);
        at = m.start + m.match.len;
        if (result == 0)
            result = too_long(c, out);
        if (result == 0)
            result = asli_jn_matches_next(&m);
    }
    asli_jn_matches_done(&m);
    if (at < s.len)
        asli_bytes_add(out, s.as.text + at, s.len - at);
    return result;
}

static int replace_text(call *c, double limit, struct asli_bytes *out)
{
    jn_value s = c->args[0], part = c->args[1], by = asli_jn_arg(c, 2);
    size_t at = 0;
    int result = 0;
    const char *found = asli_jn_find(s, 0, part);
    if (by.type != JN_STRING)
        return asli_jn_throw_value(c->run, "D3012", by);
    for (double n = 0; result == 0 && found && n < limit; n++) {
        asli_bytes_add(out, s.as.text + at, (size_t)(found - s.as.text) - at);
        asli_bytes_add(out, by.as.text, by.len);
        at = (size_t)(found - s.as.text) + part.len;
        found = asli_jn_find(s, at, part);
        result = too_long(c, out);
    }
    asli_bytes_add(out, s.as.text + at, s.len - at);
    return result;
}

int asli_jn_fn_replace(call *c, jn_value *ret)
{
    double limit;
    struct asli_bytes out = {0};
    if (!asli_jn_given(c, 0))
        return 0;
    if (asli_jn_arg(c, 1).type == JN_STRING && c->args[1].len == 0)
        return asli_jn_throw_value(c->run, "D3010", c->args[1]);
    if (!limit_of(c, 3, &limit))
        return asli_jn_throw_value(c->run, "D3011", c->args[3]);
    *ret = c->args[0];
    if (!(limit > 0))
        return 0;
    /* A function may use run->buf, so this has its own. */
    int result = asli_jn_arg(c, 1).type == JN_STRING ? replace_text(c, limit, &out)
                                                     : replace_matches(c, limit, &out);
    if (result == 0 && out.oom)
        result = ASL_ENOMEM;
    if (result == 0)
        result = asli_jn_copy_text(c->run, out.data, out.len, ret);
    asli_bytes_done(&out);
    return result;
}

/* ------------------------------------------------------------------ split */

static int split_text(call *c, double limit)
{
    jn_value s = c->args[0], by = c->args[1];
    double n = 0;
    int result = 0;
    size_t at = 0;
    if (by.len == 0) /* into characters */
        for (size_t len; result == 0 && at < s.len && n < limit; at += len, n++) {
            len = asli_jn_character_at(s.as.text + at, s.len - at, 1);
            result = asli_jn_push(c->run, asli_jn_string(s.as.text + at, len));
        }
    for (bool more = by.len > 0; result == 0 && more && n < limit; n++) {
        const char *found = asli_jn_find(s, at, by);
        size_t end = found ? (size_t)(found - s.as.text) : s.len;
        result = asli_jn_push(c->run, asli_jn_string(s.as.text + at, end - at));
        at = end + by.len;
        more = found != NULL;
    }
    return result;
}

static int split_matches(call *c, double limit)
{
    struct asli_jn_matches m;
    jn_value s = c->args[0];
    size_t at = 0;
    double n = 0;
    asli_jn_matches_init(&m, c->run, c->env, asli_jn_arg(c, 1), s);
    int result = asli_jn_matches_next(&m);
    for (; result == 0 && m.found && n < limit; n++) {
        size_t end = m.start > at ? m.start : at;
        result = asli_jn_push(c->run, asli_jn_string(s.as.text + at, end - at));
        at = m.end < s.len ? m.end : s.len;
        if (result == 0)
            result = asli_jn_matches_next(&m);
    }
    asli_jn_matches_done(&m);
    if (result == 0 && n < limit)
        result = asli_jn_push(c->run, asli_jn_string(s.as.text + at, s.len - at));
    return result;
}

int asli_jn_fn_split(call *c, jn_value *ret)
{
    double limit;
    size_t base = c->run->top;
    int result = 0;
    if (!asli_jn_given(c, 0))
        return 0;
    if (!limit_of(c, 2, &limit))
        return asli_jn_throw_value(c->run, "D3020", c->args[2]);
    if (limit > 0 && asli_jn_arg(c, 1).type == JN_STRING)
        result = split_text(c, trunc(limit));
    else if (limit > 0)
        result = split_matches(c, limit);
    return result != 0 ? result : asli_jn_pop_array(c->run, base, 0, ret);
}
