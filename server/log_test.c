/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of log.h and exception.h: lines as their readers see them, who is never waited for, and what
 * AWS calls trouble.
 */
#include "server/log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <asl/error.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "server/exception.h"

static struct asli_log log_to_pipe;
static int pipe_fds[2];

static void setup(void)
{
    ck_assert_int_eq(pipe(pipe_fds), 0);
    ck_assert_int_eq(fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK), 0);
    log_to_pipe = (struct asli_log){.fd = pipe_fds[1], .level = ASLI_LOG_INFO};
}

static void teardown(void)
{
    asli_log_done(&log_to_pipe);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

START_TEST(a_line_is_a_json_object)
{
    char text[1024] = "";
    ASLI_AUTO(json) json_t *line = NULL;
    asli_log_begin(&log_to_pipe, ASLI_LOG_WARNING, "a \"quote\"");
    asli_log_text(&log_to_pipe, "path", "\\\x01\n");
    asli_log_text(&log_to_pipe, "none", NULL);
    asli_log_number(&log_to_pipe, "bytes", 18446744073709551615u);
    asli_log_thousandths(&log_to_pipe, "ms", 12007);
    asli_log_end(&log_to_pipe);
    ck_assert_int_eq(read(pipe_fds[0], text, sizeof text), -1); /* gathered */
    asli_log_flush(&log_to_pipe);
    ssize_t len = read(pipe_fds[0], text, sizeof text);
    ck_assert_int_gt(len, 0);
    ck_assert_int_eq(text[len - 1], '\n');
    ck_assert_ptr_nonnull(
        strstr(text, ",\"bytes\":18446744073709551615,\"ms\":12.007}\n"));
    ck_assert_int_eq(asli_json_read(text, (size_t)len, &line, NULL), 0);
    ck_assert_str_eq(json_string_value(json_object_get(line, "level")), "warning");
    ck_assert_str_eq(json_string_value(json_object_get(line, "message")), "a \"quote\"");
    ck_assert_str_eq(json_string_value(json_object_get(line, "path")), "\\\x01\n");
    ck_assert_uint_eq(json_object_size(line), 6);
}
END_TEST

START_TEST(levels_have_names_and_an_order)
{
    ck_assert_int_eq(asli_log_level_of("error"), ASLI_LOG_ERROR);
    ck_assert_int_eq(asli_log_level_of("debug"), ASLI_LOG_DEBUG);
    ck_assert_int_eq(asli_log_level_of(""), 0);
    ck_assert(asli_log_wants(&log_to_pipe, ASLI_LOG_INFO));
    ck_assert(!asli_log_wants(&log_to_pipe, ASLI_LOG_DEBUG));
}
END_TEST

START_TEST(who_does_not_read_is_not_waited_for)
{
    static char large[8000];
    memset(large, 'x', sizeof large - 1);
    for (int i = 0; i < 1000; i++) { /* 8 MB */
        asli_log_begin(&log_to_pipe, ASLI_LOG_INFO, large);
        asli_log_end(&log_to_pipe);
    }
    ck_assert_uint_lt(log_to_pipe.lines.len, 2u << 20);
}
END_TEST

START_TEST(trouble_has_aws_names)
{
    const char *name;
    ck_assert_uint_eq(asli_exception_named("InvalidArn")->status, 400);
    ck_assert_str_eq(asli_exception_named("InvalidArn")->space,
                     "com.amazonaws.swf.service.v2.model");
    ck_assert_str_eq(asli_exception_named("ValidationException")->space,
                     "com.amazonaws.swf.service.v2.model");
    ck_assert_str_eq(asli_exception_of(ASLI_EXCEPTION_VALIDATION)->space,
                     "com.amazon.coral.validate");
    ck_assert_uint_eq(asli_exception_coded(ASL_ENOMEM, &name)->status, 500);
    ck_assert_str_eq(name, "InternalFailure");
    ck_assert_uint_eq(asli_exception_coded(ASL_ECLOSED, &name)->status, 503);
    ck_assert_uint_eq(asli_exception_coded(ASL_EREDRIVE, &name)->status, 400);
    ck_assert_str_eq(name, "ExecutionNotRedrivable");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("server/log");
    TCase *t = tcase_create("log");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_line_is_a_json_object);
    tcase_add_test(t, levels_have_names_and_an_order);
    tcase_add_test(t, who_does_not_read_is_not_waited_for);
    tcase_add_test(t, trouble_has_aws_names);
    suite_add_tcase(suite, t);
    return suite;
}
