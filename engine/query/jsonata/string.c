/* SPDX-License-Identifier: Apache-2.0
 *
 * $string: JSON as JavaScript writes it, numbers rounded to 15 significant digits.
 */
#include "engine/base/decimal.h"
#include "engine/query/jsonata/eval.h"
#include "engine/query/jsonata/number.h"

/* A lone surrogate, three bytes of it. */
static bool is_surrogate(const char *p, size_t left)
{
    return left >= 3 && (unsigned char)p[0] == 0xed && (unsigned char)p[1] >= 0xa0;
}

static bool write_escape(const char *p, size_t left, struct asli_bytes *out)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    unsigned char c = (unsigned char)*p;
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        asli_bytes_addc(out, '\\');
        asli_bytes_addc(out, to[found - from]);
    } else if (c < 0x20)
        asli_bytes_addf(out, "\\u%04x", c);
    else if (is_surrogate(p, left))
        asli_bytes_addf(out, "\\u%04x",
                        0xd000 | ((unsigned char)p[1] & 0x3f) << 6 |
                            ((unsigned char)p[2] & 0x3f));
    else
        return false;
    return true;
}

static void write_string(const char *text, size_t len, struct asli_bytes *out)
{
    size_t from = 0;
    asli_bytes_addc(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0xed)
            continue;
        asli_bytes_add(out, text + from, i - from);
        from = i;
        if (write_escape(text + i, len - i, out)) {
            i += is_surrogate(text + i, len - i) ? 2 : 0;
            from = i + 1;
        }
    }
    asli_bytes_add(out, text + from, len - from);
    asli_bytes_addc(out, '"');
}

/* Integers as they are, others as if they had 15 digits. */
static void write_number(jn_value v, struct asli_bytes *out)
{
    char buf[32];
    if (v.type == JN_INTEGER)
        asli_bytes_add(out, buf, asli_decimal_integer(v.as.integer, buf));
    else if (isfinite(v.as.number))
        asli_bytes_add(out, buf,
                       asli_jn_number_text(asli_jn_number_precise(v.as.number), buf));
    else
        asli_bytes_add(out, "null", 4);
}

struct writer {
    struct asli_jn_run *r;
    struct asli_bytes *out;
    bool pretty;
    int depth;
};

static void new_line(const struct writer *w)
{
    if (!w->pretty)
        return;
    asli_bytes_addc(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        asli_bytes_adds(w->out, "  ");
}

static int write_value(struct writer *w, jn_value v);

static int write_array(struct writer *w, jn_value v)
{
    size_t len = asli_jn_len(v);
    int result = 0;
    asli_bytes_addc(w->out, '[');
    w->depth++;
    for (size_t i = 0; result == 0 && i < len; i++) {
        if (i > 0)
            asli_bytes_addc(w->out, ',');
        new_line(w);
        result = write_value(w, asli_jn_at(v, i));
    }
    w->depth--;
    if (len > 0)
        new_line(w);
    asli_bytes_addc(w->out, ']');
    return result;
}

static int write_object(struct writer *w, jn_value v)
{
    bool any = false;
    int result = 0;
    asli_bytes_addc(w->out, '{');
    w->depth++;
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(v, &m);) {
        if (m.value.type == JN_UNDEFINED)
            continue;
        if (any)
            asli_bytes_addc(w->out, ',');
        any = true;
        new_line(w);
        write_string(m.key, m.len, w->out);
        asli_bytes_adds(w->out, w->pretty ? ": " : ":");
        result = write_value(w, m.value);
    }
    w->depth--;
    if (any)
        new_line(w);
    asli_bytes_addc(w->out, '}');
    return result;
}

static int write_value(struct writer *w, jn_value v)
{
    int result = asli_jn_stack_left(w->r);
    if (result != 0)
        return result;
    if (w->out->len > w->r->largest)
        return asli_jn_too_large(w->r);
    switch (v.type) {
    case JN_BOOL:
        asli_bytes_adds(w->out, v.as.truth ? "true" : "false");
        return 0;
    case JN_INTEGER:
    case JN_NUMBER:
        if (!isfinite(asli_jn_double(v)) && !w->r->non_finite)
            return asli_jn_throw_value(w->r, "D1001", v);
        write_number(v, w->out);
        return 0;
    case JN_STRING:
        write_string(v.as.text, v.len, w->out);
        return 0;
    case JN_JARRAY:
    case JN_ARRAY:
        return write_array(w, v);
    case JN_JOBJECT:
    case JN_OBJECT:
        return write_object(w, v);
    case JN_FUNCTION:
        asli_bytes_adds(w->out, "\"\"");
        return 0;
    default:
        asli_bytes_adds(w->out, "null");
        return 0;
    }
}

int asli_jn_write(struct asli_jn_run *r, jn_value v, bool pretty, struct asli_bytes *out)
{
    struct writer w = {r, out, pretty, 0};
    if (asli_jn_has(v, JN_OUTER))
        v = asli_jn_at(v, 0);
    int result = write_value(&w, v);
    return result == 0 && out->oom ? ASL_ENOMEM : result;
}

int asli_jn_to_string(struct asli_jn_run *r, jn_value v, bool pretty, jn_value *ret)
{
    *ret = v;
    if (v.type == JN_STRING)
        return 0;
    if (v.type == JN_UNDEFINED || v.type == JN_FUNCTION) {
        *ret = asli_jn_string("", 0);
        return 0;
    }
    if (asli_jn_is_number(v) && !isfinite(asli_jn_double(v)))
        return asli_jn_throw_value(r, "D3001", v);
    asli_bytes_reset(&r->buf);
    int result = asli_jn_write(r, v, pretty, &r->buf);
    return result != 0 ? result : asli_jn_buf_text(r, ret);
}
