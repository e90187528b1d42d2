/* SPDX-License-Identifier: Apache-2.0
 *
 * Text in other alphabets: base64 (of bytes, as the reference's are: characters up to U+00FF) and
 * percent encoding.
 */
#include "engine/base/utf8.h"
#include "engine/query/jsonata/library.h"

typedef const struct asli_jn_call call;

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The text's UTF-16 units, cut to a byte each. */
static void as_bytes(jn_value s, struct asli_bytes *out)
{
    for (const char *p = s.as.text, *end = p + s.len; p < end;) {
        uint32_t ch;
        size_t len = asli_utf8_decode(p, end, &ch);
        if (len == 0) { /* a lone surrogate */
            asli_bytes_addc(out, (char)(((p[1] & 0x3f) << 6 | (p[2] & 0x3f)) & 0xff));
            p += 3;
            continue;
        }
        if (ch >= 0x10000) {
            asli_bytes_addc(out, (char)(((ch - 0x10000) >> 10) & 0xff));
            ch = (ch - 0x10000) & 0x3ff;
        }
        asli_bytes_addc(out, (char)(ch & 0xff));
        p += len;
    }
}

int asli_jn_fn_base64_encode(call *c, jn_value *ret)
{
    struct asli_bytes bytes = {0}, *out = &c->run->buf;
    if (!asli_jn_given(c, 0))
        return 0;
    as_bytes(c->args[0], &bytes);
    asli_bytes_reset(out);
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t three = 0;
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        for (size_t k = 0; k < 3; k++)
            three = three << 8 | (k < have ? (unsigned char)bytes.data[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            asli_bytes_addc(out, k <= have ? letters[three >> (18 - 6 * k) & 63] : '=');
    }
    out->oom |= bytes.oom;
    asli_bytes_done(&bytes);
    return asli_jn_buf_text(c->run, ret);
}

int asli_jn_fn_base64_decode(call *c, jn_value *ret)
{
    struct asli_bytes *out = &c->run->buf;
    uint32_t bits = 0;
    int have = 0;
    if (!asli_jn_given(c, 0))
        return 0;
    asli_bytes_reset(out);
    for (uint32_t i = 0; i < c->args[0].len && c->args[0].as.text[i] != '='; i++) {
        char ch = c->args[0].as.text[i], utf8[4];
        ch = ch == '-' ? '+' : ch == '_' ? '/' : ch;
        const char *found = ch ? strchr(letters, ch) : NULL;
        if (!found)
            continue;
        bits = bits << 6 | (uint32_t)(found - letters);
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        asli_bytes_add(out, utf8, asli_utf8_encode(bits >> have & 0xff, utf8));
    }
    return asli_jn_buf_text(c->run, ret);
}

/* ------------------------------------------------------------------ percent encoding */

static const char unreserved[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
static const char reserved[] = ";/?:@&=+$,#"; /* what a whole URL keeps */

static int malformed(call *c, const char *function)
{
    c->run->trouble->function = function;
    return asli_jn_throw_value(c->run, "D3140", c->args[0]);
}

static int encode(call *c, const char *function, const char *kept, jn_value *ret)
{
    static const char hex[] = "0123456789ABCDEF";
    struct asli_bytes *out = &c->run->buf;
    if (!asli_jn_given(c, 0))
        return 0;
    jn_value s = c->args[0];
    if (asli_utf8_check(s.as.text, s.as.text + s.len))
        return malformed(c, function);
    asli_bytes_reset(out);
    for (uint32_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.as.text[i];
        const char escape[] = {'%', hex[ch >> 4], hex[ch & 15]};
        if (ch && (strchr(unreserved, ch) || strchr(kept, ch)))
            asli_bytes_addc(out, (char)ch);
        else
            asli_bytes_add(out, escape, sizeof escape);
    }
    return asli_jn_buf_text(c->run, ret);
}

/* The byte that %XX at `at` stands for; -1: it is none. */
static int escaped(jn_value s, size_t at)
{
    int value = 0;
    if (at + 2 >= s.len || s.as.text[at] != '%')
        return -1;
    for (size_t i = at + 1; i < at + 3; i++) {
        char ch = s.as.text[i];
        int digit = ch >= '0' && ch <= '9'   ? ch - '0'
                    : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
                    : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10
                                             : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* One character of escapes at *at; `kept` ones stay as they are. */
static bool decode_one(jn_value s, size_t *at, const char *kept, struct asli_bytes *out)
{
    char bytes[4];
    uint32_t ch;
    int first = escaped(s, *at);
    if (first < 0)
        return false;
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    for (size_t i = 0; i < len; i++) {
        int byte = escaped(s, *at + 3 * i);
        if (byte < 0)
            return false;
        bytes[i] = (char)byte;
    }
    if (asli_utf8_decode(bytes, bytes + len, &ch) != len)
        return false;
    if (first > 0 && first < 0x80 && strchr(kept, first))
        asli_bytes_add(out, s.as.text + *at, 3);
    else
        asli_bytes_add(out, bytes, len);
    *at += 3 * len;
    return true;
}

static int decode(call *c, const char *function, const char *kept, jn_value *ret)
{
    struct asli_bytes *out = &c->run->buf;
    if (!asli_jn_given(c, 0))
        return 0;
    jn_value s = c->args[0];
    asli_bytes_reset(out);
    for (size_t at = 0; at < s.len;) {
        if (s.as.text[at] != '%')
            asli_bytes_addc(out, s.as.text[at++]);
        else if (!decode_one(s, &at, kept, out))
            return malformed(c, function);
    }
    return asli_jn_buf_text(c->run, ret);
}

int asli_jn_fn_encode_url_component(call *c, jn_value *ret)
{
    return encode(c, "encodeUrlComponent", "", ret);
}

int asli_jn_fn_encode_url(call *c, jn_value *ret)
{
    return encode(c, "encodeUrl", reserved, ret);
}

int asli_jn_fn_decode_url_component(call *c, jn_value *ret)
{
    return decode(c, "decodeUrlComponent", "", ret);
}

int asli_jn_fn_decode_url(call *c, jn_value *ret)
{
    return decode(c, "decodeUrl", reserved, ret);
}
