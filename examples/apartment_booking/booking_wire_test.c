/* SPDX-License-Identifier: Apache-2.0
 *
 * The wire of the booking program: lines that come in pieces, are no JSON, or do not fit.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conformance/kit/unit.h"
#include "examples/apartment_booking/booking_wire.h"

static void make_pair(int (*ret_fds)[2])
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, *ret_fds), 0);
}

START_TEST(lines_arrive_whole_however_they_are_cut)
{
    static const char text[] = "{\"a\":1}\n{\"b\":[2]}\n";
    static struct wire wire;
    int fds[2], lines = 0;
    make_pair(&fds);
    wire_open(&wire, fds[0]);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        ck_assert_int_eq(write(fds[1], text + i, 1), 1);
        ck_assert_int_eq(wire_fill(&wire), 1);
        json_t *line = wire_take(&wire);
        ck_assert_int_eq(line != NULL, text[i] == '\n');
        ck_assert(!line || json_object_get(line, lines++ ? "b" : "a"));
        json_decref(line);
    }
    ck_assert_int_eq(lines, 2);
    close(fds[1]);
    ck_assert_int_eq(wire_fill(&wire), 0);
    wire_close(&wire);
}
END_TEST

START_TEST(what_is_put_on_one_side_is_taken_on_the_other)
{
    static struct wire wires[2];
    int fds[2];
    make_pair(&fds);
    wire_open(&wires[0], fds[0]);
    wire_open(&wires[1], fds[1]);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(wire_put(&wires[0], json_pack("{s:s}", "n", "\n\"x\u00e4\"")),
                         0);
    ck_assert_int_eq(wire_flush(&wires[0]), 0);
    ck_assert_int_eq(wire_fill(&wires[1]), 1);
    for (int i = 0; i < 3; i++) {
        json_t *line = wire_take(&wires[1]);
        ck_assert_str_eq(json_string_value(json_object_get(line, "n")), "\n\"x\u00e4\"");
        json_decref(line);
    }
    ck_assert_ptr_null(wire_take(&wires[1]));
    wire_close(&wires[0]);
    wire_close(&wires[1]);
}
END_TEST

START_TEST(line_that_is_no_object_is_null)
{
    static struct wire wire;
    int fds[2];
    make_pair(&fds);
    wire_open(&wire, fds[0]);
    ck_assert_int_eq(write(fds[1], "\n[1]\n{\"a\"\n{}{}\n\xff\n{}\n", 20), 20);
    ck_assert_int_eq(wire_fill(&wire), 1);
    for (int i = 0; i < 6; i++) {
        json_t *line = wire_take(&wire);
        ck_assert(i < 5 ? json_is_null(line) : json_is_object(line));
        json_decref(line);
    }
    close(fds[1]);
    wire_close(&wire);
}
END_TEST

START_TEST(line_that_does_not_fit_is_refused_whole)
{
    static struct wire wire;
    static char text[WIRE_LINE / 2];
    int fds[2];
    make_pair(&fds);
    wire_open(&wire, fds[0]);
    memset(text, 'x', sizeof text - 1);
    ck_assert_int_eq(wire_put(&wire, json_pack("{s:s}", "n", text)), 0);
    size_t len = wire.out_len;
    ck_assert_int_eq(wire_put(&wire, json_pack("{s:s}", "n", text)), -1);
    ck_assert_int_eq(wire_put(&wire, NULL), -1);
    ck_assert_uint_eq(wire.out_len, len);
    close(fds[1]);
    ck_assert_int_eq(wire_flush(&wire), -1);
    wire_close(&wire);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("booking-wire");
    TCase *wire = tcase_create("wire");
    suite_add_tcase(suite, wire);
    tcase_add_test(wire, lines_arrive_whole_however_they_are_cut);
    tcase_add_test(wire, what_is_put_on_one_side_is_taken_on_the_other);
    tcase_add_test(wire, line_that_is_no_object_is_null);
    tcase_add_test(wire, line_that_does_not_fit_is_refused_whole);
    return suite;
}
