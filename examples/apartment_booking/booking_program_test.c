/* SPDX-License-Identifier: Apache-2.0
 *
 * The booking program: its server on a clock that the test moves, and the program itself
 * ($BOOKING) as several processes. No verdict depends on real time: what waits, waits for an answer.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/kit/unit.h"
#include "examples/apartment_booking/apartments.h"
#include "examples/apartment_booking/booking_server.h"
#include "examples/apartment_booking/booking_wire.h"

enum { TURNS = 10000, RACES = 1000 };

/* ------------------------------------------------------------------ kit */

static void make_dir(char *ret_dir, size_t size)
{
    /* Flushing is not what is tested here: memory will do. */
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(ret_dir, size, "%s/booking-test-XXXXXX", parent);
    ck_assert_ptr_nonnull(mkdtemp(ret_dir));
}

static void remove_dir(const char *dir)
{
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    ck_assert_int_eq(system(command), 0);
}

static int is(const json_t *answer, const char *word)
{
    const char *got = json_string_value(json_object_get(answer, "answer"));
    return got && strcmp(got, word) == 0;
}

/* ------------------------------------------------------------------ the server */

struct world {
    char dir[64];
    int64_t now;
    booking_server *server;
};

static int64_t read_clock(void *arg)
{
    return ((struct world *)arg)->now;
}

static int try_open(struct world *w, booking_server **ret_server)
{
    asl_host_options host = {
        .size = sizeof host, .single_thread = 1, .now = read_clock, .arg = w};
    return booking_server_open(w->dir, 60, &host, ret_server, NULL);
}

static void enter(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->now = 1700000000000;
    make_dir(w->dir, sizeof w->dir);
    ck_assert_int_eq(try_open(w, &w->server), 0);
}

static void leave(struct world *w)
{
    booking_server_close(w->server);
    remove_dir(w->dir);
}

static void turn(struct world *w)
{
    ck_assert_int_eq(booking_server_turn(w->server, -1, 0, NULL), 0);
}

static struct wire *arrive(struct world *w)
{
    struct wire *wire = malloc(sizeof *wire);
    ck_assert_ptr_nonnull(wire);
    ck_assert_int_eq(wire_connect(w->dir, -1, wire, NULL), 0);
    turn(w);
    return wire;
}

static void go(struct wire *wire)
{
    wire_close(wire);
    free(wire);
}

/* The next line for this client. */
static json_t *hear(struct world *w, struct wire *wire)
{
    json_t *line = NULL;
    for (int i = 0; !line && i < TURNS; i++) {
        turn(w);
        ck_assert_int_ge(wire_fill(wire), 0);
        line = wire_take(wire);
    }
    ck_assert(json_is_object(line));
    return line;
}

static json_t *ask(struct world *w, struct wire *wire, const char *word, const char *id)
{
    ck_assert_int_eq(wire_put(wire, json_pack("{s:s, s:s, s:s}", "ask", word, "apartment",
                                              id, "guest", "Ada")),
                     0);
    ck_assert_int_eq(wire_flush(wire), 0);
    return hear(w, wire);
}

static void expect(struct world *w, struct wire *wire, const char *word, const char *id,
                   const char *wanted)
{
    json_t *answer = ask(w, wire, word, id);
    ck_assert_msg(is(answer, wanted), "%s %s: not %s", word, id, wanted);
    json_decref(answer);
}

/* 1: the server has closed this client's connection. */
static int is_dropped(struct world *w, struct wire *wire)
{
    turn(w);
    int more = wire_fill(wire);
    wire->in_len = 0;
    return more <= 0;
}

