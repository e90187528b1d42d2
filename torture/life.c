/* SPDX-License-Identifier: Apache-2.0
 *
 * See round.h and life.h. A life ends by SIGKILL; orderly, when a call failed as planned; or when
 * nothing is left to do.
 */
#include "torture/life.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "torture/need.h"
#include "torture/oracle.h"

enum { PATIENCE = 3, TURN_EVERY_MS = 400, WAIT_NS = 20000000 };

void torture_note(struct torture_life *life, enum torture_line_kind kind,
                  const char *name, int64_t a, int64_t b, const char *text)
{
    torture_write(life->journal, kind, name, a, b, text);
    if (kind != TORTURE_LINE_READ && kind != TORTURE_LINE_TURN)
        atomic_fetch_add(&life->round->seen->moves, 1);
}

void torture_mark(struct torture_life *life, enum torture_line_kind kind,
                  const struct torture_case *its)
{
    pthread_mutex_lock(&life->lock);
    life->round->told[its - life->round->cases] |= 1u << kind;
    pthread_mutex_unlock(&life->lock);
}

/* arn:PARTITION:states:REGION:ACCOUNT:KIND:MACHINE:NAME, of an Express one with :UUID behind. */
void torture_name_of(const char *arn, char ret_name[TORTURE_NAME_LEN])
{
    for (int colons = 0; *arn && colons < 7; arn++)
        colons += *arn == ':';
    snprintf(ret_name, TORTURE_NAME_LEN, "%.*s", (int)strcspn(arn, ":"), arn);
}

/* ---- time ---- */

static int64_t clock_now(void *arg)
{
    static const int64_t jumps[] = {-20000, TORTURE_JUMP_MS, -TORTURE_JUMP_MS, 0};
    struct torture_life *life = arg;
    int64_t now = torture_round_now(life->round);
    unsigned long reading = atomic_fetch_add(&life->readings, 1);
    if (life->plan->fault == TORTURE_CLOCK)
        now += jumps[reading / life->plan->nth % 4];
    return now;
}

/* Time can be relied on, and commits are not held up. */
static bool is_calm(const struct torture_life *life)
{
    return life->plan->fault != TORTURE_CLOCK && life->plan->fault != TORTURE_NOSPACE &&
           life->plan->fault != TORTURE_EIO;
}

/* ---- what the engine tells ---- */

static void on_event(void *arg, const asl_event *event)
{
    if (torture_is_completion(asl_event_type(event)))
        torture_note(arg, TORTURE_LINE_EVENT, asl_event_execution(event),
                     asl_event_id(event), 0, asl_event_type(event));
}

static void on_ended(void *arg, const asl_result *result)
{
    struct torture_life *life = arg;
    const struct torture_case *its = torture_case_of(life->round, result->name);
    if (!its)
        return;
    torture_note(life, TORTURE_LINE_ENDED, result->name, result->status, 0,
                 result->output ? result->output : result->error);
    torture_mark(life, TORTURE_LINE_ENDED, its);
    if (its->redrive)
        torture_desk_tend(life, its);
}

static void on_log(void *arg, int level, const char *text)
{
    if (level == 1)
        torture_note(arg, TORTURE_LINE_ERROR, "-", 0, 1, text);
}

struct starting {
    struct torture_life *life;
    const struct torture_case *its;
};

static void on_started(void *arg, int code, const char *arn)
{
    struct starting *starting = arg;
    struct torture_life *life = starting->life;
    if (code == 0 || code == ASL_EEXISTS) {
        torture_note(life, TORTURE_LINE_START, starting->its->name, code, 0, arn);
        torture_mark(life, TORTURE_LINE_START, starting->its);
        torture_desk_tend(life, starting->its);
    }
    asli_free(starting);
}

/* ---- opening ---- */

static void kill_at(void *arg, unsigned long moment)
{
    const struct torture_plan *plan = ((struct torture_life *)arg)->plan;
    if (moment == plan->nth * 2ul - !plan->after)
        raise(SIGKILL);
}

static void plan_store(struct torture_life *life)
{
    const struct torture_plan *plan = life->plan;
    struct faulty_plan fails = {.n = plan->nth};
    if (plan->fault == TORTURE_COMMIT) {
        faulty_store_at_apply(life->faulty, kill_at, life);
    } else if (plan->fault == TORTURE_EIO) {
        fails.call = plan->call == TORTURE_APPLY ? FAULTY_APPLY : FAULTY_ANY;
        fails.code = ASL_ESYSTEM;
        fails.after = plan->after;
        faulty_store_plan(life->faulty, &fails);
    } else if (plan->fault == TORTURE_NOSPACE) {
        fails.call = FAULTY_APPLY;
        fails.code = ASL_ENOSPACE;
        fails.times = plan->times;
        faulty_store_plan(life->faulty, &fails);
    }
}

/* Commits are not flushed: SIGKILL leaves the page cache alone. */
static int open_store(struct torture_life *life, asl_error *reterr)
{
    asl_lmdb_options options = {
        .size = sizeof options, .create = 1, .no_sync = 1, .map_bytes = 64 << 20};
    asl_store *lmdb;
    int rc = asl_store_lmdb(life->round->store_dir, &options, &lmdb, reterr);
    if (!rc)
        rc = faulty_store_new(lmdb, &life->store, &life->faulty, reterr);
    if (!rc)
        plan_store(life);
    return rc;
}

