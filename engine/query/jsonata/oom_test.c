/* SPDX-License-Identifier: Apache-2.0
 *
 * Every allocation of compiling and evaluating may fail: the call says so and nothing leaks.
 */
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"

#include <asl/jsonata.h>

#include "engine/base/json.h"

static const char *const expressions[] = {
    "a.b[c > 1]^(>c).{'x': c, 'y': $string($)}",
    "a.b{d: $sum(c)}",
    "$map([1..200], function($v, $i) { $v & '-' & $i }) ~> $join(',')",
    "$replace('abcabc', /b(c)/, '$1$1') & $uppercase('\xc3\xa4') & $base64encode('abc')",
    "a.b@$x#$i.{'i': $i, 'x': $x.c, 'p': %.b.c}",
    "$ ~> |a.b|{'z': c * 2}, 'd'|",
    "$eval('[1,2,3].($ + 1)') ~> $append(a.b.c)",
    "($f := function($n) { $n = 0 ? 'end' : $f($n - 1) }; $f(300))",
    "$fromMillis(1700000000000, '[Y0001]-[M01]-[D01]') & $formatNumber(1234.5, '#,##0.00')",
    "$formatInteger(1234, 'w') & $now() & $encodeUrl('a b')",
    "$error('no')",
    "[1, 2",
};

/* One compile and evaluation; what came of it. */
static int once(const char *text, const json_t *input, asl_jsonata_error *error)
{
    asl_jsonata *expr = NULL;
    asl_jsonata_result result = {0};
    asl_jsonata_input in = {.size = sizeof in, .value = input, .now = 1};
    int rc = asl_jsonata_compile(text, (size_t)-1, NULL, &expr, error);
    if (rc == 0)
        rc = asl_jsonata_eval(expr, &in, &result, error);
    if (rc == 0)
        json_decref(result.value);
    asl_jsonata_free(expr);
    return rc;
}

START_TEST(every_allocation_may_fail)
{
    static const char document[] = "{\"a\":{\"b\":[{\"c\":1,\"d\":\"x\"},{\"c\":2,\"d\":\"y\"},"
                                   "{\"c\":3,\"d\":\"x\"}]}}";
    const char *text = expressions[_i];
    asl_jsonata_error error;
    json_t *input;
    ck_assert_int_eq(asli_json_read(document, sizeof document - 1, &input, NULL), 0);
    int expected = once(text, input, &error);
    for (unsigned long n = 1;; n++) {
        fault_alloc_arm(n);
        int rc = once(text, input, &error);
        if (!fault_alloc_disarm()) {
            ck_assert_int_eq(rc, expected);
            break;
        }
        /* Texts of errors do without memory that they cannot have. */
        ck_assert_msg(rc == ASL_ENOMEM || rc == expected, "%s: allocation %lu gave %d", text,
                      n, rc);
    }
    json_decref(input);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("jsonata/oom");
    TCase *t = tcase_create("oom");
    suite_add_tcase(s, t);
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, every_allocation_may_fail, 0,
                        (int)(sizeof expressions / sizeof *expressions));
    return s;
}
