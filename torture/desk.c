/* SPDX-License-Identifier: Apache-2.0
 *
 * See life.h. The desk is a thread that does one job after the other, and reads a history when it
 * has none; another thread is the activity's worker.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <asl/control.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "torture/hash.h"
#include "torture/life.h"
#include "torture/need.h"
#include "torture/random.h"

/* One thing to do: what is set says which. */
struct torture_job {
    struct torture_job *next;
    const struct torture_case *its; /* look at it */
    bool recover;                   /* and answer what an earlier life left */
    asl_task *task;                 /* complete it */
    json_t *output;
    char *token; /* answer it */
    char name[TORTURE_NAME_LEN];
    int64_t v, mark, scheduled;
};

static void free_job(struct torture_job *job)
{
    asl_task_unref(job->task);
    json_decref(job->output);
    asli_free(job->token);
    asli_free(job);
}

static struct torture_job *new_job(void)
{
    return torture_need(asli_alloc(sizeof(struct torture_job)));
}

static void push(struct torture_life *life, struct torture_job *job)
{
    pthread_mutex_lock(&life->lock);
    if (life->ending) {
        free_job(job);
    } else {
        *life->last = job;
        life->last = &job->next;
        pthread_cond_signal(&life->changed);
    }
    pthread_mutex_unlock(&life->lock);
}

void torture_desk_tend(struct torture_life *life, const struct torture_case *its)
{
    struct torture_job *job = new_job();
    job->its = its;
    push(life, job);
}

/* ---- hands ---- */

/* The event that scheduled the task; 0: it is not to be seen any more, or an Express execution's. */
static int64_t scheduled_event(struct torture_life *life, asl_task *task)
{
    json_t *tasks = NULL, *open;
    int64_t id = 0;
    size_t i;
    if (asl_open_tasks(life->store, asl_task_execution(task), &tasks, NULL) != 0)
        return 0;
    json_array_foreach(tasks, i, open)
    {
        const char *token = json_string_value(json_object_get(open, "taskToken"));
        if (token && strcmp(token, asl_task_token(task)) == 0)
            id = json_integer_value(json_object_get(open, "scheduledEventId"));
    }
    json_decref(tasks);
    return id;
}

static int64_t taken(void *arg, asl_task *task)
{
    enum { LIVES_APART = 1000000 };
    struct torture_life *life = arg;
    char name[TORTURE_NAME_LEN];
    int64_t nth = (int64_t)atomic_fetch_add(&life->taken, 1);
    int64_t mark = (life->plan->number + INT64_C(1)) * LIVES_APART + nth;
    torture_name_of(asl_task_execution(task), name);
    torture_note(life, TORTURE_LINE_DISPATCH, name, scheduled_event(life, task), mark,
                 asl_task_token(task));
    return mark;
}

static enum torture_mishap mishap(void *arg)
{
    struct torture_life *life = arg;
    const struct torture_plan *plan = life->plan;
    unsigned long n = atomic_fetch_add(&life->mishaps, 1) + 1;
    switch (plan->fault) {
    case TORTURE_HANG:
        return n % 8 == plan->nth % 8 && n / 8 < plan->times ? TORTURE_HANGS
                                                             : TORTURE_NO_MISHAP;
    case TORTURE_TWICE:
        return TORTURE_TELLS_TWICE;
    case TORTURE_GARBAGE:
        return TORTURE_TELLS_RUBBISH;
    case TORTURE_CRASH:
        return n == plan->nth ? TORTURE_CRASHES : TORTURE_NO_MISHAP;
    case TORTURE_THREADS:
        return n <= plan->nth ? TORTURE_ENDS_THREAD : TORTURE_NO_MISHAP;
    default:
        return TORTURE_NO_MISHAP;
    }
}

static void later(void *arg, asl_task *task, json_t *take_output)
{
    struct torture_job *job = new_job();
    job->task = asl_task_ref(task);
    job->output = take_output;
    push(arg, job);
}

