/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGKILL at every commit, for real: a child process runs on LMDB and kills itself just before or
 * just after its n-th apply; the parent then opens the store, checks that what is durable is a
 * prefix of what follows, and runs it to the end.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"
#include "conformance/kit/world.h"
#include "torture/faulty_store.h"

static void kill_at(void *arg, unsigned long n)
{
    if (n == *(unsigned long *)arg)
        raise(SIGKILL);
}

/* The child: one life on the store in `dir`, with the plug pulled at moment n. */
static int child(const char *dir, int machine, unsigned long n)
{
    asl_store *lmdb, *store;
    struct faulty_store *faulty;
    struct world w;
    if (asl_store_lmdb(dir, NULL, &lmdb, NULL) ||
        faulty_store_new(lmdb, &store, &faulty, NULL))
        return 9;
    faulty_store_at_apply(faulty, kill_at, &n);
    world_init(&w, store, machine);
    int rc = world_run(&w);
    asl_store_free(store);
    return rc ? 8 : 0;
}

/* 1: the child was killed; 0: it reached the end. */
static int run_child(const char *dir, int machine, unsigned long n)
{
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(child(dir, machine, n));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return 1;
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    return 0;
}

static char *finish(const char *dir, int machine)
{
    asl_store *store;
    struct world w;
    asl_error err;
    ck_assert_msg(asl_store_lmdb(dir, NULL, &store, &err) == 0, "%s", err.text);
    world_init(&w, store, machine);
    json_t *before = world_history(&w);
    ck_assert_msg(world_run(&w) == 0, "%s", w.error.text);
    json_t *after = world_history(&w), *d = world_describe(&w);
    ck_assert(!before || world_extends(after, before));
    ck_assert_str_eq(json_string_value(json_object_get(d, "status")), "SUCCEEDED");
    char *output = strdup(json_string_value(json_object_get(d, "output")));
    json_decref(before);
    json_decref(after);
    json_decref(d);
    asl_store_free(store);
    return output;
}

START_TEST(ends_the_same_after_sigkill_at_any_commit)
{
    char *clean = NULL;
    int killed = 1;
    unsigned long n = 0;
    while (killed) {
        char dir[256];
        ck_assert(tempdir_make(dir, sizeof dir));
        killed = run_child(dir, _i, ++n);
        char *output = finish(dir, _i);
        if (!clean)
            clean = output;
        ck_assert_str_eq(output, clean);
        if (output != clean)
            free(output);
        tempdir_remove(dir);
    }
    free(clean);
    ck_assert_uint_gt(n, 30);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("kill");
    TCase *t = tcase_create("kill");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, ends_the_same_after_sigkill_at_any_commit, 0, WORLD_MACHINES);
    suite_add_tcase(s, t);
    return s;
}
