/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of keys.h: the file of keys; signatures, with the values that AWS publishes for them.
 */
#include "server/keys.h"

#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

#define ID "AKIDEXAMPLE"
#define KEY_FILE ID " wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY 123456789012 us-east-1\n"
#define NOON 1440938160 /* 2015-08-30T12:36:00Z, when the examples were signed */
#define AUTHORIZATION(service, headers, signature)                                       \
    "AWS4-HMAC-SHA256 Credential=" ID "/20150830/us-east-1/" service                     \
    "/aws4_request, SignedHeaders=" headers ", Signature=" signature
#define VANILLA "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"

static struct asli_keys keys;
static asl_error error;
static enum asli_exception_id exception;
static char said[1024];

static void setup(void)
{
    ck_assert_int_eq(asli_keys_read(KEY_FILE, &keys, &error), 0);
}

static void teardown(void)
{
    asli_keys_done(&keys);
}

/* NULL: it is signed by the key; else the message, and `exception` is set. */
static const char *verify(const struct asli_signed *request, const char *service,
                          int64_t now)
{
    struct asli_bytes text = {0};
    const struct asli_key *key =
        asli_keys_verify(&keys, request, service, now, &exception, &text);
    ck_assert(!text.oom && text.len < sizeof said);
    if (text.len)
        memcpy(said, text.data, text.len);
    said[text.len] = '\0';
    asli_bytes_done(&text);
    return key ? NULL : said;
}

/* The suite's simplest request, with another Authorization. */
static const char *verify_vanilla(const char *authorization, int64_t now)
{
    const struct asli_header headers[] = {{"Host", "example.amazonaws.com"},
                                          {"X-Amz-Date", "20150830T123600Z"},
                                          {"Authorization", authorization}};
    return verify(
        &(struct asli_signed){"POST", "/", "", headers, authorization ? 3 : 2, "", 0},
        "service", now);
}

START_TEST(a_file_has_a_line_a_key)
{
    struct asli_keys read;
    ck_assert_int_eq(asli_keys_read("# who\n\n A  s/+=\t111111111111 eu-west-1 \r\n"
                                    "B t 222222222222 us-gov-east-1",
                                    &read, &error),
                     0);
    ck_assert_uint_eq(read.count, 2);
    ck_assert_str_eq(read.list[0].id, "A");
    ck_assert_str_eq(read.list[0].secret, "s/+=");
    ck_assert_str_eq(read.list[0].account, "111111111111");
    ck_assert_str_eq(read.list[0].region, "eu-west-1");
    ck_assert_str_eq(read.list[1].region, "us-gov-east-1");
    asli_keys_done(&read);
}
END_TEST

START_TEST(a_line_that_is_no_key_is_told)
{
    static const char *const bad[] = {
        "A s 111111111111 us-east-1\nA s 111111111111\n",
        "A s 111111111111 us-east-1\nB s 11111111111 us-east-1\n",
        "A s 111111111111 us-east-1\nB s 111111111111 ../../etc\n",
        "A s 111111111111 us-east-1\nA t 111111111111 us-east-1\n",
        "A s 111111111111 us-east-1\nB s 111111111111 us-east-1 more\n",
    };
    struct asli_keys read;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(asli_keys_read(bad[i], &read, &error), ASL_EINVAL);
        ck_assert_msg(strncmp(error.text, "line 2: ", 8) == 0, "%s", error.text);
    }
    ck_assert_int_eq(asli_keys_read("# nobody\n", &read, &error), ASL_EINVAL);
}
END_TEST

START_TEST(the_signature_of_aws_suite_holds)
{
    ck_assert_ptr_null(
        verify_vanilla(AUTHORIZATION("service", "host;x-amz-date", VANILLA), NOON));
}
END_TEST

START_TEST(a_body_and_a_query_are_signed)
{
    const struct asli_header form[] = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Host", "example.amazonaws.com"},
        {"X-Amz-Date", "20150830T123600Z"},
        {"Authorization",
         AUTHORIZATION(
             "service", "content-type;host;x-amz-date",
             "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")}};
    struct asli_signed request = {"POST", "/", "", form, 4, "Param1=value1", 13};
    ck_assert_ptr_null(verify(&request, "service", NOON));
    request.body = "Param1=value2";
    ck_assert_ptr_nonnull(verify(&request, "service", NOON));
    const struct asli_header iam[] = {
        {"Host", "iam.amazonaws.com"},
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
        {"X-Amz-Date", "20150830T123600Z"},
        {"Authorization",
         AUTHORIZATION(
             "iam", "content-type;host;x-amz-date",
             "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")}};
    ck_assert_ptr_null(
        verify(&(struct asli_signed){"GET", "/", "Action=ListUsers&Version=2010-05-08",
                                     iam, 4, "", 0},
               "iam", NOON));
}
END_TEST