static void push_answer(struct torture_life *life, const char *name, const char *token,
                        int64_t v, int64_t mark, int64_t scheduled)
{
    struct torture_job *job = new_job();
    snprintf(job->name, sizeof job->name, "%s", name);
    job->token = torture_need(asli_strdup(token));
    job->v = v;
    job->mark = mark;
    job->scheduled = scheduled;
    push(life, job);
}

static void submitted(void *arg, asl_task *task, int64_t v, int64_t mark)
{
    char name[TORTURE_NAME_LEN];
    torture_name_of(asl_task_execution(task), name);
    push_answer(arg, name, asl_task_token(task), v, mark, 0);
}

static void kept(void *arg, asl_task *task)
{
    struct torture_life *life = arg;
    pthread_mutex_lock(&life->lock);
    life->kept = torture_need(
        asli_realloc(life->kept, (life->kept_count + 1) * sizeof *life->kept));
    life->kept[life->kept_count++] = asl_task_ref(task);
    pthread_mutex_unlock(&life->lock);
}

static void stuck(void *arg)
{
    struct torture_life *life = arg;
    pthread_mutex_lock(&life->lock);
    while (!life->ending)
        pthread_cond_wait(&life->ends, &life->lock);
    pthread_mutex_unlock(&life->lock);
}

static void again(void *arg, asl_task *task)
{
    char name[TORTURE_NAME_LEN];
    torture_name_of(asl_task_execution(task), name);
    torture_note(arg, TORTURE_LINE_AGAIN, name, 0, 0, asl_task_token(task));
}

/* ---- jobs ---- */

struct asked {
    struct torture_life *life;
    enum torture_line_kind kind;
    char name[TORTURE_NAME_LEN];
    char *token;
    int64_t scheduled, mark;
};

static void free_asked(struct asked *asked)
{
    asli_free(asked->token);
    asli_free(asked);
}

static struct asked *ask(struct torture_life *life, enum torture_line_kind kind,
                         const char *name)
{
    struct asked *asked = torture_need(asli_alloc(sizeof *asked));
    asked->life = life;
    asked->kind = kind;
    snprintf(asked->name, sizeof asked->name, "%s", name);
    return asked;
}

/* A stop, a redrive or an answer is durable. */
static void on_done(void *arg, int code, const char *text)
{
    struct asked *asked = arg;
    struct torture_life *life = asked->life;
    const struct torture_case *its = torture_case_of(life->round, asked->name);
    if (code == 0)
        torture_note(life, asked->kind, asked->name, asked->scheduled, asked->mark,
                     asked->token);
    if (asked->kind != TORTURE_LINE_ANSWER && its && code != ASL_ECLOSED)
        torture_desk_tend(life, its);
    free_asked(asked);
}

/* The call took it along, or failed: then nobody answers. */
static void sent(struct asked *asked, int rc)
{
    if (rc)
        free_asked(asked);
}

static void answer(struct torture_life *life, struct torture_job *job)
{
    struct asked *asked = ask(life, TORTURE_LINE_ANSWER, job->name);
    ASLI_AUTO(text)
    char *output = torture_need(
        asli_printf("{\"v\":%" PRId64 ",\"mark\":%" PRId64 "}", job->v, job->mark));
    asked->token = torture_need(asli_strdup(job->token));
    asked->scheduled = job->scheduled;
    asked->mark = job->mark;
    torture_note(life, TORTURE_LINE_OFFER, job->name, job->scheduled, job->mark,
                 job->token);
    asl_answer_heartbeat(life->engine, job->token, NULL, NULL, NULL);
    sent(asked, asl_answer_success(life->engine, job->token, output, (size_t)-1, on_done,
                                   asked, NULL));
}

static void stop(struct torture_life *life, const char *name)
{
    struct asked *asked = ask(life, TORTURE_LINE_STOP, name);
    sent(asked, asl_stop(life->engine, name, TORTURE_STOP_ERROR, TORTURE_STOP_CAUSE,
                         on_done, asked, NULL));
}

static void redrive(struct torture_life *life, const char *name)
{
    struct asked *asked = ask(life, TORTURE_LINE_REDRIVE, name);
    sent(asked, asl_redrive(life->engine, name, on_done, asked, NULL));
}

