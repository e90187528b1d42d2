/* SPDX-License-Identifier: Apache-2.0
 *
 * See life.h. Whoever is alone with the engine, the workload or a judge, drives it the same way.
 */
#include "conformance/power/life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/need.h"
#include "conformance/power/machines.h"

enum { AT_ONCE = 5 }; /* executions that run side by side */

static int64_t beginning(void *arg)
{
    (void)arg;
    return 1700000000000;
}

static void note(struct power_life *life, int rc)
{
    if (rc && !life->problem)
        life->problem = rc;
}

static void tell(struct power_life *life, json_t *take_mark)
{
    life->told(life->arg, need(take_mark));
}

static void tell_name(struct power_life *life, const char *mark, const char *name)
{
    tell(life, json_pack("{s:s,s:s}", "mark", mark, "name", name));
}

/* ---------------------------------------------------------------- handlers */

static int echo(asl_task *task, void *arg)
{
    char name[80] =
        ""; /* the eighth part of the ARN, which ends it or is followed by an id */
    sscanf(asl_task_execution(task),
           "arn:%*[^:]:%*[^:]:%*[^:]:%*[^:]:%*[^:]:%*[^:]:%79[^:]", name);
    tell_name(arg, "worked", name);
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

static int flaky(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_attempt(task) < 1
               ? asl_task_fail(task, "Flaky", "not yet", NULL)
               : asl_task_succeed_text(task, "\"at last\"", (size_t)-1, NULL);
}

/* Until its execution is redriven: so that it ends the same whenever it runs. */
static int bad(asl_task *task, void *arg)
{
    (void)arg;
    return json_integer_value(json_object_get(asl_task_input(task), "redrives"))
               ? asl_task_succeed_text(task, "\"fine\"", (size_t)-1, NULL)
               : asl_task_fail(task, "Bad", "broken", NULL);
}

static int ask(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_submitted(task, NULL, NULL);
}

static int register_all(struct power_life *life)
{
    static const struct {
        const char *name;
        asl_handler_fn *fn;
    } all[] = {{"echo", echo}, {"flaky", flaky}, {"bad", bad}, {"desk:ask", ask}};
    int rc = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all && !rc; i++)
        rc = asl_handler(life->engine, all[i].name, all[i].fn, life, 0, &life->error);
    return rc;
}

/* ---------------------------------------------------------------- what is asked for */

/* A call that is answered by on_done. */
struct errand {
    struct power_life *life;
    const char *mark;
    json_int_t id;
    char name[80];
};

static struct errand *errand_new(struct power_life *life, const char *mark,
                                 const char *name)
{
    struct errand *errand = need(calloc(1, sizeof(*errand)));
    errand->life = life;
    errand->mark = mark;
    snprintf(errand->name, sizeof(errand->name), "%s", name);
    return errand;
}

static void on_done(void *arg, int code, const char *text)
{
    struct errand *errand = arg;
    (void)text;
    if (code == 0)
        tell(errand->life, json_pack("{s:s,s:s,s:I}", "mark", errand->mark, "name",
                                     errand->name, "id", errand->id));
    free(errand);
}

/* The call took the errand with it, or failed. */
static int sent(struct errand *errand, int rc)
{
    if (rc)
        free(errand);
    return rc;
}

static int start(struct power_life *life, unsigned number)
{
    const struct power_machine *machine = power_machine(number);
    char name[64];
    snprintf(name, sizeof(name), "%c%u-%s", POWER_NAME, number, machine->name);
    struct errand *errand = errand_new(life, "started", name);
    asl_start_options options = {
        .size = sizeof(options), .name = name, .started = on_done, .arg = errand};
    char *input = power_input(number);
    tell(life, json_pack("{s:s,s:s,s:s,s:b}", "mark", "asked", "name", name, "input",
                         input, "express", machine->express));
    int rc = asl_start(life->engine, life->machines[number % POWER_MACHINES], input,
                       (size_t)-1, &options, NULL, &life->error);
    free(input);
    return sent(errand, rc);
}

static int stop(struct power_life *life, const char *name)
{
    struct errand *errand = errand_new(life, "stopped", name);
    return sent(errand, asl_stop(life->engine, name, "Enough", "of this", on_done, errand,
                                 &life->error));
}

static int answer(struct power_life *life, const char *name, json_t *task)
{
    char text[64];
    struct errand *errand = errand_new(life, "answered", name);
    errand->id = json_integer_value(json_object_get(task, "scheduledEventId"));
    snprintf(text, sizeof(text), "{\"answer\":%d}", (int)errand->id);
    return sent(errand,
                asl_answer_success(life->engine,
                                   json_string_value(json_object_get(task, "taskToken")),
                                   text, (size_t)-1, on_done, errand, &life->error));
}

