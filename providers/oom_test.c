/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th allocation fails, for every n, while commands, workers and nested executions do the
 * work: a call says so, or a task fails, but nothing is lost or leaked and the run comes to its end.
 * And while objects in a directory are written, listed and read.
 */
#include <asl/activity.h>
#include <asl/exec.h>
#include <asl/mock.h>
#include <asl/nested.h>
#include <asl/objects.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"

#define ACTIVITY "arn:aws:states:us-east-1:123456789012:activity:paint"
static const char child[] = "{\"StartAt\":\"C\",\"States\":{\"C\":{\"Type\":\"Task\","
                            "\"Resource\":\"handler:work\",\"End\":true}}}";
static const char parent[] =
    "{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Task\",\"Resource\":"
    "\"arn:aws:states:::states:startExecution.sync\",\"Parameters\":{\"StateMachineArn\":"
    "\"arn:aws:states:us-east-1:1:stateMachine:machine\",\"Input\":{\"a\":1}},"
    "\"Next\":\"A\"},\"A\":{\"Type\":\"Task\",\"Resource\":\"" ACTIVITY
    "\",\"End\":true}}}";

static void on_ready(void *arg, asl_activity_queue *queue)
{
    asl_task *task = NULL;
    (void)arg;
    if (asl_activity_poll(queue, "ann", 0, &task, NULL) == ASL_ENOMEM)
        asl_activity_poll(queue, "ann", 0, &task, NULL); /* only one allocation fails */
    if (!task)
        return;
    if (asl_task_succeed(task, json_true(), NULL) == ASL_ENOMEM)
        asl_task_succeed(task, json_true(), NULL);
    asl_task_unref(task);
}

static void on_ended(void *arg, const asl_result *result)
{
    enum asl_status *status = arg;
    if (strstr(result->arn, ":parent:") && *status == ASL_RUNNING)
        *status = result->status;
}

static int add_all(asl_engine *engine, asl_machine *machine)
{
    const char *argv[] = {"cat", NULL};
    int rc = asl_exec_add(engine, "work", argv, NULL, NULL);
    if (!rc)
        rc = asl_nested_add(engine, machine, NULL);
    if (!rc)
        rc = asl_activity_create(engine, ACTIVITY, 0, NULL);
    if (rc)
        return rc;
    asl_activity_queue *queue = asl_activity_queue_of(engine, "paint");
    asl_activity_notify(queue, on_ready, NULL);
    asl_activity_queue_unref(queue);
    return 0;
}

/* Everything, once: how the parent ended, or RUNNING when a call failed or the engine stopped. */
static int run(asl_machine *const machines[2], enum asl_status *status)
{
    asl_engine *engine = NULL;
    asl_host *host = NULL;
    asl_options options = {.size = sizeof options, .arg = status, .ended = on_ended};
    asl_host_options single = {.size = sizeof single, .single_thread = 1};
    int rc = asl_engine_open(&options, &engine, NULL);
    if (!rc)
        rc = asl_host_new(engine, &single, &host, NULL);
    if (!rc)
        rc = add_all(engine, machines[0]);
    if (!rc)
        rc = asl_start(engine, machines[1], NULL, 0, NULL, NULL, NULL);
    while (!rc && *status == ASL_RUNNING) {
        rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
        if (rc ==
            ASL_ENOMEM) /* try again; if it was the store's, the engine has stopped */
            rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
    }
    asl_host_free(host);
    asl_engine_close(engine);
    return rc;
}

START_TEST(ends_when_any_allocation_fails)
{
    asl_machine *machines[2];
    asl_machine_options options = {.size = sizeof options, .name = "parent"};
    ck_assert_int_eq(asl_machine_load(child, (size_t)-1, NULL, &machines[0], NULL, NULL),
                     0);
    ck_assert_int_eq(
        asl_machine_load(parent, (size_t)-1, &options, &machines[1], NULL, NULL), 0);
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        enum asl_status status = ASL_RUNNING;
        fault_alloc_arm(n);
        int rc = run(machines, &status);
        failed = fault_alloc_disarm();
        if (rc)
            ck_assert(rc == ASL_ENOMEM || rc == ASL_ESTORE);
        else
            ck_assert(status == ASL_FAILED || status == ASL_SUCCEEDED);
        if (!failed)
            ck_assert_int_eq(status, ASL_SUCCEEDED);
    }
    asl_machine_unref(machines[0]);
    asl_machine_unref(machines[1]);
}
END_TEST