/* What a callback's task was given, from the history. */
static int64_t callback_v(struct torture_life *life, const char *name, int64_t scheduled)
{
    json_t *history = NULL, *event, *parameters = NULL;
    size_t i;
    int64_t v = 0;
    if (asl_history(life->store, name, &history, NULL) != 0)
        return 0;
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        const char *text = json_string_value(json_object_get(
            json_object_get(event, "taskScheduledEventDetails"), "parameters"));
        if (json_integer_value(json_object_get(event, "id")) != scheduled || !text)
            continue;
        if (asli_json_read(text, strlen(text), &parameters, NULL) == 0)
            v = torture_callback_v(parameters);
        json_decref(parameters);
        break;
    }
    json_decref(history);
    return v;
}

static void recover_tasks(struct torture_life *life, const char *name)
{
    json_t *tasks = NULL, *task;
    size_t i;
    if (asl_open_tasks(life->store, name, &tasks, NULL) != 0)
        return;
    json_array_foreach(tasks, i, task)
    {
        const char *resource = json_string_value(json_object_get(task, "resource"));
        int64_t scheduled = json_integer_value(json_object_get(task, "scheduledEventId"));
        if (json_is_true(json_object_get(task, "submitted")) &&
            strstr(resource, ":ask")) {
            int64_t mark = -((int64_t)life->plan->number + 1) * 1000000 - scheduled;
            push_answer(life, name, json_string_value(json_object_get(task, "taskToken")),
                        callback_v(life, name, scheduled), mark, scheduled);
        }
    }
    json_decref(tasks);
}

static void recover_children(struct torture_life *life, const char *name)
{
    json_t *runs = NULL, *run, *children = NULL, *child;
    size_t i, j;
    if (asl_map_runs(life->store, name, &runs, NULL) != 0)
        return;
    json_array_foreach(json_object_get(runs, "mapRuns"), i, run)
    {
        const char *arn = json_string_value(json_object_get(run, "mapRunArn"));
        if (asl_map_run_executions(life->store, name, arn, "RUNNING", &children, NULL) !=
            0)
            continue;
        json_array_foreach(json_object_get(children, "executions"), j, child)
        {
            recover_tasks(life, json_string_value(json_object_get(child, "name")));
        }
        json_decref(children);
        children = NULL;
    }
    json_decref(runs);
}

static void tend(struct torture_life *life, const struct torture_case *its, bool recover)
{
    json_t *d = NULL;
    int rc = its->express ? ASL_EINVAL : asl_describe(life->store, its->name, &d, NULL);
    if (rc ==
        ASL_ENOTFOUND) { /* lost: nothing can be done to it, and the judge will see */
        torture_mark(life, TORTURE_LINE_STOP, its);
        torture_mark(life, TORTURE_LINE_REDRIVE, its);
    }
    if (rc)
        return;
    const char *status = json_string_value(json_object_get(d, "status"));
    bool runs = strcmp(status, "RUNNING") == 0;
    bool redriven = json_integer_value(json_object_get(d, "redriveCount")) > 0;
    if (its->stop && runs)
        stop(life, its->name);
    else if (its->stop)
        torture_mark(life, TORTURE_LINE_STOP, its);
    if (its->redrive && !runs && !redriven)
        redrive(life, its->name);
    else if (its->redrive && redriven)
        torture_mark(life, TORTURE_LINE_REDRIVE, its);
    json_decref(d);
    if (runs && recover) {
        recover_tasks(life, its->name);
        recover_children(life, its->name);
    }
}

static void do_job(struct torture_life *life, struct torture_job *job)
{
    if (job->its) {
        tend(life, job->its, job->recover);
    } else if (job->token) {
        answer(life, job);
    } else {
        asl_task_heartbeat(job->task, NULL);
        asl_task_succeed(job->task, job->output, NULL);
        job->output = NULL;
    }
}

