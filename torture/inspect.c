/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes what a settled store holds before the judge (judge.h).
 */
#include <string.h>

#include <asl/control.h>
#include <asl/maintain.h>

#include "engine/base/alloc.h"
#include "torture/judge.h"

struct inspection {
    struct torture_judge *judge;
    asl_store *store;
    uint64_t *events;
};

static void judge_one(struct inspection *in, const char *name,
                      const struct torture_case *its)
{
    ASLI_AUTO(json) json_t *description = NULL;
    ASLI_AUTO(json) json_t *history = NULL;
    asl_error error = {0};
    if (!its || !its->express) {
        int rc = asl_describe(in->store, name, &description, &error);
        if (!rc)
            rc = asl_history(in->store, name, &history, &error);
        if (rc && rc != ASL_ENOTFOUND)
            in->judge->wrong(in->judge->arg, TORTURE_CHECK_SOUND, name, "to be read",
                             error.text);
    }
    const json_t *events = json_object_get(history, "events");
    *in->events += json_array_size(events);
    torture_judge_execution(in->judge, name, its, description, events);
}

static void judge_runs(struct inspection *in, const char *name)
{
    ASLI_AUTO(json) json_t *runs = NULL;
    json_t *run, *child;
    size_t i, j;
    if (asl_map_runs(in->store, name, &runs, NULL) != 0)
        return;
    json_array_foreach(json_object_get(runs, "mapRuns"), i, run)
    {
        ASLI_AUTO(json) json_t *list = NULL;
        asl_map_run_executions(in->store, name,
                               json_string_value(json_object_get(run, "mapRunArn")), NULL,
                               &list, NULL);
        const json_t *children = json_object_get(list, "executions");
        torture_judge_run(in->judge, name, run, children);
        json_array_foreach(children, j, child)
        {
            judge_one(in, json_string_value(json_object_get(child, "name")), NULL);
        }
    }
}

/* Those that others have started. */
static void judge_nested(struct inspection *in)
{
    ASLI_AUTO(json) json_t *list = NULL;
    json_t *one;
    size_t i;
    asl_list(in->store, NULL, &list, NULL);
    json_array_foreach(json_object_get(list, "executions"), i, one)
    {
        const char *name = json_string_value(json_object_get(one, "name"));
        const char *status = json_string_value(json_object_get(one, "status"));
        if (torture_case_of(in->judge->round, name))
            continue;
        judge_one(in, name, NULL);
        if (strcmp(status, "RUNNING") == 0)
            in->judge->wrong(in->judge->arg, TORTURE_CHECK_CHILDREN, name, "ended",
                             status);
    }
}

static void on_problem(void *arg, const asl_problem *problem)
{
    struct torture_judge *judge = ((struct inspection *)arg)->judge;
    judge->wrong(judge->arg, TORTURE_CHECK_SOUND, problem->execution, problem->key,
                 problem->text);
}

void torture_inspect(struct torture_judge *judge, uint64_t *ret_events)
{
    const struct torture_round *round = judge->round;
    asl_lmdb_options options = {.size = sizeof options, .read_only = 1};
    struct inspection in = {.judge = judge, .events = ret_events};
    asl_check_counts counts;
    asl_error error = {0};
    int rc = asl_store_lmdb(round->store_dir, &options, &in.store, &error);
    if (!rc)
        rc = asl_check(in.store, on_problem, &in, &counts, &error);
    if (rc)
        judge->wrong(judge->arg, TORTURE_CHECK_SOUND, NULL, "a store", error.text);
    for (unsigned i = 0; i < round->count && !rc; i++) {
        judge_one(&in, round->cases[i].name, &round->cases[i]);
        if (!round->cases[i].express)
            judge_runs(&in, round->cases[i].name);
    }
    if (!rc)
        judge_nested(&in);
    asl_store_free(in.store);
}