static int redrive(struct power_life *life, const char *name)
{
    struct errand *errand = errand_new(life, "redriven", name);
    tell_name(life, "redrive", name);
    return sent(errand, asl_redrive(life->engine, name, on_done, errand, &life->error));
}

/* ---------------------------------------------------------------- hooks */

static void on_event(void *arg, const asl_event *event)
{
    struct power_life *life = arg;
    const char *name = asl_event_execution(event);
    if (name[0] == POWER_NAME)
        tell(life,
             json_pack("{s:s,s:s,s:I,s:s}", "mark", "event", "name", name, "id",
                       (json_int_t)asl_event_id(event), "type", asl_event_type(event)));
    if (life->events && --life->events == 0)
        asl_host_stop(life->host);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct power_life *life = arg;
    if (result->name[0] != POWER_NAME)
        return;
    tell(life,
         json_pack("{s:s,s:s,s:s,s:s?}", "mark", "ended", "name", result->name, "status",
                   asl_status_name(result->status), "output", result->output));
    if (life->from < life->to)
        note(life, start(life, life->from++));
}

/* ---------------------------------------------------------------- a life */

typedef int execution_fn(struct power_life *life, const char *name);

/* Calls a function for each execution of a status. */
static int each(struct power_life *life, const char *status, execution_fn *fn)
{
    json_t *list, *execution;
    size_t i;
    int rc = asl_list(life->store, status, &list, &life->error);
    if (rc)
        return rc;
    json_array_foreach(json_object_get(list, "executions"), i, execution)
    {
        if (!rc)
            rc = fn(life, json_string_value(json_object_get(execution, "name")));
    }
    json_decref(list);
    return rc;
}

/* Answers what an execution asks, or stops it, as its machine has it. */
static int serve(struct power_life *life, const char *name)
{
    json_t *tasks, *task;
    size_t i;
    int rc = asl_open_tasks(life->store, name, &tasks, &life->error);
    if (rc)
        return rc;
    if (json_array_size(tasks) && strstr(name, "-stop"))
        rc = stop(life, name);
    else
        json_array_foreach(tasks, i, task)
        {
            if (!rc && json_is_true(json_object_get(task, "submitted")))
                rc = answer(life, name, task);
        }
    json_decref(tasks);
    return rc;
}

static int run(struct power_life *life)
{
    int rc = life->redrive ? each(life, "FAILED", redrive) : 0;
    for (int i = 0; i < AT_ONCE && life->from < life->to && !rc; i++)
        rc = start(life, life->from++);
    while (!rc) {
        asl_activity activity;
        rc = asl_host_run(life->host, ASL_UNTIL_IDLE, &life->error);
        asl_engine_activity(life->engine, &activity);
        if (rc || life->problem || asl_host_stopped(life->host) || !activity.executions)
            break;
        if (!activity.callbacks)
            rc = asl_error_set(&life->error, ASL_EINTERNAL, "nothing can happen");
        else
            rc = each(life, "RUNNING", serve);
    }
    return rc ? rc : life->problem;
}

static int load_machines(struct power_life *life)
{
    int rc = 0;
    life->machines = need(calloc(POWER_MACHINES, sizeof(asl_machine *)));
    for (unsigned i = 0; i < POWER_MACHINES && !rc && life->from < life->to; i++)
        rc = power_machine_load(i, &life->machines[i], &life->error);
    return rc;
}

int power_live(struct power_life *life)
{
    asl_options options = {.size = sizeof(options),
                           .store = life->store,
                           .virtual_time = 1,
                           .arg = life,
                           .event = on_event,
                           .ended = on_ended};
    asl_host_options host = {.size = sizeof(host),
                             .single_thread = !life->threads,
                             .workers = 2,
                             .now = beginning};
    life->problem = 0;
    int rc = asl_engine_open(&options, &life->engine, &life->error);
    if (rc)
        return rc;
    rc = register_all(life);
    if (!rc)
        rc = load_machines(life);
    if (!rc)
        rc = asl_host_new(life->engine, &host, &life->host, &life->error);
    if (!rc) {
        rc = run(life);
        asl_host_free(life->host);
    }
    asl_engine_close(life->engine);
    for (unsigned i = 0; life->machines && i < POWER_MACHINES; i++)
        asl_machine_unref(life->machines[i]);
    free(life->machines);
    life->machines = NULL;
    return rc;
}