static void read_one(struct torture_life *life, const struct torture_case *its)
{
    json_t *history = NULL;
    if (its->express || asl_history(life->store, its->name, &history, NULL) != 0)
        return;
    const json_t *events = json_object_get(history, "events");
    torture_note(life, TORTURE_LINE_READ, its->name, (int64_t)json_array_size(events),
                 (int64_t)torture_hash_events(events, json_array_size(events)), NULL);
    json_decref(history);
}

/* The next job; NULL: none came for a while, or `*ret_end`. */
static struct torture_job *next_job(struct torture_life *life, bool *ret_end)
{
    enum { IDLE_NS = 1000000 };
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += IDLE_NS;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    pthread_mutex_lock(&life->lock);
    if (!life->first && !life->ending)
        pthread_cond_timedwait(&life->changed, &life->lock, &t);
    struct torture_job *job = life->first;
    if (job && !(life->first = job->next))
        life->last = &life->first;
    *ret_end = life->ending;
    pthread_mutex_unlock(&life->lock);
    return job;
}

/* One that has not ended, rather. */
static const struct torture_case *pick(struct torture_life *life, uint64_t *random)
{
    enum { TRIES = 20 };
    const struct torture_round *round = life->round;
    unsigned i = 0;
    pthread_mutex_lock(&life->lock);
    for (int tries = 0; tries < TRIES; tries++) {
        i = torture_below(random, round->count);
        if (torture_told(round, i, TORTURE_LINE_START) &&
            !torture_told(round, i, TORTURE_LINE_ENDED))
            break;
    }
    pthread_mutex_unlock(&life->lock);
    return &round->cases[i];
}

static void *desk(void *arg)
{
    struct torture_life *life = arg;
    uint64_t random = torture_random_of(life->round->seed, 'r', life->plan->number);
    bool end = false;
    while (!end) {
        struct torture_job *job = next_job(life, &end);
        if (job && !end)
            do_job(life, job);
        else if (!end)
            read_one(life, pick(life, &random));
        if (job)
            free_job(job);
    }
    return NULL;
}

static void *worker(void *arg)
{
    struct torture_life *life = arg;
    asl_task *task = NULL;
    while (asl_activity_poll(life->work, "worker", -1, &task, NULL) == 0) {
        if (!task)
            continue;
        torture_work(&life->hands, task);
        asl_task_unref(task);
    }
    return NULL;
}

/* ---- their life ---- */

void torture_desk_init(struct torture_life *life)
{
    pthread_mutex_init(&life->lock, NULL);
    pthread_cond_init(&life->changed, NULL);
    pthread_cond_init(&life->ends, NULL);
    life->last = &life->first;
    life->hands = (struct torture_hands){.arg = life,
                                         .taken = taken,
                                         .mishap = mishap,
                                         .later = later,
                                         .submitted = submitted,
                                         .kept = kept,
                                         .stuck = stuck,
                                         .again = again};
}

int torture_desk_open(struct torture_life *life)
{
    const struct torture_round *round = life->round;
    for (unsigned i = 0; i < round->count; i++) {
        if (!torture_told(round, i, TORTURE_LINE_START))
            continue;
        struct torture_job *job = new_job();
        job->its = &round->cases[i];
        job->recover = true;
        push(life, job);
    }
    life->work = asl_activity_queue_of(life->engine, TORTURE_ACTIVITY);
    if (pthread_create(&life->worker, NULL, worker, life))
        return 1;
    return pthread_create(&life->desk, NULL, desk, life);
}

void torture_desk_stop(struct torture_life *life)
{
    pthread_mutex_lock(&life->lock);
    life->ending = true;
    pthread_cond_signal(&life->changed);
    pthread_cond_broadcast(&life->ends);
    pthread_mutex_unlock(&life->lock);
    if (life->desk)
        pthread_join(life->desk, NULL);
}

void torture_desk_close(struct torture_life *life)
{
    if (life->worker)
        pthread_join(life->worker, NULL);
    asl_activity_queue_unref(life->work);
    while (life->first) {
        struct torture_job *job = life->first;
        life->first = job->next;
        free_job(job);
    }
    while (life->kept_count)
        asl_task_unref(life->kept[--life->kept_count]);
    asli_free(life->kept);
}
