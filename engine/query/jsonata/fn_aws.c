/* SPDX-License-Identifier: Apache-2.0
 *
 * What Step Functions adds to the language: $partition, $range, $hash, $random, $uuid, $parse.
 */
#include "engine/base/digest.h"
#include "engine/base/id.h"
#include "engine/base/java_random.h"
#include "engine/base/json.h"
#include "engine/query/jsonata/library.h"

#define RANGE_MOST 360145 /* elements that AWS makes */

typedef const struct asli_jn_call call;

/* Java's (long) of a double. */
static int64_t java_long(double value)
{
    if (isnan(value))
        return 0;
    return value >= 0x1p63 ? INT64_MAX : value < -0x1p63 ? INT64_MIN : (int64_t)value;
}

static bool all_given(call *c, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!asli_jn_given(c, i))
            return false;
    return true;
}

/* Items from..to-1 as an array of their own, onto the stack. */
static int push_chunk(struct asli_jn_run *r, jn_value array, size_t from, size_t to)
{
    size_t base = r->top;
    jn_value chunk;
    int result = 0;
    for (size_t i = from; i < to && result == 0; i++)
        result = asli_jn_push(r, asli_jn_at(array, i));
    if (result == 0)
        result = asli_jn_pop_array(r, base, 0, &chunk);
    return result != 0 ? result : asli_jn_push(r, chunk);
}

int asli_jn_fn_partition(call *c, jn_value *ret)
{
    if (!all_given(c, 2))
        return 0;
    jn_value array = c->args[0];
    double size = trunc(asli_jn_double(c->args[1]));
    size_t base = c->run->top, len = asli_jn_len(array);
    if (size < 0)
        return asli_jn_throw_value(c->run, "D3150", c->args[1]);
    if (!(size > 0) || len == 0)
        return 0;
    size_t step = size < (double)len ? (size_t)size : len;
    int result = 0;
    for (size_t from = 0; from < len && result == 0; from += step)
        result = push_chunk(c->run, array, from, from + step < len ? from + step : len);
    return result != 0 ? result : asli_jn_pop_array(c->run, base, 0, ret);
}

int asli_jn_fn_range(call *c, jn_value *ret)
{
    if (!all_given(c, 3))
        return 0;
    double first = trunc(asli_jn_double(c->args[0]));
    double last = trunc(asli_jn_double(c->args[1]));
    double step = trunc(asli_jn_double(c->args[2]));
    double count = floor((last - first) / step) + 1;
    size_t base = c->run->top;
    int result = 0;
    if (step == 0 || !(count >= 1))
        return 0;
    if (count > RANGE_MOST)
        return asli_jn_too_large(c->run);
    for (double i = 0; i < count && result == 0; i++)
        result = asli_jn_push(c->run, asli_jn_number(first + i * step));
    return result != 0 ? result : asli_jn_pop_sequence(c->run, base, false, ret);
}

int asli_jn_fn_hash(call *c, jn_value *ret)
{
    char hex[ASLI_DIGEST_HEX];
    if (!all_given(c, 2))
        return 0;
    jn_value text = c->args[0], algorithm = c->args[1];
    if (asli_digest_hex(algorithm.as.text, algorithm.len, text.as.text, text.len, hex) !=
        0)
        return asli_jn_throw_value(c->run, "D3151", algorithm);
    return asli_jn_copy_text(c->run, hex, strlen(hex), ret);
}

int asli_jn_fn_random_seeded(call *c, jn_value *ret)
{
    if (asli_jn_given(c, 0)) {
        struct asli_java_random random =
            asli_java_random(java_long(asli_jn_double(c->args[0])));
        *ret = asli_jn_number(asli_java_random_double(&random));
    } else {
        *ret = asli_jn_number(asli_jn_host_random(c->run));
    }
    return 0;
}

int asli_jn_fn_uuid(call *c, jn_value *ret)
{
    unsigned char random[16];
    char text[37];
    for (size_t i = 0; i < sizeof random; i += 4) {
        uint32_t bits = (uint32_t)(asli_jn_host_random(c->run) * 0x1p32);
        memcpy(random + i, &bits, sizeof bits);
    }
    asli_uuid_format(random, text);
    return asli_jn_copy_text(c->run, text, strlen(text), ret);
}

int asli_jn_fn_parse(call *c, jn_value *ret)
{
    json_t *json;
    if (!all_given(c, 1))
        return 0;
    int result = asli_json_read(c->args[0].as.text, c->args[0].len, &json, NULL);
    if (result == ASL_ENOMEM)
        return result;
    if (result != 0)
        return asli_jn_throw_value(c->run, "D3152", c->args[0]);
    *ret = asli_jn_of_json(json);
    return asli_jn_keep(c->run, json);
}