START_TEST(apartment_is_reserved_once_and_paid_once)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w), *bob = arrive(&w);
    expect(&w, ada, "reserve", "a-101", "unknown");
    expect(&w, ada, "add", "a-101", "added");
    expect(&w, bob, "pay", "a-101", "vacant");
    expect(&w, ada, "reserve", "a-101", "reserved");
    expect(&w, bob, "reserve", "a-101", "taken");
    expect(&w, ada, "pay", "a-101", "paid");
    json_t *again = ask(&w, ada, "pay", "a-101");
    ck_assert(is(again, "paid") && json_is_false(json_object_get(again, "ok")));
    json_decref(again);
    ck_assert_uint_eq(booking_server_running(w.server), 1);
    w.now += 60000;
    turn(&w);
    ck_assert_uint_eq(booking_server_running(w.server), 0);
    expect(&w, bob, "reserve", "a-101", "taken");
    go(ada);
    go(bob);
    leave(&w);
}
END_TEST

START_TEST(name_that_cannot_be_shown_is_refused)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w);
    char longest[66];
    memset(longest, 'x', 65);
    longest[65] = '\0';
    expect(&w, ada, "add", "", "refused");
    expect(&w, ada, "add", "\x1b[2J", "refused");
    expect(&w, ada, "add", longest, "refused");
    expect(&w, ada, "add", longest + 1, "added");
    expect(&w, ada, "burn", "a-101", "refused");
    go(ada);
    leave(&w);
}
END_TEST

START_TEST(list_comes_in_pages_and_misses_none)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w);
    char id[16], last[16] = "";
    int rows = 0, pages = 0, more = 1;
    for (int i = 0; i < 600; i++) {
        snprintf(id, sizeof id, "a-%03d", i);
        expect(&w, ada, "add", id, "added");
    }
    for (; more; pages++) {
        ck_assert_int_eq(
            wire_put(ada, json_pack("{s:s, s:s}", "ask", "list", "after", last)), 0);
        ck_assert_int_eq(wire_flush(ada), 0);
        json_t *page = hear(&w, ada), *row;
        size_t i;
        more = json_is_true(json_object_get(page, "more"));
        json_array_foreach(json_object_get(page, "apartments"), i, row)
        {
            snprintf(id, sizeof id, "a-%03d", rows++);
            ck_assert_str_eq(json_string_value(json_object_get(row, "apartment")), id);
            strcpy(last, id);
        }
        json_decref(page);
    }
    ck_assert_int_eq(rows, 600);
    ck_assert_int_gt(pages, 1);
    go(ada);
    leave(&w);
}
END_TEST

static void expect_line(struct world *w, struct wire *wire, const char *member,
                        const char *value)
{
    json_t *line = hear(w, wire);
    ck_assert_str_eq(json_string_value(json_object_get(line, member)), value);
    json_decref(line);
}

START_TEST(watcher_hears_each_state_and_the_end)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w), *eve = arrive(&w);
    expect(&w, ada, "add", "a-101", "added");
    expect(&w, eve, "watch", "", "watching");
    expect(&w, ada, "reserve", "a-101", "reserved");
    expect_line(&w, eve, "state", "Reserve Apartment");
    expect_line(&w, eve, "state", "Wait for Payment");
    w.now += 60000;
    expect_line(&w, eve, "state", "Look Up Booking");
    expect_line(&w, eve, "state", "Is It Paid?");
    expect_line(&w, eve, "state", "Revert Reservation");
    expect_line(&w, eve, "state", "Reservation Cancelled");
    expect_line(&w, eve, "end", "Succeeded");
    go(ada);
    go(eve);
    leave(&w);
}
END_TEST

START_TEST(watcher_of_one_booking_is_told_when_it_is_over)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w), *eve = arrive(&w);
    expect(&w, ada, "add", "a-101", "added");
    json_t *reserved = ask(&w, ada, "reserve", "a-101");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(wire_put(eve, json_pack("{s:s, s:O}", "ask", "watch", "booking",
                                                 json_object_get(reserved, "booking"))),
                         0);
        ck_assert_int_eq(wire_flush(eve), 0);
        expect_line(&w, eve, "answer", i ? "ended" : "watching");
        w.now += 60000;
        for (int line = 0; i == 0 && line < 4; line++)
            json_decref(hear(&w, eve));
        if (i == 0) {
            expect_line(&w, eve, "end", "Succeeded");
            expect_line(&w, eve, "answer", "ended");
        }
    }
    json_decref(reserved);
    go(ada);
    go(eve);
    leave(&w);
}
END_TEST

