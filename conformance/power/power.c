/* SPDX-License-Identifier: Apache-2.0
 *
 * See power.h. The images are drawn in the order of their cuts, in one pass over the log, by child
 * processes: one that dies of an image says so by that, and another goes on behind it.
 */
#include "conformance/power/power.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/kit/need.h"
#include "conformance/kit/tempdir.h"
#include "conformance/power/disk.h"
#include "conformance/power/verdict.h"
#include "torture/random.h"

/* The first moments, in which the store is made: they are few, and get an eighth of the cuts. */
enum { MAKING = 16 };

struct cut {
    size_t image, record; /* the power goes just before what this record tells */
    uint64_t random;      /* what else is drawn comes from it */
};

/* ---------------------------------------------------------------- cuts */

/* Records that are not marks, and the end: there what a cut can leave is another than before. */
static size_t *moments_of(const struct power_log *log, size_t *ret_count)
{
    size_t *moments = need(malloc((log->count + 1) * sizeof(*moments))), n = 0;
    for (size_t i = 0; i < log->count; i++)
        if (log->records[i].kind != POWER_MARK)
            moments[n++] = i;
    moments[n++] = log->count;
    *ret_count = n;
    return moments;
}

static int by_record(const void *a, const void *b)
{
    const struct cut *x = a, *y = b;
    return x->record != y->record ? (x->record > y->record) - (x->record < y->record)
                                  : (x->image > y->image) - (x->image < y->image);
}

static struct cut *make_cuts(const struct power_log *log,
                             const struct power_options *options)
{
    size_t count, *moments = moments_of(log, &count);
    struct cut *cuts = need(calloc(options->images + 1, sizeof(*cuts)));
    for (size_t i = 0; i < options->images; i++) {
        uint64_t state = options->seed;
        state = torture_next(&state) + options->first + i;
        cuts[i].image = options->first + i;
        size_t choice = torture_next(&state) % 8 || count < MAKING ? count : MAKING;
        cuts[i].record = moments[torture_next(&state) % choice];
        cuts[i].random = torture_next(&state);
    }
    free(moments);
    qsort(cuts, options->images, sizeof(*cuts), by_record);
    return cuts;
}

/* ---------------------------------------------------------------- one image */

/* A directory for the images of one process. */
struct bench {
    char dir[300];
    struct power_disk disk;
    struct power_promises promises;
    struct power_image image;
};

static void put_file(const char *dir, const char *name, const void *bytes, size_t size)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size) {
        perror(path);
        exit(2);
    }
    close(fd);
}

/* The files that hold no data may hold anything. */
static void put_locks(const char *dir, uint64_t random)
{
    uint64_t junk[1024];
    for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++)
        junk[i] = torture_next(&random);
    if (random % 4)
        put_file(dir, "lock.mdb", junk, torture_next(&random) % (sizeof(junk) + 1));
    if (random % 3)
        put_file(dir, "engine.lock", junk, torture_next(&random) % 64);
    if (random % 5)
        put_file(dir, "new.mdb", junk, torture_next(&random) % (sizeof(junk) + 1));
}

static bool judge(struct bench *b, const struct cut *cut, struct power_reason *reason)
{
    uint64_t random = cut->random;
    enum power_fate fate = torture_next(&random) % POWER_FATE_COUNT;
    power_disk_advance(&b->disk, cut->record);
    power_promises_advance(&b->promises, cut->record);
    power_disk_draw(&b->disk, fate, torture_next(&random), &b->image);
    if (b->image.dir) {
        mkdir(b->dir, 0700);
        put_locks(b->dir, torture_next(&random));
    }
    if (b->image.file)
        put_file(b->dir, "data.mdb", b->image.bytes, b->image.size);
    struct power_reason why;
    bool good = power_verdict(&b->promises, b->dir, &why);
    if (!good)
        snprintf(reason->text, sizeof(reason->text), "record %zu, %s of %zu: %.800s",
                 cut->record, power_fate_text(fate), b->disk.pending_count, why.text);
    tempdir_remove(b->dir);
    return good;
}

/* ---------------------------------------------------------------- processes */

