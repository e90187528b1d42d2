/* SPDX-License-Identifier: Apache-2.0
 *
 * The booking example in one process, on a clock that the test moves: what the guest sees at which
 * second, and what is left after a SIGKILL. Nothing here waits for real time.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/kit/unit.h"
#include "examples/apartment_booking/booking_handlers.h"
#include "torture/faulty_store.h"

static const char home[] = "a-101", other[] = "a-102";

/* One process's view: the engine on its store, the table, and a clock that stands still. */
struct world {
    char dir[64];
    int64_t now;
    unsigned long
        kill_at; /* the moment of a commit to die at (faulty_store.h); 0: live */
    apartments *table;
    asl_store *store;
    asl_engine *engine;
    asl_host *host;
    asl_machine *machine;
};

static int64_t read_clock(void *arg)
{
    return ((struct world *)arg)->now;
}

static int load_definition(struct world *w)
{
    static char text[16384];
    FILE *file = fopen(BOOKING_DEFINITION, "r");
    if (!file)
        return ASL_ESYSTEM;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    asl_machine_options options = {.size = sizeof options, .name = "booking"};
    return asl_machine_load(text, len, &options, &w->machine, NULL, NULL);
}

static void die(void *arg, unsigned long n)
{
    if (n == ((struct world *)arg)->kill_at)
        kill(getpid(), SIGKILL);
}

static int pull_the_plug(struct world *w)
{
    struct faulty_store *faulty;
    int rc = faulty_store_new(w->store, &w->store, &faulty, NULL);
    if (rc == 0)
        faulty_store_at_apply(faulty, die, w);
    return rc;
}

/* 0, or where it failed: also called in a child process, where no assertion may be made. */
static int open_world(struct world *w)
{
    char table_dir[80], store_dir[80];
    snprintf(table_dir, sizeof table_dir, "%s/table", w->dir);
    snprintf(store_dir, sizeof store_dir, "%s/store", w->dir);
    w->table = apartments_open(table_dir);
    if (!w->table || apartments_add(w->table, home) || apartments_add(w->table, other))
        return 1;
    asl_lmdb_options lmdb = {.size = sizeof lmdb, .create = 1};
    if (asl_store_lmdb(store_dir, &lmdb, &w->store, NULL))
        return 2;
    if (w->kill_at && pull_the_plug(w))
        return 6;
    asl_options options = {.size = sizeof options, .store = w->store};
    if (asl_engine_open(&options, &w->engine, NULL) ||
        booking_register(w->engine, w->table, NULL))
        return 3;
    asl_host_options host = {
        .size = sizeof host, .single_thread = 1, .now = read_clock, .arg = w};
    if (asl_host_new(w->engine, &host, &w->host, NULL))
        return 4;
    return load_definition(w) ? 5 : 0;
}

static void close_world(struct world *w)
{
    asl_host_free(w->host);
    asl_engine_close(w->engine);
    asl_machine_unref(w->machine);
    asl_store_free(w->store);
    apartments_close(w->table);
    struct world closed = {.now = w->now};
    memcpy(closed.dir, w->dir, sizeof closed.dir);
    *w = closed;
}