START_TEST(half_a_line_keeps_nobody_waiting)
{
    struct world w;
    enter(&w);
    struct wire *slow = arrive(&w), *ada = arrive(&w);
    ck_assert_int_eq(write(slow->fd, "{\"ask\":", 7), 7);
    expect(&w, ada, "add", "a-101", "added");
    ck_assert_int_eq(write(slow->fd, "\"list\"}\n", 8), 8);
    expect_line(&w, slow, "answer", "listed");
    go(slow);
    go(ada);
    leave(&w);
}
END_TEST

START_TEST(requests_sent_at_once_are_answered_in_turn_even_when_no_more_follow)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w);
    static const char text[] =
        "{\"ask\":\"add\",\"apartment\":\"a\"}\n"
        "{\"ask\":\"reserve\",\"apartment\":\"a\",\"guest\":\"x\"}\n"
        "{\"ask\":\"list\"}\n";
    ck_assert_int_eq(write(ada->fd, text, sizeof text - 1), sizeof text - 1);
    ck_assert_int_eq(shutdown(ada->fd, SHUT_WR), 0);
    expect_line(&w, ada, "answer", "added");
    expect_line(&w, ada, "answer", "reserved");
    expect_line(&w, ada, "answer", "listed");
    ck_assert(is_dropped(&w, ada));
    go(ada);
    leave(&w);
}
END_TEST

START_TEST(line_without_an_end_is_refused)
{
    static char text[WIRE_LINE];
    struct world w;
    enter(&w);
    struct wire *eve = arrive(&w), *ada = arrive(&w);
    memset(text, 'x', sizeof text);
    for (size_t sent = 0; sent < sizeof text;) {
        ssize_t n = send(eve->fd, text + sent, sizeof text - sent, MSG_NOSIGNAL);
        sent += n > 0 ? (size_t)n : 0;
        turn(&w);
    }
    expect_line(&w, eve, "answer", "refused");
    ck_assert(is_dropped(&w, eve));
    expect(&w, ada, "add", "a-101", "added");
    go(eve);
    go(ada);
    leave(&w);
}
END_TEST

START_TEST(watcher_that_does_not_listen_is_dropped)
{
    struct world w;
    enter(&w);
    struct wire *deaf = arrive(&w), *ada = arrive(&w);
    struct pollfd hup = {.fd = deaf->fd};
    expect(&w, ada, "add", "a-101", "added");
    expect(&w, deaf, "watch", "", "watching");
    expect(&w, ada, "reserve", "a-101", "reserved");
    for (int i = 0; i < 100000 && !(hup.revents & POLLHUP); i++) {
        expect(&w, ada, "reserve", "a-101", "taken");
        ck_assert_int_ge(poll(&hup, 1, 0), 0);
    }
    ck_assert(hup.revents & POLLHUP);
    go(deaf);
    go(ada);
    leave(&w);
}
END_TEST

START_TEST(silent_client_makes_place_for_the_next)
{
    struct wire *wires[66];
    struct world w;
    enter(&w);
    for (int i = 0; i < 65; i++)
        wires[i] = arrive(&w);
    ck_assert(is_dropped(&w, wires[0]));
    expect(&w, wires[1], "add", "a-101", "added");
    wires[65] = arrive(&w);
    ck_assert(is_dropped(&w, wires[2]));
    expect(&w, wires[1], "reserve", "a-101", "reserved");
    expect(&w, wires[65], "reserve", "a-101", "taken");
    for (int i = 0; i < 66; i++)
        go(wires[i]);
    leave(&w);
}
END_TEST