/* What a process says of an image that it is done with. */
struct report {
    size_t place; /* in the order of the cuts */
    bool good;
    struct power_reason reason;
};

/* One that works through every so-manieth cut. */
struct job {
    size_t next; /* place of the cut that it reports next */
    pid_t process;
    char top[256];
};

static void work(const struct power_log *log, const struct cut *cuts, size_t count,
                 const struct job *job, unsigned step, int out)
{
    struct bench b = {.disk = {.log = log}};
    snprintf(b.dir, sizeof(b.dir), "%s/store", job->top);
    power_promises_begin(&b.promises, log);
    for (size_t i = job->next; i < count; i += step) {
        struct report report = {.place = i};
        report.good = judge(&b, &cuts[i], &report.reason);
        if (write(out, &report, sizeof(report)) != sizeof(report))
            _exit(2);
    }
    power_promises_end(&b.promises);
    power_disk_free(&b.disk);
    free(b.image.bytes);
}

static void tell(const struct power_options *options, size_t image, const char *text)
{
    if (options->guilty)
        options->guilty(options->arg, image, text);
}

/* Reads until all processes have ended. Returns how many images are guilty. */
static size_t read_reports(int in, const struct cut *cuts, struct job *jobs,
                           unsigned step, const struct power_options *options)
{
    struct report report;
    size_t guilty = 0;
    while (read(in, &report, sizeof(report)) == sizeof(report)) {
        jobs[report.place % step].next = report.place + step;
        if (report.good)
            continue;
        guilty++;
        tell(options, cuts[report.place].image, report.reason.text);
    }
    return guilty;
}

static void begin(const struct power_log *log, const struct cut *cuts, size_t count,
                  struct job *job, unsigned step, const int pipe_ends[2])
{
    fflush(NULL);
    job->process = fork();
    if (job->process > 0)
        return;
    if (job->process < 0) {
        perror("fork");
        exit(2);
    }
    close(pipe_ends[0]);
    work(log, cuts, count, job, step, pipe_ends[1]);
    _exit(0);
}

/* One round: a process for each job that is not done. Returns how many images are guilty, the one
 * that killed its process among them. */
static size_t work_all(const struct power_log *log, const struct cut *cuts,
                       struct job *jobs, unsigned step,
                       const struct power_options *options)
{
    int pipe_ends[2], status;
    if (pipe(pipe_ends)) {
        perror("pipe");
        exit(2);
    }
    for (unsigned i = 0; i < step; i++)
        if (jobs[i].next < options->images)
            begin(log, cuts, options->images, &jobs[i], step, pipe_ends);
    close(pipe_ends[1]);
    size_t guilty = read_reports(pipe_ends[0], cuts, jobs, step, options);
    close(pipe_ends[0]);
    for (unsigned i = 0; i < step; i++) {
        if (jobs[i].process)
            waitpid(jobs[i].process, &status, 0);
        jobs[i].process = 0;
        if (jobs[i].next >= options->images)
            continue;
        tell(options, cuts[jobs[i].next].image, "the process died of it");
        jobs[i].next += step;
        guilty++;
    }
    return guilty;
}

static bool is_done(const struct job *jobs, unsigned count, size_t images)
{
    for (unsigned i = 0; i < count; i++)
        if (jobs[i].next < images)
            return false;
    return true;
}

size_t power_judge(const struct power_log *log, const struct power_options *options)
{
    unsigned step = options->jobs ? options->jobs : 1;
    struct cut *cuts = make_cuts(log, options);
    struct job *jobs = need(calloc(step, sizeof(*jobs)));
    size_t guilty = 0;
    for (unsigned i = 0; i < step; i++) {
        jobs[i].next = i;
        if (!tempdir_make(jobs[i].top, sizeof(jobs[i].top)))
            exit(2);
    }
    while (!is_done(jobs, step, options->images))
        guilty += work_all(log, cuts, jobs, step, options);
    for (unsigned i = 0; i < step; i++) {
        char dir[300];
        snprintf(dir, sizeof(dir), "%s/store", jobs[i].top);
        tempdir_remove(dir);
        tempdir_remove(jobs[i].top);
    }
    free(cuts);
    free(jobs);
    return guilty;
}
