/* SPDX-License-Identifier: Apache-2.0
 *
 * See torture.h. The parent: it makes rounds, forks lives, kills them, and has them judged. It has
 * one thread and no store open when it forks.
 */
#include "torture/torture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "torture/judge.h"
#include "torture/need.h"
#include "torture/oracle.h"
#include "torture/round.h"

enum { CASES = 48, LIVES = 30, SAY_MS = 3000, LOOK_US = 200, SHOWN = 3 };
/* Nothing has moved for so long, though it should: real time, and the only limit there is. */
enum { WEDGED_MS = 60000 };

struct run {
    const struct torture_options *options;
    struct torture_sum *sum;
    struct torture_round *round;
    const struct torture_plan *plan; /* of the life that runs */
    int64_t said_ms;
    unsigned wrong, wrong_of[TORTURE_CHECK_COUNT]; /* of this round */
};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t now_ms(void)
{
    return now_ns() / 1000000;
}

static void say(const struct run *run, bool failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(const struct run *run, bool failure, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    ASLI_AUTO(text) char *text = torture_need(asli_vprintf(format, values));
    va_end(values);
    run->options->say(run->options->arg, failure, text);
}

static void on_wrong(void *arg, enum torture_check check, const char *execution,
                     const char *expected, const char *got)
{
    struct run *run = arg;
    char life[32] = "";
    if (run->plan)
        snprintf(life, sizeof life, ", life %u", run->plan->number);
    run->wrong++;
    if (run->wrong_of[check]++ < SHOWN)
        say(run, true, "%s: %s%sexpected %s, got %s (seed %" PRIu64 "%s)",
            torture_check_name(check), execution ? execution : "", execution ? ": " : "",
            expected, got, run->round->seed, life);
}

static void say_progress(struct run *run)
{
    const struct torture_sum *sum = run->sum;
    if (now_ms() - run->said_ms < SAY_MS)
        return;
    run->said_ms = now_ms();
    say(run, false,
        "seed %" PRIu64 ": %" PRIu64 " kills, %" PRIu64 " executions, %" PRIu64
        " rounds, %" PRIu64 " failed",
        run->round->seed, sum->kills, sum->executions, sum->rounds, sum->failed_rounds);
}

int64_t torture_round_now(const struct torture_round *round)
{
    return TORTURE_EPOCH + (now_ns() - round->begun_ns) / (1000000 / TORTURE_SPEED);
}

/* ---- one life ---- */

/* Waits for the child's end, and brings it about. Returns its wait status; -1: it was stuck. */
static int watch(struct run *run, pid_t child)
{
    const struct torture_plan *plan = run->plan;
    struct torture_seen *seen = run->round->seen;
    int64_t from = now_ns(), moved = from;
    unsigned long moves = 0;
    bool up = false;
    int status;
    for (;;) {
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        usleep(LOOK_US);
        int64_t now = now_ns();
        if (!up && atomic_load(&seen->up)) {
            up = true;
            from = plan->from_up ? now : from;
        }
        if (atomic_load(&seen->moves) != moves) {
            moves = atomic_load(&seen->moves);
            moved = now;
        }
        int64_t since = torture_ends_itself(plan->fault) ? moved : from;
        bool ripe = up || !(plan->from_up || torture_ends_itself(plan->fault));
        bool due = !plan->peace && ripe && now - since > plan->delay_us * INT64_C(1000);
        bool stuck = now - moved > WEDGED_MS * INT64_C(1000000);
        if (!due && !stuck)
            continue;
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return stuck ? -1 : status;
    }
}

static bool may_fail(const struct torture_plan *plan)
{
    return plan->fault == TORTURE_EIO || plan->fault == TORTURE_NOSPACE;
}

/* True: the child has left nothing to do. */
static bool judge_status(struct run *run, int status)
{
    const struct torture_plan *plan = run->plan;
    char got[64];
    if (status == -1) {
        on_wrong(run, TORTURE_CHECK_SETTLED, NULL, "an end",
                 "nothing moved for a minute");
        return true;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == TORTURE_EXIT_DONE)
        return true;
    if (WIFSIGNALED(status) && !plan->peace) {
        bool planned = WTERMSIG(status) == SIGKILL ||
                       (WTERMSIG(status) == SIGSEGV && plan->fault == TORTURE_CRASH);
        run->sum->kills++;
        if (planned)
            return false;
    } else if (WIFEXITED(status) && may_fail(plan) &&
               (WEXITSTATUS(status) == TORTURE_EXIT_FAILED ||
                WEXITSTATUS(status) == TORTURE_EXIT_NOT_UP)) {
        return false;
    }
    snprintf(got, sizeof got, WIFSIGNALED(status) ? "signal %d" : "exit status %d",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    on_wrong(run, TORTURE_CHECK_ALIVE, NULL,
             plan->peace ? "an end in peace" : torture_fault_name(plan->fault), got);
    return plan->peace;
}

/* The store of before the life, where none of it may be seen. */
static void put_aside(const struct torture_round *round, bool back)
{
    ASLI_AUTO(text)
    char *data = torture_need(asli_printf("%s/data.mdb", round->store_dir));
    ASLI_AUTO(text) char *kept = torture_need(asli_printf("%s/kept", round->store_dir));
    const char *from = back ? kept : data, *to = back ? data : kept;
    char block[65536];
    ssize_t len;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (out >= 0 && (len = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t)len) != len)
            break;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
}

/* The journal has every life, even one that was killed before it could write. */
static int begin_life(struct run *run)
{
    const struct torture_round *round = run->round;
    int fd = open(round->journal.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        say(run, true, "cannot write %s: %s", round->journal.path, strerror(errno));
        return 1;
    }
    torture_write(fd, TORTURE_LINE_LIFE, "-", run->plan->number, torture_round_now(round),
                  torture_fault_name(run->plan->fault));
    close(fd);
    return 0;
}

/* 0: more is to come; 1: all has ended; -1: it could not be done. */
static int live(struct run *run)
{
    struct torture_round *round = run->round;
    atomic_store(&round->seen->up, 0);
    atomic_store(&round->seen->moves, 0);
    if (run->plan->fault == TORTURE_FORGET)
        put_aside(round, false);
    if (begin_life(run))
        return -1;
    pid_t child = fork();
    if (child < 0) {
        say(run, true, "cannot fork: %s", strerror(errno));
        return -1;
    }
    if (child == 0)
        exit(torture_live(round, run->plan)); /* and leak checkers have their say */
    int status = watch(run, child);
    if (run->plan->fault == TORTURE_FORGET)
        put_aside(round, true);
    run->sum->lives++;
    /* Time goes on from where it was at the latest. */
    if (run->plan->fault == TORTURE_CLOCK)
        round->begun_ns -= TORTURE_JUMP_MS * INT64_C(1000000) / TORTURE_SPEED;
    if (torture_round_learn(round)) {
        say(run, true, "cannot read %s", round->journal.path);
        return -1;
    }
    say_progress(run);
    return judge_status(run, status);
}

/* ---- one round ---- */

struct torture_case *torture_case_of(const struct torture_round *round, const char *name)
{
    for (unsigned i = 0; i < round->count; i++)
        if (strcmp(round->cases[i].name, name) == 0)
            return &round->cases[i];
    return NULL;
}

int torture_round_learn(struct torture_round *round)
{
    int rc = torture_journal_read(&round->journal);
    for (; round->known < round->journal.count; round->known++) {
        const struct torture_line *line = &round->journal.lines[round->known];
        const struct torture_case *its = torture_case_of(round, line->name);
        if (its)
            round->told[its - round->cases] |= 1u << line->kind;
    }
    return rc;
}

static int make_cases(struct run *run)
{
    struct torture_round *round = run->round;
    asl_error error = {0};
    for (unsigned i = 0; i < round->count; i++) {
        torture_generate(&round->cases[i], round->seed, i);
        if (torture_foresee(&round->cases[i], &error)) {
            say(run, true, "machine %u of seed %" PRIu64 ": %s: %s", i, round->seed,
                error.text, round->cases[i].definition);
            return 1;
        }
    }
    return 0;
}

static int open_round(struct run *run, uint64_t seed)
{
    struct torture_round *round = run->round;
    round->seed = seed;
    round->count = CASES;
    round->lives = LIVES;
    round->dir = torture_need(asli_printf("%s/seed-%" PRIu64, run->options->dir, seed));
    round->store_dir = torture_need(asli_printf("%s/store", round->dir));
    round->journal.path = torture_need(asli_printf("%s/journal", round->dir));
    round->cases = torture_need(asli_alloc(CASES * sizeof *round->cases));
    round->told = torture_need(asli_alloc(CASES * sizeof *round->told));
    round->seen = mmap(NULL, sizeof *round->seen, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (round->seen == MAP_FAILED || mkdir(round->dir, 0700)) {
        say(run, true, "cannot make %s: %s", round->dir, strerror(errno));
        return 1;
    }
    return make_cases(run);
}

/* The files in a directory, and itself. */
static void remove_dir(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(path);
}

static void close_round(struct run *run)
{
    struct torture_round *round = run->round;
    if (!run->wrong && !run->options->keep) {
        remove_dir(round->store_dir);
        remove_dir(round->dir);
    }
    for (unsigned i = 0; i < round->count; i++)
        torture_case_done(&round->cases[i]);
    if (round->seen != MAP_FAILED)
        munmap(round->seen, sizeof *round->seen);
    torture_journal_done(&round->journal);
    asli_free(round->cases);
    asli_free(round->told);
    asli_free(round->dir);
    asli_free(round->store_dir);
}

static bool is_stopped(const struct run *run)
{
    return run->options->stop && *run->options->stop;
}

static int live_all(struct run *run)
{
    struct torture_round *round = run->round;
    int rc = 0;
    for (unsigned i = 0; i <= round->lives && rc >= 0 && !is_stopped(run); i++) {
        struct torture_plan plan = torture_plan_of(round->seed, i, round->lives,
                                                   round->count, run->options->faults);
        run->plan = &plan;
        rc = live(run);
        run->plan = NULL;
    }
    return rc < 0;
}

static void count(struct run *run)
{
    const struct torture_journal *journal = &run->round->journal;
    struct torture_sum *sum = run->sum;
    for (size_t i = 0; i < journal->count; i++) {
        sum->dispatches += journal->lines[i].kind == TORTURE_LINE_DISPATCH;
        sum->reads += journal->lines[i].kind == TORTURE_LINE_READ;
    }
    sum->executions += run->round->count;
    sum->rounds++;
    if (run->wrong && !sum->failed_rounds++)
        sum->failed_seed = run->round->seed;
}

static void judge(struct run *run)
{
    struct torture_judge judge = {.round = run->round, .wrong = on_wrong, .arg = run};
    torture_judge_begin(&judge);
    torture_inspect(&judge, &run->sum->events);
    torture_judge_done(&judge);
    for (int i = 0; i < TORTURE_CHECK_COUNT; i++)
        if (run->wrong_of[i] > SHOWN)
            say(run, true, "%s: and %u more of this round",
                torture_check_name((enum torture_check)i), run->wrong_of[i] - SHOWN);
    if (run->wrong)
        say(run, true, "seed %" PRIu64 " failed; its store and journal are in %s",
            run->round->seed, run->round->dir);
    count(run);
}

static int run_round(struct run *run, uint64_t seed)
{
    struct torture_round round = {.begun_ns = now_ns()};
    run->round = &round;
    run->wrong = 0;
    memset(run->wrong_of, 0, sizeof run->wrong_of);
    int rc = open_round(run, seed);
    if (!rc)
        rc = live_all(run);
    if (!rc && !is_stopped(run))
        judge(run);
    close_round(run);
    return rc;
}

static bool is_enough(const struct run *run)
{
    const struct torture_options *o = run->options;
    return is_stopped(run) || (o->kills && run->sum->kills >= o->kills) ||
           (o->end_ms && now_ms() >= o->end_ms);
}

int torture_run(const struct torture_options *options, struct torture_sum *ret_sum)
{
    int64_t begun = now_ms();
    struct run run = {.options = options, .sum = ret_sum, .said_ms = begun};
    int rc = 0;
    for (uint64_t seed = options->seed; !rc && !is_enough(&run); seed++)
        rc = run_round(&run, seed);
    ret_sum->ms = now_ms() - begun;
    return rc;
}
