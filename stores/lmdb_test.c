/* SPDX-License-Identifier: Apache-2.0
 *
 * What is particular to the LMDB store: its directory and locks, readers beside it, growing,
 * full disks and damaged files. What it has in common with all stores is tested by
 * conformance/plugins/store_suite.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asl/store.h>

#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"

enum { BIG = 1 << 20 };

static char dir[200], file[256];
static char big[BIG];
static asl_error error;

static void setup(void)
{
    ck_assert(tempdir_make(dir, sizeof(dir)));
    snprintf(file, sizeof(file), "%s/data.mdb", dir);
    memset(&error, 0, sizeof(error));
}

static void teardown(void)
{
    tempdir_remove(dir);
}

static const asl_lmdb_options writer = {
    .size = sizeof(writer), .create = 1, .map_bytes = 1, .no_sync = 1};
static const asl_lmdb_options reader = {
    .size = sizeof(reader), .read_only = 1, .map_bytes = 1};

static asl_store *open_store(const asl_lmdb_options *options)
{
    asl_store *store = NULL;
    int rc = asl_store_lmdb(dir, options, &store, &error);
    ck_assert_msg(rc == 0, "open: %s", error.text);
    return store;
}

static void check_refused(const asl_lmdb_options *options, int code)
{
    asl_store *store = NULL;
    int rc = asl_store_lmdb(dir, options, &store, &error);
    ck_assert_msg(rc == code, "%s: %s", asl_code_name(rc), rc ? error.text : "");
    ck_assert_ptr_null(store);
    ck_assert_int_eq(error.code, code);
    ck_assert_ptr_nonnull(strstr(error.text, dir));
}

static int put(asl_store *store, const char *key, size_t size)
{
    asl_op op = {ASL_OP_PUT, {key, strlen(key)}, {big, size}};
    return asl_store_apply(store, &(asl_batch){&op, 1}, &error);
}

static int put_many(asl_store *store, unsigned from, unsigned to, size_t size)
{
    char key[32];
    int rc = 0;
    for (; !rc && from < to; from++) {
        snprintf(key, sizeof(key), "row%06u", from);
        rc = put(store, key, size);
    }
    return rc;
}

static int add_row(void *arg, asl_slice key, asl_slice value)
{
    size_t *sums = arg;
    sums[0]++;
    sums[1] += value.len;
    for (size_t i = 0; i < value.len; i += 512) /* touches every page */
        sums[2] += ((const char *)value.data)[i] != 0;
    return 0;
}

/* Whether a store has so many rows of so many bytes, all zero. */
static bool holds(asl_store *store, size_t rows, size_t bytes)
{
    size_t sums[3] = {0};
    void *snapshot;
    if (asl_store_snapshot(store, &snapshot, &error))
        return false;
    int rc = asl_store_scan(store, snapshot, (asl_slice){0}, (asl_slice){0}, 0, add_row,
                            sums, &error);
    asl_store_release(store, snapshot);
    return !rc && sums[0] == rows && sums[1] == bytes && !sums[2];
}

/* ---------------------------------------------------------------- the directory */

START_TEST(a_store_is_made_in_a_directory_of_its_own)
{
    char below[256];
    struct stat stat_dir;
    asl_store *store;
    snprintf(below, sizeof(below), "%s/new", dir);
    ck_assert_int_eq(asl_store_lmdb(below, NULL, &store, &error), 0);
    ck_assert_str_eq(asl_store_name(store), "lmdb");
    ck_assert_int_eq(put(store, "key", 10), 0);
    asl_store_free(store);
    ck_assert_int_eq(stat(below, &stat_dir), 0);
    ck_assert_int_eq(stat_dir.st_mode & 07777, 0700);
    ck_assert_int_eq(asl_store_lmdb(below, NULL, &store, &error), 0);
    ck_assert(holds(store, 1, 10));
    asl_store_free(store);
    tempdir_remove(below);
}
END_TEST

START_TEST(without_create_a_missing_store_is_not_found_and_nothing_is_made)
{
    asl_lmdb_options options = {.size = sizeof(options)};
    check_refused(&options, ASL_ENOTFOUND);
    check_refused(&reader, ASL_ENOTFOUND);
    ck_assert_int_eq(rmdir(dir), 0); /* it is empty */
    check_refused(&options, ASL_ENOTFOUND);
    check_refused(&reader, ASL_ENOTFOUND);
    ck_assert_int_eq(access(dir, F_OK), -1);
}
END_TEST