START_TEST(client_that_left_while_it_reserved_has_reserved)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w), *bob = arrive(&w);
    static const char text[] =
        "{\"ask\":\"reserve\",\"apartment\":\"a\",\"guest\":\"x\"}\n";
    expect(&w, bob, "add", "a", "added");
    ck_assert_int_eq(write(ada->fd, text, sizeof text - 1), sizeof text - 1);
    go(ada);
    turn(&w);
    expect(&w, bob, "reserve", "a", "taken");
    go(bob);
    leave(&w);
}
END_TEST

START_TEST(bookings_go_on_after_a_restart)
{
    struct world w;
    enter(&w);
    struct wire *ada = arrive(&w);
    expect(&w, ada, "add", "a-101", "added");
    expect(&w, ada, "reserve", "a-101", "reserved");
    booking_server_close(w.server);
    go(ada);
    ck_assert_int_eq(try_open(&w, &w.server), 0);
    ck_assert_uint_eq(booking_server_running(w.server), 1);
    ada = arrive(&w);
    expect(&w, ada, "reserve", "a-101", "taken");
    w.now += 60000;
    turn(&w);
    expect(&w, ada, "reserve", "a-101", "reserved");
    go(ada);
    leave(&w);
}
END_TEST

START_TEST(socket_of_a_dead_server_is_replaced_and_nothing_else)
{
    struct world w;
    char path[80];
    int fd;
    enter(&w);
    booking_server_close(w.server);
    ck_assert_int_eq(wire_listen(w.dir, &fd, NULL), 0);
    close(fd);
    ck_assert_int_eq(try_open(&w, &w.server), 0);
    booking_server_close(w.server);
    snprintf(path, sizeof path, "%s/booking.sock", w.dir);
    ck_assert_int_ne(access(path, F_OK), 0);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    ck_assert_int_eq(try_open(&w, &w.server), ASL_ESYSTEM);
    ck_assert_int_eq(access(path, F_OK), 0);
    w.server = NULL;
    leave(&w);
}
END_TEST

START_TEST(second_server_is_refused_and_the_first_one_answers)
{
    struct world w;
    booking_server *second = NULL;
    enter(&w);
    ck_assert_int_eq(try_open(&w, &second), ASL_EBUSY);
    struct wire *ada = arrive(&w);
    expect(&w, ada, "add", "a-101", "added");
    go(ada);
    leave(&w);
}
END_TEST

/* ------------------------------------------------------------------ the program */

struct process {
    pid_t pid;
    FILE *out; /* what it prints on stdout and stderr */
};

/* `args` after the name of the command; NULL ends them. */
static struct process launch(const char *dir, const char *command,
                             const char *const *args)
{
    const char *argv[16] = {getenv("BOOKING"), command, "--dir", dir,
                            "--timeout",       "3600"};
    int fds[2], n = 6;
    ck_assert_ptr_nonnull(argv[0]);
    while (*args && n < 15)
        argv[n++] = *args++;
    ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
    struct process process = {.pid = fork()};
    ck_assert_int_ge(process.pid, 0);
    if (process.pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        dup2(fds[1], STDERR_FILENO);
        execv(argv[0], (char **)argv);
        _exit(127);
    }
    close(fds[1]);
    process.out = fdopen(fds[0], "r");
    ck_assert_ptr_nonnull(process.out);
    return process;
}
#define LAUNCH(dir, command, ...)                                                        \
    launch(dir, command, (const char *const[]){__VA_ARGS__, NULL})

/* Its exit status, -1 after a signal; and its last line. */
static int wait_for(struct process *process, char *ret_line, int size)
{
    char line[512];
    int status;
    while (fgets(line, sizeof line, process->out))
        if (ret_line)
            snprintf(ret_line, (size_t)size, "%s", line);
    fclose(process->out);
    ck_assert_int_eq(waitpid(process->pid, &status, 0), process->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One command; its exit status, and what its last line has to hold. */
static void expect_run(const char *dir, const char *command, const char *name, int status,
                       const char *text)
{
    char line[512] = "";
    struct process process = LAUNCH(dir, command, name);
    ck_assert_int_eq(wait_for(&process, line, sizeof line), status);
    ck_assert_msg(strstr(line, text), "%s %s: %s", command, name ? name : "", line);
}

/* `booking run`, once it listens. */
static struct process launch_server(const char *dir)
{
    char line[512];
    struct process server = LAUNCH(dir, "run", "--window", "86400");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, server.out));
    ck_assert_ptr_nonnull(strstr(line, "go on"));
    return server;
}

