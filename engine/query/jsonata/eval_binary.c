/* SPDX-License-Identifier: Apache-2.0
 *
 * Operators with two operands.
 */
#include "engine/query/jsonata/eval.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;

#define LARGEST_RANGE 1e7

static int arithmetic(run *r, int op, jn_value a, jn_value b, jn_value *ret)
{
    bool numeric = true;
    int result = a.type == JN_UNDEFINED ? 0 : asli_jn_numeric(r, a, &numeric);
    if (result == 0 && !numeric)
        result = asli_jn_throw_value(r, "T2001", a);
    if (result == 0 && b.type != JN_UNDEFINED)
        result = asli_jn_numeric(r, b, &numeric);
    if (result == 0 && !numeric)
        result = asli_jn_throw_value(r, "T2002", b);
    *ret = JN_NOTHING;
    if (result != 0 || a.type == JN_UNDEFINED || b.type == JN_UNDEFINED)
        return result;
    double x = asli_jn_double(a), y = asli_jn_double(b);
    *ret = asli_jn_number(op == JN_OP_PLUS     ? x + y
                          : op == JN_OP_MINUS  ? x - y
                          : op == JN_OP_TIMES  ? x * y
                          : op == JN_OP_DIVIDE ? x / y
                                               : fmod(x, y));
    return 0;
}

static bool comparable(jn_value v)
{
    return v.type == JN_STRING || asli_jn_is_number(v);
}

static bool holds(int op, double order)
{
    return op == JN_OP_LT   ? order < 0
           : op == JN_OP_LE ? order <= 0
           : op == JN_OP_GT ? order > 0
                            : order >= 0;
}

static int comparison(run *r, int op, jn_value a, jn_value b, jn_value *ret)
{
    bool none_a = a.type == JN_UNDEFINED, none_b = b.type == JN_UNDEFINED;
    if ((!none_a && !comparable(a)) || (!none_b && !comparable(b)))
        return asli_jn_throw_value(r, "T2010", !comparable(a) ? a : b);
    *ret = JN_NOTHING;
    if (none_a || none_b)
        return 0;
    if ((a.type == JN_STRING) != (b.type == JN_STRING)) {
        r->trouble->value2 = b;
        return asli_jn_throw_value(r, "T2009", a);
    }
    if (a.type == JN_STRING) {
        *ret = asli_jn_bool(holds(op, asli_jn_compare(a, b)));
        return 0;
    }
    double x = asli_jn_double(a), y = asli_jn_double(b);
    if (a.type == JN_INTEGER && b.type == JN_INTEGER)
        *ret = asli_jn_bool(
            holds(op, (a.as.integer > b.as.integer) - (a.as.integer < b.as.integer)));
    else
        *ret = asli_jn_bool(!isnan(x) && !isnan(y) && holds(op, (x > y) - (x < y)));
    return 0;
}

static int concat(run *r, jn_value a, jn_value b, jn_value *ret)
{
    jn_value left, right;
    int result = asli_jn_to_string(r, a, false, &left);
    if (result == 0)
        result = asli_jn_to_string(r, b, false, &right);
    if (result != 0)
        return result;
    if ((uint64_t)left.len + right.len > r->largest)
        return asli_jn_too_large(r);
    const char *text =
        asli_jn_arena_join(&r->text, left.as.text, left.len, right.as.text, right.len);
    if (!text)
        return asli_jn_no_room(r);
    *ret = asli_jn_string(text, left.len + right.len);
    return 0;
}

static bool is_whole(jn_value v)
{
    return asli_jn_is_number(v) && isfinite(asli_jn_double(v)) &&
           floor(asli_jn_double(v)) == asli_jn_double(v);
}

static int range(run *r, jn_value a, jn_value b, jn_value *ret)
{
    if (a.type != JN_UNDEFINED && !is_whole(a))
        return asli_jn_throw_value(r, "T2003", a);
    if (b.type != JN_UNDEFINED && !is_whole(b))
        return asli_jn_throw_value(r, "T2004", b);
    *ret = JN_NOTHING;
    if (a.type == JN_UNDEFINED || b.type == JN_UNDEFINED ||
        asli_jn_double(a) > asli_jn_double(b))
        return 0;
    double size = asli_jn_double(b) - asli_jn_double(a) + 1;
    if (size > LARGEST_RANGE)
        return asli_jn_throw_value(r, "D2014", asli_jn_number(size));
    struct asli_jn_array *array = asli_jn_alloc(&r->arena, sizeof *array);
    if (!array)
        return asli_jn_no_room(r);
    *array = (struct asli_jn_array){
        .len = (uint32_t)size, .flags = JN_SEQUENCE, .first = asli_jn_double(a)};
    *ret = asli_jn_of_array(array);
    return 0;
}

static bool includes(jn_value a, jn_value b)
{
    if (a.type == JN_UNDEFINED || b.type == JN_UNDEFINED)
        return false;
    if (!asli_jn_is_array(b))
        return asli_jn_same(a, b);
    size_t len = asli_jn_len(b);
    for (size_t i = 0; i < len; i++)
        if (asli_jn_same(a, asli_jn_at(b, i)))
            return true;
    return false;
}

static int logic(run *r, const node *n, jn_value left, jn_value input, frame *env,
                 jn_value *ret)
{
    bool truth;
    jn_value right;
    int result = asli_jn_truth(r, left, &truth);
    if (result == 0 && truth == (n->op == JN_OP_AND)) {
        result = asli_jn_eval(r, n->b, input, env, &right);
        if (result == 0)
            result = asli_jn_truth(r, right, &truth);
    }
    *ret = asli_jn_bool(truth);
    return result;
}

static int equality(run *r, int op, jn_value a, jn_value b, jn_value *ret)
{
    bool equal = false, both = a.type != JN_UNDEFINED && b.type != JN_UNDEFINED;
    int result = both ? asli_jn_equals(r, a, b, &equal) : 0;
    *ret = asli_jn_bool(both && equal == (op == JN_OP_EQ));
    return result;
}

static int operate(run *r, int op, jn_value a, jn_value b, jn_value *ret)
{
    switch (op) {
    case JN_OP_EQ:
    case JN_OP_NE:
        return equality(r, op, a, b, ret);
    case JN_OP_LT:
    case JN_OP_LE:
    case JN_OP_GT:
    case JN_OP_GE:
        return comparison(r, op, a, b, ret);
    case JN_OP_CONCAT:
        return concat(r, a, b, ret);
    case JN_OP_RANGE:
        return range(r, a, b, ret);
    case JN_OP_IN:
        *ret = asli_jn_bool(includes(a, b));
        return 0;
    default:
        return arithmetic(r, op, a, b, ret);
    }
}

int asli_jn_eval_binary(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    jn_value a, b;
    int result = asli_jn_eval(r, n->a, input, env, &a);
    if (result != 0)
        return result;
    if (n->op == JN_OP_AND || n->op == JN_OP_OR) {
        result = logic(r, n, a, input, env, ret);
        r->trouble->token = JN_NOTHING; /* whatever failed on the right: it is theirs */
    } else {
        result = asli_jn_eval(r, n->b, input, env, &b);
        if (result != 0)
            return result;
        result = operate(r, n->op, a, b, ret);
    }
    if (result != 0 && r->trouble->token.type == JN_UNDEFINED) {
        const char *text = asli_jn_op_text(n->op);
        r->trouble->token = asli_jn_string(text, strlen(text));
    }
    return result;
}