START_TEST(a_file_that_was_not_finished_being_made_is_made_anew)
{
    char draft[300];
    snprintf(draft, sizeof(draft), "%s/new.mdb", dir);
    int fd = open(draft, O_CREAT | O_WRONLY, 0600);
    ck_assert_int_eq(write(fd, "torn", 4), 4);
    close(fd);
    check_refused(&reader, ASL_ENOTFOUND);
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put(store, "key", 10), 0);
    asl_store_free(store);
    ck_assert_int_eq(access(draft, F_OK), -1);
    store = open_store(&reader);
    ck_assert(holds(store, 1, 10));
    asl_store_free(store);
}
END_TEST

START_TEST(a_directory_that_cannot_be_made_is_an_error_of_the_system)
{
    asl_store *store;
    strcat(dir, "/no/where");
    check_refused(NULL, ASL_ESYSTEM);
    dir[strlen(dir) - strlen("/no/where")] = '\0';
    ck_assert_int_eq(asl_store_lmdb("", NULL, &store, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_store_lmdb(NULL, NULL, &store, NULL), ASL_EINVAL);
}
END_TEST

START_TEST(options_without_a_size_are_refused)
{
    asl_store *store;
    asl_lmdb_options options = {.create = 1};
    ck_assert_int_eq(asl_store_lmdb(dir, &options, &store, &error), ASL_EINVAL);
}
END_TEST

/* ---------------------------------------------------------------- engine.lock */

START_TEST(a_second_engine_is_told_who_has_the_store)
{
    char pid[32];
    asl_store *store = open_store(&writer);
    snprintf(pid, sizeof(pid), "process %ld;", (long)getpid());
    check_refused(&writer, ASL_EBUSY);
    ck_assert_ptr_nonnull(strstr(error.text, pid));
    check_refused(&reader, ASL_EBUSY); /* LMDB cannot have it twice in one process */
    asl_store_free(store);
    store = open_store(&writer);
    asl_store_free(store);
    store = open_store(&reader);
    asl_store_free(store);
}
END_TEST

START_TEST(the_lock_is_not_handed_to_programs_that_are_started)
{
    asl_store *store = open_store(&writer);
    char path[64], target[512];
    int ours = 0;
    for (int fd = 3; fd < 64; fd++) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        ssize_t len = readlink(path, target, sizeof(target) - 1);
        if (len < 0)
            continue;
        target[len] = '\0';
        if (strncmp(target, dir, strlen(dir)) == 0) {
            ours++;
            ck_assert_msg(fcntl(fd, F_GETFD) & FD_CLOEXEC, "%s", target);
        }
    }
    ck_assert_int_ge(ours, 2);
    asl_store_free(store);
}
END_TEST

START_TEST(a_lock_left_by_a_dead_engine_does_not_count)
{
    asl_store_free(open_store(&writer));
    asl_store *store = open_store(&reader); /* engine.lock still names this process */
    asl_store_free(store);
    store = open_store(&writer);
    ck_assert_int_eq(put(store, "key", 1), 0);
    asl_store_free(store);
}
END_TEST

/* ---------------------------------------------------------------- readers beside it */

/* A reading process: for each byte it gets it opens a snapshot and answers 'y' if the store holds
 * as many rows, of 100,000 bytes each, as it holds fewer when it is 'r' the store is opened. */
static int answer(asl_store *store, unsigned char rows)
{
    return holds(store, rows, (size_t)rows * 100000) ? 'y' : 'n';
}

static void reading_process(int questions, int answers)
{
    unsigned char question, reply;
    asl_store *store = NULL;
    while (read(questions, &question, 1) == 1) {
        if (!store && asl_store_lmdb(dir, &reader, &store, NULL))
            _exit(1);
        reply = (unsigned char)answer(store, question);
        if (write(answers, &reply, 1) != 1)
            _exit(1);
    }
    asl_op op = {ASL_OP_PUT, {"k", 1}, {"v", 1}};
    if (asl_store_apply(store, &(asl_batch){&op, 1}, NULL) != ASL_EINVAL)
        _exit(2);
    asl_store_free(store);
    _exit(0);
}

START_TEST(a_reader_in_another_process_sees_every_commit_and_every_growth)
{
    int questions[2], answers[2], status;
    ck_assert(!pipe(questions) && !pipe(answers));
    pid_t child = fork(); /* before any store is open here */
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(questions[1]);
        reading_process(questions[0], answers[1]);
    }
    close(questions[0]);
    close(answers[1]);
    asl_store *store = open_store(&writer);
    for (unsigned char rows = 1; rows <= 60;
         rows++) { /* 6 MB: the map grows several times */
        unsigned char reply = 0;
        ck_assert_int_eq(put_many(store, rows - 1u, rows, 100000), 0);
        ck_assert_int_eq(write(questions[1], &rows, 1), 1);
        ck_assert_int_eq(read(answers[0], &reply, 1), 1);
        ck_assert_int_eq(reply, 'y');
    }
    close(questions[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    close(answers[0]);
    asl_store_free(store);
}
END_TEST

/* ---------------------------------------------------------------- growing */

START_TEST(the_map_grows_with_the_data)
{
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put(store, "large", BIG), 0); /* 16 times the map in one batch */
    ck_assert_int_eq(put_many(store, 0, 2000, 3000), 0);
    ck_assert(holds(store, 2001, BIG + 2000 * 3000));
    asl_store_free(store);
    store = open_store(&writer); /* with a map smaller than the data */
    ck_assert(holds(store, 2001, BIG + 2000 * 3000));
    ck_assert_int_eq(put_many(store, 2000, 3000, 3000), 0);
    ck_assert(holds(store, 3001, BIG + 3000 * 3000));
    asl_store_free(store);
}
END_TEST

