/* SPDX-License-Identifier: Apache-2.0
 *
 * The intrinsic functions on strings: Format, StringSplit, the two conversions between JSON and
 * its text, Base64 and Hash. Lengths are counted as Java does, in UTF-16 code units.
 */
#include "engine/query/intrinsic_impl.h"

#include <string.h>
#include <openssl/evp.h>

#include "engine/base/alloc.h"
#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"

#define DATA_MAX 10000

/* Hands over what was collected in `text`, which is emptied either way. */
static int return_text(struct asli_call *call, struct asli_bytes *text,
                       json_t **ret_value)
{
    json_t *value =
        text->oom ? NULL : json_stringn(text->data ? text->data : "", text->len);
    asli_bytes_done(text);
    return asli_call_return(call, value, ret_value);
}

/* States.Format */

static int count_arguments(struct asli_call *call, const char *p, const char *end,
                           size_t *ret_count)
{
    *ret_count = 0;
    for (; p < end; p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '{' && p + 1 < end && p[1] == '}')
            p++, ++*ret_count;
        else if (*p == '{' || *p == '}')
            return asli_call_failure(
                call,
                "Invalid template in States.Format: matching '%c' not "
                "found for '%c'.",
                *p == '{' ? '}' : '{', *p);
    }
    return 0;
}

static void format(struct asli_call *call, const char *p, const char *end,
                   struct asli_bytes *out)
{
    for (size_t i = 1; p < end; p++) {
        if (*p == '{') {
            asli_java_text(call->args[i++], out);
            p++;
        } else {
            if (*p == '\\' && p + 1 < end && strchr("'{}\\", p[1]))
                p++;
            asli_bytes_addc(out, *p);
        }
    }
}

int asli_states_format(struct asli_call *call, json_t **ret_value)
{
    struct asli_bytes template = {0}, text = {0};
    size_t count;
    int err = 0;
    if (call->raw)
        asli_bytes_adds(&template, call->raw);
    else
        asli_java_text(call->args[0], &template);
    if (template.oom) {
        err = asli_oom(call->reterr);
        goto out;
    }
    const char *p = template.data ? template.data : "", *end = p + template.len;
    err = count_arguments(call, p, end, &count);
    if (!err && count != call->count - 1)
        err = asli_call_invalid(call,
                                "number of arguments do not match the occurrences of {}");
    if (err)
        goto out;
    format(call, p, end, &text);
    err = return_text(call, &text, ret_value);
out:
    asli_bytes_done(&template);
    return err;
}

/* States.StringSplit: java.util.StringTokenizer, whose delimiters are single characters and whose
 * tokens are never empty. */

static size_t character_length(const char *p, const char *end)
{
    uint32_t c;
    size_t len = asli_utf8_decode(p, end, &c);
    return len ? len : 1;
}

static bool is_delimiter(const char *p, size_t len, const char *set, size_t set_len)
{
    for (const char *end = set + set_len; set < end;) {
        size_t n = character_length(set, end);
        if (n == len && !memcmp(set, p, n))
            return true;
        set += n;
    }
    return false;
}

int asli_states_string_split(struct asli_call *call, json_t **ret_value)
{
    int err = asli_call_string(call, 0);
    if (!err)
        err = asli_call_string(call, 1);
    if (err)
        return err;
    const char *p = json_string_value(call->args[0]), *token = p;
    const char *end = p + json_string_length(call->args[0]);
    const char *set = json_string_value(call->args[1]);
    size_t set_len = json_string_length(call->args[1]);
    ASLI_AUTO(json) json_t *tokens = json_array();
    for (size_t len = 0; tokens; p += len) {
        len = p < end ? character_length(p, end) : 0;
        if (len && !is_delimiter(p, len, set, set_len))
            continue;
        if (p > token &&
            json_array_append_new(tokens, json_stringn(token, (size_t)(p - token))))
            return asli_oom(call->reterr);
        if (!len)
            break;
        token = p + len;
    }
    return asli_call_return(call, json_incref(tokens), ret_value);
}

/* JSON and its text */

int asli_states_string_to_json(struct asli_call *call, json_t **ret_value)
{
    int err = asli_call_string(call, 0);
    if (err)
        return err;
    const char *text = json_string_value(call->args[0]);
    size_t len = json_string_length(call->args[0]);
    if (strspn(text, " \t\r\n") == len) /* AWS: a blank text is null */
        return asli_call_return(call, json_null(), ret_value);
    asl_error why;
    err = asli_json_read(text, len, ret_value, &why);
    if (err == ASL_EJSON || err == ASL_ELIMIT)
        return asli_call_invalid(call, "the string is not valid JSON: %s", why.text);
    return err ? asli_error_pass(call->reterr, &why) : 0;
}

