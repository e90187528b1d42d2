/* SPDX-License-Identifier: Apache-2.0
 *
 * States.MathAdd, States.MathRandom and States.UUID.
 *
 * AWS's interpreter is Java: MathAdd rounds as Math.round does (half towards +infinity), before
 * adding. How it draws from a seed is not documented; java.util.Random's nextInt(origin, bound)
 * is assumed, being the class AWS shows bit for bit in JSONata's $random(seed).
 */
#include "engine/query/intrinsic_impl.h"

#include <math.h>

#include "engine/base/id.h"
#include "engine/base/java_random.h"

/* An argument rounded to a 32-bit integer. */
static int rounded(struct asli_call *call, size_t i, int64_t *ret_value)
{
    int err = asli_call_integer(call, i, ret_value);
    if (err)
        return err;
    if (json_is_real(call->args[i]))
        *ret_value = (int64_t)floor(json_real_value(call->args[i]) + 0.5);
    if (*ret_value < INT32_MIN || *ret_value > INT32_MAX)
        return asli_call_invalid(
            call, "argument %zu must lie between -2147483648 and 2147483647", i + 1);
    return 0;
}

int asli_states_math_add(struct asli_call *call, json_t **ret_value)
{
    int64_t a, b;
    int err = rounded(call, 0, &a);
    if (!err)
        err = rounded(call, 1, &b);
    if (err)
        return err;
    if (a + b < INT32_MIN || a + b > INT32_MAX)
        return asli_call_invalid(call,
                                 "the sum must lie between -2147483648 and 2147483647");
    return asli_call_return(call, json_integer(a + b), ret_value);
}

static int random_bytes(struct asli_call *call, void *buffer, size_t len)
{
    int err = call->env->random(call->env->arg, buffer, len);
    return err ? asl_error_set(call->reterr, err, "no random bytes for %s: %s",
                               call->function->name, asl_code_text(err))
               : 0;
}

int asli_states_math_random(struct asli_call *call, json_t **ret_value)
{
    int64_t start, end, seed = 0;
    int err = asli_call_integer(call, 0, &start);
    if (!err)
        err = asli_call_integer(call, 1, &end);
    if (!err)
        err = call->count > 2 ? asli_call_integer(call, 2, &seed)
                              : random_bytes(call, &seed, sizeof seed);
    if (err)
        return err;
    if (start < INT32_MIN || end > INT32_MAX)
        return asli_call_invalid(call,
                                 "both ends must lie between -2147483648 and 2147483647");
    if (start >= end)
        return asli_call_invalid(call, "the start must be less than the end");
    struct asli_java_random random = asli_java_random(seed);
    return asli_call_return(
        call, json_integer(asli_java_random_between(&random, start, end)), ret_value);
}

int asli_states_uuid(struct asli_call *call, json_t **ret_value)
{
    unsigned char random[16];
    char text[37];
    int err = random_bytes(call, random, sizeof random);
    if (err)
        return err;
    asli_uuid_format(random, text);
    return asli_call_return(call, json_string(text), ret_value);
}