static void end_server(struct process *server, const char *text)
{
    char line[512] = "";
    kill(server->pid, SIGTERM);
    ck_assert_int_eq(wait_for(server, line, sizeof line), 0);
    ck_assert_msg(strstr(line, text), "%s", line);
}

START_TEST(without_a_server_each_command_says_so)
{
    char dir[64];
    make_dir(dir, sizeof dir);
    expect_run(dir, "list", NULL, 3, "booking run");
    expect_run(dir, "reserve", "a-101", 3, "booking run");
    expect_run(dir, "watch", NULL, 3, "booking run");
    remove_dir(dir);
}
END_TEST

START_TEST(commands_reach_the_server_from_other_processes)
{
    char dir[64], path[80];
    make_dir(dir, sizeof dir);
    struct process server = launch_server(dir);
    expect_run(dir, "run", NULL, 3, "in use by another engine");
    expect_run(dir, "add", "a-101", 0, "a-101: added");
    expect_run(dir, "reserve", "a-101", 0, "a-101: reserved, booking ");
    expect_run(dir, "reserve", "a-101", 1, "a-101: taken");
    expect_run(dir, "reserve", "a-404", 1, "a-404: unknown");
    expect_run(dir, "list", NULL, 0, "a-101        reserved");
    expect_run(dir, "pay", "a-101", 0, "a-101: paid");
    expect_run(dir, "pay", "a-101", 1, "a-101: paid: it has been paid");
    expect_run(dir, "watch", "nobody", 1, "nobody: unknown");
    end_server(&server, "ended; 1 bookings go on");
    snprintf(path, sizeof path, "%s/booking.sock", dir);
    ck_assert_int_ne(access(path, F_OK), 0);
    remove_dir(dir);
}
END_TEST

START_TEST(killed_server_started_again_keeps_its_word)
{
    char dir[64];
    make_dir(dir, sizeof dir);
    struct process server = launch_server(dir);
    expect_run(dir, "add", "a-101", 0, "added");
    expect_run(dir, "reserve", "a-101", 0, "reserved");
    kill(server.pid, SIGKILL);
    ck_assert_int_eq(wait_for(&server, NULL, 0), -1);
    expect_run(dir, "list", NULL, 3, "nobody answers");
    server = launch_server(dir);
    expect_run(dir, "reserve", "a-101", 1, "taken");
    expect_run(dir, "pay", "a-101", 0, "paid");
    end_server(&server, "ended; 1 bookings go on");
    remove_dir(dir);
}
END_TEST

/* One of the two that race: before each round it waits for the other, and notes its answer. */
static int race(const char *dir, int to_other, int from_other, char *answers)
{
    static struct wire wire;
    char id[16], byte = 0;
    json_t *answer;
    if (wire_connect(dir, -1, &wire, NULL) != 0)
        return 1;
    for (int i = 0; i < RACES; i++) {
        snprintf(id, sizeof id, "a-%04d", i);
        if (wire_put(&wire, json_pack("{s:s, s:s, s:s}", "ask", "reserve", "apartment",
                                      id, "guest", "racer")) != 0 ||
            write(to_other, &byte, 1) != 1 || read(from_other, &byte, 1) != 1 ||
            wire_await(&wire, -1, &answer, NULL) != 0)
            return 2;
        answers[i] = is(answer, "reserved") ? 'R' : is(answer, "taken") ? 'T' : '?';
        json_decref(answer);
    }
    wire_close(&wire);
    return 0;
}

static pid_t start_racer(const char *dir, const int *to_other, const int *from_other,
                         char *answers)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        close(to_other[0]); /* so that the other's end is noticed */
        close(from_other[1]);
        _exit(race(dir, to_other[1], from_other[0], answers));
    }
    return pid;
}