START_TEST(values_of_headers_are_trimmed)
{
    const struct asli_header headers[] = {
        {"Host", "example.amazonaws.com"},
        {"My-Header1", " value1"},
        {"My-Header2", " \"a   b   c\""},
        {"X-Amz-Date", "20150830T123600Z"},
        {"Authorization",
         AUTHORIZATION(
             "service", "host;my-header1;my-header2;x-amz-date",
             "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")}};
    ck_assert_ptr_null(verify(&(struct asli_signed){"GET", "/", "", headers, 5, "", 0},
                              "service", NOON));
}
END_TEST

START_TEST(another_signature_does_not_hold)
{
    const char *text = verify_vanilla(
        AUTHORIZATION("service", "host;x-amz-date",
                      "0da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        NOON);
    ck_assert_str_eq(text,
                     "The request signature we calculated does not match the "
                     "signature you provided. Check your AWS Secret Access Key and "
                     "signing method. Consult the service documentation for details.");
    ck_assert_int_eq(exception, ASLI_EXCEPTION_INVALID_SIGNATURE);
}
END_TEST

START_TEST(who_does_not_sign_is_told)
{
    ck_assert_str_eq(verify_vanilla(NULL, NOON), "Missing Authentication Token");
    ck_assert_int_eq(exception, ASLI_EXCEPTION_MISSING_TOKEN);
    ck_assert_str_eq(
        verify_vanilla("Basic Zm9v", NOON),
        "Authorization header requires 'Credential' parameter. Authorization "
        "header requires 'Signature' parameter. Authorization header requires "
        "'SignedHeaders' parameter. Authorization=Basic Zm9v");
    ck_assert_int_eq(exception, ASLI_EXCEPTION_INCOMPLETE_SIGNATURE);
    ck_assert_str_eq(
        verify_vanilla("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=s",
                       NOON),
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got 'a/b'");
}
END_TEST

START_TEST(an_unknown_key_is_told)
{
    ck_assert_str_eq(
        verify_vanilla("AWS4-HMAC-SHA256 Credential=NOBODY/20150830/us-east-1/"
                       "service/aws4_request, SignedHeaders=host, Signature=s",
                       NOON),
        "The security token included in the request is invalid.");
    ck_assert_int_eq(exception, ASLI_EXCEPTION_UNRECOGNIZED_CLIENT);
}
END_TEST

START_TEST(a_scope_is_the_keys)
{
    ck_assert_ptr_nonnull(strstr(
        verify_vanilla("AWS4-HMAC-SHA256 Credential=" ID
                       "/20150831/eu-west-1/other/aws5, "
                       "SignedHeaders=host;x-amz-date, Signature=" VANILLA,
                       NOON),
        "Credential should be scoped to a valid region, not 'eu-west-1'. "
        "Credential should be scoped to correct service: 'service'. "
        "Credential should be scoped with a valid terminator: 'aws4_request', not "
        "'aws5'. "
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
        "from HTTP: '20150831' != '20150830', from '20150830T123600Z'."));
    ck_assert_int_eq(exception, ASLI_EXCEPTION_INVALID_SIGNATURE);
}
END_TEST

START_TEST(a_signature_holds_for_five_minutes)
{
    const char *good = AUTHORIZATION("service", "host;x-amz-date", VANILLA);
    ck_assert_ptr_null(verify_vanilla(good, NOON + 300));
    ck_assert_ptr_null(verify_vanilla(good, NOON - 300));
    ck_assert_str_eq(verify_vanilla(good, NOON + 301),
                     "Signature expired: 20150830T123600Z is now earlier than "
                     "20150830T123601Z (20150830T124101Z - 5 min.)");
    ck_assert_int_eq(exception, ASLI_EXCEPTION_INVALID_SIGNATURE);
    ck_assert_str_eq(verify_vanilla(good, NOON - 301),
                     "Signature not yet current: 20150830T123600Z is still later than "
                     "20150830T123559Z (20150830T123059Z + 5 min.)");
}
END_TEST

START_TEST(what_must_be_signed_is)
{
    ck_assert_str_eq(
        verify_vanilla(AUTHORIZATION("service", "x-amz-date", VANILLA), NOON),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
        "Authorization.");
    ck_assert_str_eq(verify_vanilla(AUTHORIZATION("service", "host", VANILLA), NOON),
                     "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("server/keys");
    TCase *t = tcase_create("keys");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_file_has_a_line_a_key);
    tcase_add_test(t, a_line_that_is_no_key_is_told);
    tcase_add_test(t, the_signature_of_aws_suite_holds);
    tcase_add_test(t, a_body_and_a_query_are_signed);
    tcase_add_test(t, values_of_headers_are_trimmed);
    tcase_add_test(t, another_signature_does_not_hold);
    tcase_add_test(t, who_does_not_sign_is_told);
    tcase_add_test(t, an_unknown_key_is_told);
    tcase_add_test(t, a_scope_is_the_keys);
    tcase_add_test(t, a_signature_holds_for_five_minutes);
    tcase_add_test(t, what_must_be_signed_is);
    suite_add_tcase(suite, t);
    return suite;
}