static int open_all(struct torture_life *life, asl_error *reterr)
{
    asl_options options = {.size = sizeof options,
                           .arg = life,
                           .event = on_event,
                           .ended = on_ended,
                           .log = on_log};
    asl_host_options host = {.size = sizeof host, .now = clock_now, .arg = life};
    int rc = open_store(life, reterr);
    options.store = life->store;
    if (!rc)
        rc = asl_engine_open(&options, &life->engine, reterr);
    if (!rc)
        rc = torture_register(life->engine, &life->hands, 0, reterr);
    if (!rc)
        rc = asl_host_new(life->engine, &host, &life->host, reterr);
    if (!rc && torture_desk_open(life))
        rc = asl_error_set(reterr, ASL_ESYSTEM, "no thread");
    return rc;
}

static int start_cases(struct torture_life *life, asl_error *reterr)
{
    struct torture_round *round = life->round;
    int rc = 0;
    for (unsigned i = 0; i < life->plan->started && !rc; i++) {
        const struct torture_case *its = &round->cases[i];
        if (torture_told(round, i, TORTURE_LINE_START))
            continue;
        struct starting *starting = torture_need(asli_alloc(sizeof *starting));
        *starting = (struct starting){life, its};
        asl_start_options options = {.size = sizeof options,
                                     .name = its->name,
                                     .arg = starting,
                                     .started = on_started};
        rc = asl_start(life->engine, its->machine, its->input, (size_t)-1, &options, NULL,
                       reterr);
        if (rc)
            asli_free(starting);
    }
    return rc;
}

/* ---- running ---- */

static bool is_done(struct torture_life *life)
{
    const struct torture_round *round = life->round;
    bool done = true;
    pthread_mutex_lock(&life->lock);
    for (unsigned i = 0; i < round->count && done; i++)
        done = torture_told(round, i, TORTURE_LINE_START) &&
               (!round->cases[i].stop || torture_told(round, i, TORTURE_LINE_STOP)) &&
               (!round->cases[i].redrive || torture_told(round, i, TORTURE_LINE_REDRIVE));
    done = done && !life->first;
    pthread_mutex_unlock(&life->lock);
    return done;
}

static void sleep_until_due(const struct torture_life *life)
{
    struct pollfd pfd = {.fd = asl_host_fd(life->host), .events = POLLIN};
    int64_t wait = asl_host_wait_ms(life->host), ns = wait * (1000000 / TORTURE_SPEED);
    if (wait < 0 || wait > WAIT_NS || ns > WAIT_NS)
        ns = WAIT_NS;
    struct timespec t = {.tv_nsec = ns};
    ppoll(&pfd, 1, &t, NULL);
}

/* After a turn that began at `began`. True: nothing is left to do. */
static bool look(struct torture_life *life, int64_t began, int64_t *noted)
{
    asl_activity a;
    asl_engine_activity(life->engine, &a);
    if (a.ready)
        return false;
    int64_t now = is_calm(life) ? clock_now(life) : 0;
    if (now && a.deadline <= began)
        torture_note(life, TORTURE_LINE_LATE, "-", a.deadline, began, NULL);
    if (now && now - *noted >= TURN_EVERY_MS)
        torture_note(life, TORTURE_LINE_TURN, "-", began, *noted = now, NULL);
    return a.executions == 0 && is_done(life);
}

static int run(struct torture_life *life)
{
    int64_t noted = 0;
    for (int failures = 0; failures < PATIENCE;) {
        asl_error error = {0};
        int64_t began = clock_now(life);
        int rc = asl_host_turn(life->host, &error);
        if (rc) {
            torture_note(life, TORTURE_LINE_ERROR, "-", rc, 0, error.text);
            failures++;
            continue;
        }
        failures = 0;
        atomic_store(&life->round->seen->up, 1);
        if (look(life, began, &noted))
            return TORTURE_EXIT_DONE;
        sleep_until_due(life);
    }
    return TORTURE_EXIT_FAILED;
}

static void close_all(struct torture_life *life)
{
    torture_desk_stop(life);
    asl_host_free(life->host);
    asl_engine_close(life->engine);
    torture_desk_close(life);
    asl_store_free(life->store);
}

int torture_live(struct torture_round *round, const struct torture_plan *plan)
{
    struct torture_life life = {.round = round, .plan = plan};
    struct rlimit no_core = {0, 0};
    asl_error error = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &no_core);
    life.journal = open(round->journal.path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (life.journal < 0)
        return TORTURE_EXIT_NO_JOURNAL;
    torture_desk_init(&life);
    int rc = open_all(&life, &error), status = TORTURE_EXIT_NOT_UP;
    if (!rc)
        rc = start_cases(&life, &error);
    if (rc)
        torture_note(&life, TORTURE_LINE_ERROR, "-", rc, 0, error.text);
    else
        status = run(&life);
    close_all(&life);
    if (status == TORTURE_EXIT_DONE)
        torture_note(&life, TORTURE_LINE_SETTLED, "-", 0, 0, NULL);
    close(life.journal);
    return status;
}