START_TEST(who_holds_a_snapshot_and_applies_gets_an_error_where_the_map_must_grow)
{
    void *snapshot;
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put(store, "small", 100), 0);
    ck_assert_int_eq(asl_store_snapshot(store, &snapshot, &error), 0);
    ck_assert_int_eq(put(store, "large", BIG), ASL_ENOSPACE);
    ck_assert_ptr_nonnull(strstr(error.text, "snapshot"));
    asl_store_release(store, snapshot);
    ck_assert(holds(store, 1, 100));
    ck_assert_int_eq(put(store, "large", BIG), 0); /* the same batch again */
    ck_assert(holds(store, 2, 100 + BIG));
    asl_store_free(store);
}
END_TEST

struct growing {
    asl_store *store;
    int rc;
};

static void *apply_many(void *arg)
{
    struct growing *growing = arg;
    growing->rc = put_many(growing->store, 0, 64, BIG / 4);
    return NULL;
}

START_TEST(growing_waits_for_the_snapshots_of_other_threads)
{
    struct growing growing = {open_store(&writer), -1};
    pthread_t thread;
    ck_assert_int_eq(put(growing.store, "first", 1000), 0);
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(growing.store, &snapshot, NULL), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, apply_many, &growing), 0);
    bool good = true;
    for (int i = 0; i < 200;
         i++) { /* turns: overlapping snapshots, and moments without */
        size_t sums[3] = {0};
        void *next;
        if (asl_store_scan(growing.store, snapshot, (asl_slice){"first", 5},
                           (asl_slice){"g", 1}, 0, add_row, sums, NULL) ||
            sums[0] != 1 || sums[1] != 1000 || sums[2])
            good = false;
        if (asl_store_snapshot(growing.store, &next, NULL))
            good = false;
        asl_store_release(growing.store, snapshot);
        snapshot = next;
        if (i % 4 == 0) {
            asl_store_release(growing.store, snapshot);
            good = good && !asl_store_snapshot(growing.store, &snapshot, NULL);
        }
    }
    asl_store_release(growing.store, snapshot);
    pthread_join(thread, NULL);
    ck_assert(good);
    ck_assert_int_eq(growing.rc, 0);
    ck_assert(holds(growing.store, 65, 1000 + (size_t)64 * BIG / 4));
    asl_store_free(growing.store);
}
END_TEST

START_TEST(a_full_disk_applies_nothing_and_the_same_batch_may_be_tried_again)
{
    struct rlimit old, limit;
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put_many(store, 0, 10, 1000), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = (struct rlimit){BIG / 2, old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int first = put(store, "large", BIG);
    int second = put(store, "large", BIG);
    bool same = holds(store, 10, 10 * 1000);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    ck_assert_int_eq(first, ASL_ENOSPACE);
    ck_assert_int_eq(second, ASL_ENOSPACE);
    ck_assert(same);
    ck_assert_int_eq(put(store, "large", BIG), 0);
    ck_assert(holds(store, 11, 10 * 1000 + BIG));
    asl_store_free(store);
}
END_TEST

START_TEST(too_many_snapshots_are_refused)
{
    void *snapshots[200];
    int rc = 0, count = 0;
    asl_store *store = open_store(&writer);
    while (count < 200 && !(rc = asl_store_snapshot(store, &snapshots[count], &error)))
        count++;
    ck_assert_int_eq(rc, ASL_ELIMIT);
    ck_assert_int_ge(count, 100);
    while (count > 0)
        asl_store_release(store, snapshots[--count]);
    ck_assert_int_eq(put(store, "key", 1), 0);
    ck_assert(holds(store, 1, 1));
    asl_store_free(store);
}
END_TEST

/* ---------------------------------------------------------------- damaged files */

static off_t size_of_file(void)
{
    struct stat status;
    ck_assert_int_eq(stat(file, &status), 0);
    return status.st_size;
}

START_TEST(a_file_that_was_cut_short_is_refused_wherever_it_was_cut)
{
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put_many(store, 0, 300, 200), 0);
    ck_assert_int_eq(put_many(store, 300, 304, 20000), 0);
    asl_store_free(store);
    bool refused = false;
    for (off_t size = size_of_file() - 1000; size > 0; size -= 1000) {
        ck_assert_int_eq(truncate(file, size), 0);
        memset(&error, 0, sizeof(error));
        store = NULL;
        int rc = asl_store_lmdb(dir, size / 1000 % 2 ? &writer : &reader, &store, &error);
        ck_assert_msg(rc == ASL_EFORMAT || (!rc && !refused), "%s", error.text);
        refused = refused || rc;
        if (!rc) /* only pages that hold nothing are missing */
            ck_assert(holds(store, 304, 300 * 200 + 4 * 20000));
        asl_store_free(store);
    }
    ck_assert(refused);
}
END_TEST