/* Writes an object, finds it in a listing, reads it. */
static int use_objects(const char *dir)
{
    asl_objects *objects = NULL;
    asl_object_info info = {0};
    void *writer = NULL, *list = NULL, *object = NULL;
    uint64_t bytes;
    int rc = asl_objects_dir(dir, &objects, NULL);
    if (!rc)
        rc = asl_objects_create(objects, "b", "d/k", &writer, NULL);
    if (!rc)
        rc = asl_objects_commit(objects, writer, NULL);
    if (!rc)
        rc = asl_objects_list(objects, "b", "d/", "a", &list, NULL);
    if (!rc)
        rc = asl_objects_list_next(objects, list, &info, NULL);
    if (!rc)
        rc = asl_objects_open(objects, "b", info.key, &object, &bytes, NULL);
    if (object)
        asl_objects_release(objects, object);
    if (list)
        asl_objects_list_end(objects, list);
    asl_objects_free(objects);
    return rc;
}

static void remove_objects(const char *dir)
{
    static const char *const below[] = {"b/d", "b", ".asl-tmp", ""};
    char path[300];
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, below[i]);
        tempdir_remove(path);
    }
}

START_TEST(objects_say_when_any_allocation_fails)
{
    char dir[200], bucket[300];
    ck_assert(tempdir_make(dir, sizeof dir));
    snprintf(bucket, sizeof bucket, "%s/b", dir);
    ck_assert_int_eq(mkdir(bucket, 0777), 0);
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        fault_alloc_arm(n);
        int rc = use_objects(dir);
        failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
    }
    remove_objects(dir);
}
END_TEST

/* An execution by a test case of a mock file, whose counts begin with its history. */
static int run_mocked(asl_machine *machine, const char *path, enum asl_status *status)
{
    asl_engine *engine = NULL;
    asl_host *host = NULL;
    asl_machine *mocked = NULL;
    asl_options options = {.size = sizeof options, .arg = status, .ended = on_ended};
    asl_host_options single = {.size = sizeof single, .single_thread = 1};
    int rc = asl_engine_open(&options, &engine, NULL);
    if (!rc)
        rc = asl_host_new(engine, &single, &host, NULL);
    if (!rc)
        rc = asl_mock_open(engine, path, NULL);
    if (!rc)
        rc = asl_mock_case(engine, machine, "c", &mocked, NULL);
    if (!rc)
        rc = asl_start(engine, mocked, NULL, 0, NULL, NULL, NULL);
    while (!rc && *status == ASL_RUNNING) {
        rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
        if (rc == ASL_ENOMEM)
            rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
    }
    asl_machine_unref(mocked);
    asl_host_free(host);
    asl_engine_close(engine);
    return rc;
}

START_TEST(mocked_executions_end_when_any_allocation_fails)
{
    static const char config[] =
        "{\"StateMachines\":{\"parent\":{\"TestCases\":{\"c\":{\"C\":\"R\"}}}},"
        "\"MockedResponses\":{\"R\":{\"0\":{\"Return\":1}}}}";
    char dir[200], path[300];
    asl_machine *machine;
    asl_machine_options options = {.size = sizeof options, .name = "parent"};
    ck_assert(tempdir_make(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/mock.json", dir);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(config, file);
    fclose(file);
    ck_assert_int_eq(asl_machine_load(child, (size_t)-1, &options, &machine, NULL, NULL),
                     0);
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        enum asl_status status = ASL_RUNNING;
        fault_alloc_arm(n);
        int rc = run_mocked(machine, path, &status);
        failed = fault_alloc_disarm();
        if (rc)
            ck_assert(rc == ASL_ENOMEM || rc == ASL_ESTORE);
        else
            ck_assert(status == ASL_FAILED || status == ASL_SUCCEEDED);
        if (!failed)
            ck_assert_int_eq(status, ASL_SUCCEEDED);
    }
    asl_machine_unref(machine);
    tempdir_remove(dir);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("oom");
    TCase *t = tcase_create("oom");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, ends_when_any_allocation_fails);
    tcase_add_test(t, mocked_executions_end_when_any_allocation_fails);
    tcase_add_test(t, objects_say_when_any_allocation_fails);
    suite_add_tcase(s, t);
    return s;
}
