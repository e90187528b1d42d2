/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in a file under libasl's own suite for all stores, whose sources come with libasl,
 * and under an engine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <asl.h>

#include "conformance/plugins/store_suite.h"
#include "file_store.h"

static char dir[] = "store-XXXXXX";

static void begin(void)
{
    snprintf(dir, sizeof dir, "store-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void end(void)
{
    char path[64];
    snprintf(path, sizeof path, "%s/rows", dir);
    unlink(path);
    rmdir(dir);
}

static int open_it(asl_store **ret_store, asl_error *reterr)
{
    return file_store(dir, ret_store, reterr);
}

static const struct store_kit kit = {
    .name = "file", .persists = 1, .begin = begin, .end = end, .open = open_it};

/* ---- an engine on it ---- */

static void on_ended(void *arg, const asl_result *result)
{
    *(enum asl_status *)arg = result->status;
}

/* Opens everything, starts an execution unless `machine` is NULL, and closes everything again. */
static enum asl_status session(asl_machine *machine, enum asl_run_until until)
{
    enum asl_status status = ASL_RUNNING;
    asl_options options = {
        .size = sizeof options, .virtual_time = 1, .arg = &status, .ended = on_ended};
    asl_engine *engine;
    asl_host *host;
    ck_assert_int_eq(open_it(&options.store, NULL), 0);
    ck_assert_int_eq(asl_engine_open(&options, &engine, NULL), 0);
    ck_assert_int_eq(asl_host_new(engine, NULL, &host, NULL), 0);
    if (machine != NULL)
        ck_assert_int_eq(asl_start(engine, machine, NULL, 0, NULL, NULL, NULL), 0);
    ck_assert_int_eq(asl_host_run(host, until, NULL), 0);
    asl_host_free(host);
    asl_engine_close(engine);
    asl_store_free(options.store);
    return status;
}

START_TEST(an_execution_goes_on_when_the_store_is_opened_again)
{
    static const char definition[] =
        "{\"StartAt\": \"W\", \"States\": {\"W\":"
        " {\"Type\": \"Wait\", \"Seconds\": 60, \"End\": true}}}";
    asl_machine *machine;
    begin();
    ck_assert_int_eq(asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, NULL),
                     0);
    ck_assert_int_eq(session(machine, ASL_UNTIL_NOW), ASL_RUNNING);
    ck_assert_int_eq(session(NULL, ASL_UNTIL_ENDED), ASL_SUCCEEDED);
    asl_machine_unref(machine);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = store_suite(&kit);
    TCase *engine = tcase_create("an engine");
    tcase_add_test(engine, an_execution_goes_on_when_the_store_is_opened_again);
    suite_add_tcase(suite, engine);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