static void run_race(const char *dir, char (*answers)[RACES])
{
    int pipes[2][2], status;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pipe(pipes[i]), 0);
    pid_t pids[2];
    for (int i = 0; i < 2; i++)
        pids[i] = start_racer(dir, pipes[i], pipes[1 - i], answers[i]);
    for (int i = 0; i < 2; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

static int count_reserved(void *arg, const char *id, const apartment *row)
{
    (void)id;
    *(int *)arg += strcmp(row->status, "reserved") == 0 && row->holder[0];
    return 0;
}

static apartments *open_table(const char *dir)
{
    char path[80];
    snprintf(path, sizeof path, "%s/apartments", dir);
    apartments *table = apartments_open(path);
    ck_assert_ptr_nonnull(table);
    return table;
}

START_TEST(two_processes_reserve_one_apartment_a_thousand_times_and_one_wins_each)
{
    char dir[64], id[16];
    int reserved = 0;
    make_dir(dir, sizeof dir);
    apartments *table = open_table(dir);
    for (int i = 0; i < RACES; i++) {
        snprintf(id, sizeof id, "a-%04d", i);
        ck_assert_int_eq(apartments_add(table, id), APARTMENT_OK);
    }
    apartments_close(table);
    char(*answers)[RACES] = mmap(NULL, 2 * sizeof *answers, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(answers, MAP_FAILED);
    struct process server = launch_server(dir);
    run_race(dir, answers);
    for (int i = 0; i < RACES; i++)
        ck_assert_msg((answers[0][i] == 'R' && answers[1][i] == 'T') ||
                          (answers[0][i] == 'T' && answers[1][i] == 'R'),
                      "a-%04d: %c and %c", i, answers[0][i], answers[1][i]);
    end_server(&server, "ended; 1000 bookings go on");
    table = open_table(dir);
    ck_assert_int_eq(apartments_each(table, "", count_reserved, &reserved), APARTMENT_OK);
    apartments_close(table);
    ck_assert_int_eq(reserved, RACES);
    munmap(answers, 2 * sizeof *answers);
    remove_dir(dir);
}
END_TEST

static void add_server_tests(TCase *server)
{
    tcase_add_test(server, apartment_is_reserved_once_and_paid_once);
    tcase_add_test(server, name_that_cannot_be_shown_is_refused);
    tcase_add_test(server, list_comes_in_pages_and_misses_none);
    tcase_add_test(server, watcher_hears_each_state_and_the_end);
    tcase_add_test(server, watcher_of_one_booking_is_told_when_it_is_over);
    tcase_add_test(server, half_a_line_keeps_nobody_waiting);
    tcase_add_test(server,
                   requests_sent_at_once_are_answered_in_turn_even_when_no_more_follow);
    tcase_add_test(server, line_without_an_end_is_refused);
    tcase_add_test(server, watcher_that_does_not_listen_is_dropped);
    tcase_add_test(server, silent_client_makes_place_for_the_next);
    tcase_add_test(server, client_that_left_while_it_reserved_has_reserved);
    tcase_add_test(server, bookings_go_on_after_a_restart);
    tcase_add_test(server, socket_of_a_dead_server_is_replaced_and_nothing_else);
    tcase_add_test(server, second_server_is_refused_and_the_first_one_answers);
}

static void add_program_tests(TCase *program)
{
    tcase_add_test(program, without_a_server_each_command_says_so);
    tcase_add_test(program, commands_reach_the_server_from_other_processes);
    tcase_add_test(program, killed_server_started_again_keeps_its_word);
    tcase_add_test(
        program, two_processes_reserve_one_apartment_a_thousand_times_and_one_wins_each);
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("booking-program");
    TCase *server = tcase_create("server"), *program = tcase_create("program");
    suite_add_tcase(suite, server);
    suite_add_tcase(suite, program);
    add_server_tests(server);
    add_program_tests(program);
    return suite;
}
