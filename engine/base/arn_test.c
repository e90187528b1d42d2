/* SPDX-License-Identifier: Apache-2.0
 *
 * ARNs: what is one, and what AWS says of what is none.
 */
#include <check.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/arn.h"

START_TEST(an_arn_comes_apart)
{
    struct asli_arn arn;
    ck_assert_int_eq(
        asli_arn_read("arn:aws-cn:states:cn-north-1:111111111111:express:m:run:id",
                      "execution express", &arn, NULL),
        0);
    ck_assert(asli_part_is(arn.partition, "aws-cn"));
    ck_assert(asli_part_is(arn.region, "cn-north-1"));
    ck_assert(asli_part_is(arn.account, "111111111111"));
    ck_assert(asli_part_is(arn.type, "express"));
    ck_assert(asli_part_is(arn.name, "m"));
    ck_assert_str_eq(arn.rest, "run:id");
}
END_TEST

START_TEST(one_without_more_has_no_rest)
{
    struct asli_arn arn;
    ck_assert_int_eq(asli_arn_read("arn:aws:states:us-east-1:1:stateMachine:m",
                                   "stateMachine", &arn, NULL),
                     0);
    ck_assert_ptr_null(arn.rest);
    ck_assert(!asli_part_is(arn.name, "mm"));
}
END_TEST

START_TEST(what_is_no_arn_is_named)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "Invalid Arn: 'Invalid ARN prefix: '"},
        {"m", "Invalid Arn: 'Invalid ARN prefix: m'"},
        {"arn:aws:lambda:r:1:function:f",
         "Invalid Arn: 'Invalid ARN prefix: arn:aws:lambda:r:1:function:f'"},
        {"arn:aws:states:r:1", "Invalid Arn: 'Invalid ARN prefix: arn:aws:states:r:1'"},
        {"arn:aws:states:r:1:express:m",
         "Invalid Arn: 'Resource type not valid in this context: express'"},
        {"arn:aws:states:r:1:state:m",
         "Invalid Arn: 'Resource type not valid in this context: state'"},
        {"arn:aws:states:r:1:stateMachine:",
         "Invalid Arn: 'Resource name is missing: arn:aws:states:r:1:stateMachine:'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_arn arn;
        asl_error err = {0};
        ck_assert_int_eq(asli_arn_read(rows[i].text, "stateMachine", &arn, &err),
                         ASL_EINVAL);
        ck_assert_str_eq(err.exception, "InvalidArn");
        ck_assert_str_eq(err.text, rows[i].message);
    }
}
END_TEST

START_TEST(a_role_is_one_of_iam)
{
    static const char *const wrong[] = {"",
                                        "r",
                                        "arn:aws:iam::1:user/u",
                                        "arn:aws:iam::1:role/",
                                        "arn:aws:iam::aws:role/r",
                                        "arn:aws:iam:r:1:role/r",
                                        "arn:aws:states:r:1:stateMachine:m"};
    ck_assert_int_eq(
        asli_arn_check_role("arn:aws-cn:iam::111111111111:role/path/r", NULL), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        asl_error err = {0};
        char text[128] = "Invalid Role Arn: '";
        strcat(strcat(text, wrong[i]), "'");
        ck_assert_int_eq(asli_arn_check_role(wrong[i], &err), ASL_EINVAL);
        ck_assert_str_eq(err.exception, "InvalidArn");
        ck_assert_str_eq(err.text, text);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/arn");
    TCase *t = tcase_create("arn");
    tcase_add_test(t, an_arn_comes_apart);
    tcase_add_test(t, one_without_more_has_no_rest);
    tcase_add_test(t, what_is_no_arn_is_named);
    tcase_add_test(t, a_role_is_one_of_iam);
    suite_add_tcase(suite, t);
    return suite;
}