static void new_dir(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->now = 1700000000000;
    strcpy(w->dir, "/tmp/booking-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(w->dir));
}

static void remove_dir(struct world *w)
{
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", w->dir);
    ck_assert_int_eq(system(command), 0);
}

static void enter(struct world *w)
{
    new_dir(w);
    ck_assert_int_eq(open_world(w), 0);
}

static void leave(struct world *w)
{
    close_world(w);
    remove_dir(w);
}

/* Does all that is due after `seconds` more. */
static int pass(struct world *w, int seconds)
{
    w->now += seconds * INT64_C(1000);
    return asl_host_run(w->host, ASL_UNTIL_NOW, NULL);
}

static int book(struct world *w, const char *name, const char *id, int window)
{
    char input[128];
    snprintf(input, sizeof input, "{\"apartment\": \"%s\", \"paymentWindowSeconds\": %d}",
             id, window);
    asl_start_options options = {.size = sizeof options, .name = name};
    int rc = asl_start(w->engine, w->machine, input, -1, &options, NULL, NULL);
    return rc ? rc : pass(w, 0);
}

static void expect_apartment(struct world *w, const char *id, const char *status)
{
    apartment row;
    ck_assert_int_eq(apartments_get(w->table, id, &row), APARTMENT_OK);
    ck_assert_str_eq(row.status, status);
}

/* The execution's status, and a text that its output or its error holds. */
static void expect_execution(struct world *w, const char *name, const char *status,
                             const char *text)
{
    json_t *description;
    ck_assert_int_eq(asl_describe(w->store, name, &description, NULL), 0);
    ck_assert_str_eq(json_string_value(json_object_get(description, "status")), status);
    json_t *end = json_object_get(description, text && *text == '"' ? "output" : "error");
    if (text)
        ck_assert_ptr_nonnull(strstr(json_string_value(end), text));
    json_decref(description);
}

static const char cancelled[] = "\"outcome\":\"cancelled\"",
                  paid[] = "\"outcome\":\"paid\"";

START_TEST(unpaid_is_cancelled_when_the_window_ends)
{
    struct world w;
    enter(&w);
    ck_assert_int_eq(book(&w, "unpaid", home, 60), 0);
    expect_apartment(&w, home, "reserved");
    ck_assert_int_eq(pass(&w, 59), 0);
    expect_apartment(&w, home, "reserved");
    expect_execution(&w, "unpaid", "RUNNING", NULL);
    ck_assert_int_eq(pass(&w, 1), 0);
    expect_apartment(&w, home, "vacant");
    expect_execution(&w, "unpaid", "SUCCEEDED", cancelled);
    leave(&w);
}
END_TEST

START_TEST(paid_in_the_window_is_kept)
{
    struct world w;
    enter(&w);
    ck_assert_int_eq(book(&w, "paid", home, 60), 0);
    ck_assert_int_eq(pass(&w, 30), 0);
    ck_assert_int_eq(apartments_pay(w.table, home, NULL), APARTMENT_OK);
    ck_assert_int_eq(pass(&w, 30), 0);
    expect_apartment(&w, home, "paid");
    expect_execution(&w, "paid", "SUCCEEDED", paid);
    leave(&w);
}
END_TEST

START_TEST(unknown_apartment_fails)
{
    struct world w;
    enter(&w);
    ck_assert_int_eq(book(&w, "unknown", "a-404", 60), 0);
    expect_execution(&w, "unknown", "FAILED", "ApartmentUnknown");
    leave(&w);
}
END_TEST

START_TEST(reserved_apartment_is_refused_to_the_next_guest)
{
    struct world w;
    enter(&w);
    ck_assert_int_eq(book(&w, "first", home, 60), 0);
    ck_assert_int_eq(book(&w, "second", home, 60), 0);
    expect_execution(&w, "second", "FAILED", "ApartmentTaken");
    expect_execution(&w, "first", "RUNNING", NULL);
    expect_apartment(&w, home, "reserved");
    leave(&w);
}
END_TEST

START_TEST(window_comes_from_the_input)
{
    struct world w;
    enter(&w);
    ck_assert_int_eq(book(&w, "short", home, 5), 0);
    ck_assert_int_eq(book(&w, "long", other, 3600), 0);
    ck_assert_int_eq(pass(&w, 5), 0);
    expect_apartment(&w, home, "vacant");
    expect_apartment(&w, other, "reserved");
    ck_assert_int_eq(pass(&w, 3595), 0);
    expect_apartment(&w, other, "vacant");
    leave(&w);
}
END_TEST

/* Stands in for lookup: the guest pays just after it looked. */
static int look_up_then_pay(asl_task *task, void *arg)
{
    int late = apartments_pay(arg, home, NULL) == APARTMENT_OK;
    const char *answer = late ? "{\"status\": \"reserved\"}" : "{\"status\": \"paid\"}";
    return asl_task_succeed_text(task, answer, -1, NULL);
}

START_TEST(payment_that_crosses_the_revert_is_kept)
{
    struct world w;
    enter(&w);
    ck_assert_int_eq(asl_handler(w.engine, "lookup", look_up_then_pay, w.table, 0, NULL),
                     0);
    ck_assert_int_eq(book(&w, "crossed", home, 60), 0);
    ck_assert_int_eq(pass(&w, 60), 0);
    expect_apartment(&w, home, "paid");
    expect_execution(&w, "crossed", "SUCCEEDED", paid);
    leave(&w);
}
END_TEST

/* Runs `life` in a child process and asserts that SIGKILL ended it. */
static void in_killed_process(struct world *w, int (*life)(struct world *w))
{
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (open_world(w) == 0 && life(w) == 0)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static int book_for_a_minute(struct world *w)
{
    return book(w, "killed", home, 60);
}

START_TEST(killed_in_the_window_and_started_an_hour_later_is_cancelled_at_once)
{
    struct world w;
    new_dir(&w);
    in_killed_process(&w, book_for_a_minute);
    w.now += 3600 * INT64_C(1000);
    ck_assert_int_eq(open_world(&w), 0);
    expect_execution(&w, "killed", "RUNNING", NULL);
    expect_apartment(&w, home, "reserved");
    ck_assert_int_eq(pass(&w, 0), 0);
    expect_execution(&w, "killed", "SUCCEEDED", cancelled);
    expect_apartment(&w, home, "vacant");
    leave(&w);
}
END_TEST

START_TEST(killed_in_the_window_and_paid_meanwhile_is_kept)
{
    struct world w;
    new_dir(&w);
    in_killed_process(&w, book_for_a_minute);
    w.now += 3600 * INT64_C(1000);
    ck_assert_int_eq(open_world(&w), 0);
    ck_assert_int_eq(apartments_pay(w.table, home, NULL), APARTMENT_OK);
    ck_assert_int_eq(pass(&w, 0), 0);
    expect_execution(&w, "killed", "SUCCEEDED", paid);
    leave(&w);
}
END_TEST

static int reserve_and_die(asl_task *task, void *arg)
{
    if (apartments_reserve(arg, home, asl_task_execution(task), NULL) == APARTMENT_OK)
        kill(getpid(), SIGKILL);
    return ASL_ESYSTEM;
}

static int book_and_die_while_reserving(struct world *w)
{
    int rc = asl_handler(w->engine, "reserve", reserve_and_die, w->table, 0, NULL);
    if (rc == 0)
        book(w, "killed", home, 60);
    return 1;
}

START_TEST(killed_while_reserving_reserves_again_for_the_same_execution)
{
    struct world w;
    new_dir(&w);
    in_killed_process(&w, book_and_die_while_reserving);
    ck_assert_int_eq(open_world(&w), 0);
    expect_apartment(&w, home, "reserved");
    ck_assert_int_eq(pass(&w, 0), 0);
    expect_execution(&w, "killed", "RUNNING", NULL);
    ck_assert_int_eq(pass(&w, 60), 0);
    expect_execution(&w, "killed", "SUCCEEDED", cancelled);
    leave(&w);
}
END_TEST

START_TEST(killed_while_reserving_and_paid_meanwhile_is_kept)
{
    struct world w;
    new_dir(&w);
    in_killed_process(&w, book_and_die_while_reserving);
    ck_assert_int_eq(open_world(&w), 0);
    ck_assert_int_eq(apartments_pay(w.table, home, NULL), APARTMENT_OK);
    ck_assert_int_eq(pass(&w, 0), 0);
    ck_assert_int_eq(pass(&w, 60), 0);
    expect_execution(&w, "killed", "SUCCEEDED", paid);
    leave(&w);
}
END_TEST

/* The whole flow in a child that dies at its n-th moment of a commit. 0: it lived to the end. */
static int dies_at(struct world *w, unsigned long n)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        w->kill_at = n;
        _exit(open_world(w) || book(w, "killed", home, 60) || pass(w, 60));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

START_TEST(killed_at_any_commit_ends_as_if_nothing_had_happened)
{
    int died = 1;
    unsigned long n = 0;
    while (died) {
        struct world w;
        json_t *there = NULL;
        new_dir(&w);
        died = dies_at(&w, ++n);
        w.now += 3600 * INT64_C(1000);
        ck_assert_int_eq(open_world(&w), 0);
        if (asl_describe(w.store, "killed", &there, NULL)) /* its start was not durable */
            ck_assert_int_eq(book(&w, "killed", home, 60), 0);
        json_decref(there);
        ck_assert_int_eq(pass(&w, 0), 0);
        ck_assert_int_eq(pass(&w, 60), 0);
        expect_execution(&w, "killed", "SUCCEEDED", cancelled);
        expect_apartment(&w, home, "vacant");
        leave(&w);
    }
    ck_assert_uint_gt(n, 8);
}
END_TEST

START_TEST(changes_asked_for_twice_answer_the_same_twice)
{
    struct world w;
    enter(&w);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(apartments_reserve(w.table, home, "me", NULL), APARTMENT_OK);
    ck_assert_int_eq(apartments_reserve(w.table, home, "you", NULL), APARTMENT_TAKEN);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(apartments_revert(w.table, home, "me", NULL), APARTMENT_OK);
    ck_assert_int_eq(apartments_reserve(w.table, home, "you", NULL), APARTMENT_OK);
    ck_assert_int_eq(apartments_revert(w.table, home, "me", NULL), APARTMENT_OK);
    expect_apartment(&w, home, "reserved");
    leave(&w);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("booking");
    TCase *flow = tcase_create("flow"), *crash = tcase_create("crash");
    suite_add_tcase(suite, flow);
    suite_add_tcase(suite, crash);
    tcase_add_test(flow, unpaid_is_cancelled_when_the_window_ends);
    tcase_add_test(flow, paid_in_the_window_is_kept);
    tcase_add_test(flow, unknown_apartment_fails);
    tcase_add_test(flow, reserved_apartment_is_refused_to_the_next_guest);
    tcase_add_test(flow, window_comes_from_the_input);
    tcase_add_test(flow, payment_that_crosses_the_revert_is_kept);
    tcase_add_test(crash,
                   killed_in_the_window_and_started_an_hour_later_is_cancelled_at_once);
    tcase_add_test(crash, killed_in_the_window_and_paid_meanwhile_is_kept);
    tcase_add_test(crash, killed_while_reserving_reserves_again_for_the_same_execution);
    tcase_add_test(crash, killed_while_reserving_and_paid_meanwhile_is_kept);
    tcase_add_test(crash, killed_at_any_commit_ends_as_if_nothing_had_happened);
    tcase_add_test(crash, changes_asked_for_twice_answer_the_same_twice);
    return suite;
}