START_TEST(a_file_whose_last_pages_were_never_written_is_not_damaged)
{
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put_many(store, 0, 100, 3000), 0);
    asl_op ops[] = {{ASL_OP_PUT, {"k", 1}, {big, BIG}}, {ASL_OP_DELETE, {"k", 1}, {0}}};
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){ops, 1}, NULL), 0);
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){ops + 1, 1}, NULL), 0);
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){ops, 2}, NULL), 0);
    asl_store_free(store);
    off_t cut =
        BIG / 2; /* in the value that is gone; LMDB itself leaves such pages out */
    ck_assert_int_eq(truncate(file, size_of_file() - cut), 0);
    store = open_store(&reader);
    ck_assert(holds(store, 100, 100 * 3000));
    asl_store_free(store);
    store = open_store(&writer);
    ck_assert(holds(store, 100, 100 * 3000));
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){ops, 1}, NULL), 0);
    ck_assert(holds(store, 101, 100 * 3000 + BIG));
    asl_store_free(store);
}
END_TEST

START_TEST(a_file_of_something_else_is_refused)
{
    static char nonsense[9000];
    static const unsigned char page_size_0[] = {0, 0, 0, 0};
    memset(nonsense, 'x', sizeof(nonsense));
    for (size_t size = 1; size < sizeof(nonsense); size *= 8) {
        FILE *out = fopen(file, "w");
        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(fwrite(nonsense, 1, size, out), size);
        fclose(out);
        check_refused(&writer, ASL_EFORMAT);
        check_refused(&reader, ASL_EFORMAT);
    }
    unlink(file);
    asl_store_free(open_store(&writer));
    int fd = open(file, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, page_size_0, 4, 40), 4); /* LMDB would divide by it */
    close(fd);
    check_refused(&writer, ASL_EFORMAT);
}
END_TEST

START_TEST(an_empty_file_is_a_store_that_was_not_finished_being_made)
{
    close(open(file, O_CREAT | O_WRONLY, 0600));
    check_refused(&reader, ASL_ENOTFOUND);
    asl_store *store = open_store(&writer);
    ck_assert_int_eq(put(store, "key", 1), 0);
    ck_assert(holds(store, 1, 1));
    asl_store_free(store);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("stores/lmdb");
    TCase *tcase = tcase_create("lmdb");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_store_is_made_in_a_directory_of_its_own);
    tcase_add_test(tcase,
                   without_create_a_missing_store_is_not_found_and_nothing_is_made);
    tcase_add_test(tcase, a_file_that_was_not_finished_being_made_is_made_anew);
    tcase_add_test(tcase, a_directory_that_cannot_be_made_is_an_error_of_the_system);
    tcase_add_test(tcase, options_without_a_size_are_refused);
    tcase_add_test(tcase, a_second_engine_is_told_who_has_the_store);
    tcase_add_test(tcase, the_lock_is_not_handed_to_programs_that_are_started);
    tcase_add_test(tcase, a_lock_left_by_a_dead_engine_does_not_count);
    tcase_add_test(tcase, a_reader_in_another_process_sees_every_commit_and_every_growth);
    tcase_add_test(tcase, the_map_grows_with_the_data);
    tcase_add_test(
        tcase, who_holds_a_snapshot_and_applies_gets_an_error_where_the_map_must_grow);
    tcase_add_test(tcase, growing_waits_for_the_snapshots_of_other_threads);
    tcase_add_test(tcase,
                   a_full_disk_applies_nothing_and_the_same_batch_may_be_tried_again);
    tcase_add_test(tcase, too_many_snapshots_are_refused);
    tcase_add_test(tcase, a_file_that_was_cut_short_is_refused_wherever_it_was_cut);
    tcase_add_test(tcase, a_file_whose_last_pages_were_never_written_is_not_damaged);
    tcase_add_test(tcase, a_file_of_something_else_is_refused);
    tcase_add_test(tcase, an_empty_file_is_a_store_that_was_not_finished_being_made);
    suite_add_tcase(suite, tcase);
    return suite;
}