static int write_json(struct asli_call *call, const json_t *value, struct asli_bytes *out)
{
    int err = asli_json_write(value, out, call->reterr);
    return !err && out->oom ? asli_oom(call->reterr) : err;
}

int asli_states_json_to_string(struct asli_call *call, json_t **ret_value)
{
    struct asli_bytes text = {0};
    int err = write_json(call, call->args[0], &text);
    if (!err)
        return return_text(call, &text, ret_value);
    asli_bytes_done(&text);
    return err;
}

/* Base64 and Hash */

static int check_length(struct asli_call *call, const char *p, size_t len)
{
    size_t units = 0;
    for (const char *end = p + len; p < end; p++)
        units += ((unsigned char)*p & 0xC0) == 0x80 ? 0
                 : (unsigned char)*p < 0xF0         ? 1
                                                    : 2;
    if (units > DATA_MAX)
        return asli_call_invalid(call, "the data is longer than %d characters", DATA_MAX);
    return 0;
}

static int base64_input(struct asli_call *call)
{
    int err = asli_call_string(call, 0);
    return err ? err
               : check_length(call, json_string_value(call->args[0]),
                              json_string_length(call->args[0]));
}

int asli_states_base64_encode(struct asli_call *call, json_t **ret_value)
{
    int err = base64_input(call);
    if (err)
        return err;
    size_t len = json_string_length(call->args[0]);
    ASLI_AUTO(text) char *text = asli_alloc((len + 2) / 3 * 4 + 1);
    if (!text)
        return asli_oom(call->reterr);
    EVP_EncodeBlock((unsigned char *)text,
                    (const unsigned char *)json_string_value(call->args[0]), (int)len);
    return asli_call_return(call, json_string(text), ret_value);
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* As Apache Commons Codec, which AWS's tolerance looks like: what is no digit is skipped, the
 * first '=' ends the data, padding may be missing, left-over bits are dropped. */
static void base64_decode(const char *p, size_t len, struct asli_bytes *out)
{
    unsigned value = 0;
    int bits = 0;
    for (const char *end = p + len; p < end && *p != '='; p++) {
        int digit = base64_digit(*p);
        if (digit < 0)
            continue;
        value = value << 6 | (unsigned)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            asli_bytes_addc(out, (char)(value >> bits & 0xFF));
        }
    }
}

/* Bytes that are not UTF-8 become U+FFFD, as in a Java String. */
static void add_repaired(struct asli_bytes *out, const struct asli_bytes *in)
{
    uint32_t c;
    const char *p = in->data, *end = p + in->len;
    for (size_t len; p < end; p += len ? len : 1) {
        len = asli_utf8_decode(p, end, &c);
        asli_bytes_add(out, len ? p : "\xEF\xBF\xBD", len ? len : 3);
    }
}

int asli_states_base64_decode(struct asli_call *call, json_t **ret_value)
{
    struct asli_bytes bytes = {0}, text = {0};
    int err = base64_input(call);
    if (err)
        return err;
    base64_decode(json_string_value(call->args[0]), json_string_length(call->args[0]),
                  &bytes);
    if (bytes.len)
        add_repaired(&text, &bytes);
    text.oom |= bytes.oom;
    asli_bytes_done(&bytes);
    return return_text(call, &text, ret_value);
}

static int hash_text(struct asli_call *call, const char *data, size_t len,
                     json_t **ret_value)
{
    char hex[ASLI_DIGEST_HEX];
    const char *algorithm = json_string_value(call->args[1]);
    int rc = asli_digest_hex(algorithm, strlen(algorithm), data, len, hex);
    if (rc)
        return asl_error_set(call->reterr, rc, "libcrypto refuses to compute %s",
                             algorithm);
    return asli_call_return(call, json_string(hex), ret_value);
}

int asli_states_hash(struct asli_call *call, json_t **ret_value)
{
    struct asli_bytes data = {0};
    json_t *value = call->args[0];
    int err = asli_call_string(call, 1);
    if (err)
        return err;
    if (!asli_digest_known(json_string_value(call->args[1]),
                           json_string_length(call->args[1])))
        return asli_call_invalid(call, "the algorithm must be " ASLI_DIGEST_NAMES);
    if (json_is_string(value))
        asli_bytes_add(&data, json_string_value(value), json_string_length(value));
    else
        err = write_json(call, value, &data);
    if (!err && data.oom)
        err = asli_oom(call->reterr);
    if (!err)
        err = check_length(call, data.data, data.len);
    if (!err)
        err = hash_text(call, data.data ? data.data : "", data.len, ret_value);
    asli_bytes_done(&data);
    return err;
}
