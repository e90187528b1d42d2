/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl_exec_add: commands by name, and one thread with poll(2) over all their
 * processes. Names are func.c's: a command is a handler there. Only activities are claimed here.
 *
 * Invariant: `incoming` is filled on the engine's thread, `children` is the provider's thread's;
 * both lists change under the lock, so that a cancelled task is found in either.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "providers/activity_private.h"
#include "providers/exec_private.h"
#include "providers/func_private.h"

#define MAX_RUNNING 64
#define MAX_OUTPUT (1u << 20)

struct asli_exec {
    struct asli_command *commands; /* all there ever were: tasks may still run them */
    pthread_mutex_t lock;
    pthread_t thread;
    int wake; /* eventfd */
    bool closing;
    struct asli_child *incoming, **incoming_tail;
    struct asli_child *children;
    size_t running;
    struct pollfd polls[1 + MAX_RUNNING * ASLI_CHILD_POLLS];
};

static int64_t monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wake(const struct asli_exec *x)
{
    uint64_t one = 1;
    ssize_t n = write(x->wake, &one, sizeof one); /* fails only when it is readable */
    (void)n;
}

/* ---- the provider's thread ---- */

static bool take_incoming(struct asli_exec *x)
{
    pthread_mutex_lock(&x->lock);
    bool closing = x->closing;
    struct asli_child **end = &x->children;
    while (*end)
        end = &(*end)->next;
    *end = x->incoming;
    x->incoming = NULL;
    x->incoming_tail = &x->incoming;
    for (struct asli_child *c = x->children; closing && c; c = c->next)
        atomic_store(&c->cancelled, true);
    pthread_mutex_unlock(&x->lock);
    return closing;
}

static bool is_done(struct asli_exec *x, struct asli_child *c, int64_t now)
{
    if (c->pid) {
        bool done = asli_child_turn(c, now);
        x->running -= done;
        return done;
    }
    if (atomic_load(&c->cancelled))
        return true;
    if (x->running == MAX_RUNNING)
        return false;
    if (!asli_child_start(c))
        return true;
    x->running++;
    return false;
}

static void turn(struct asli_exec *x, int64_t now)
{
    for (struct asli_child **p = &x->children; *p;) {
        struct asli_child *c = *p;
        if (!is_done(x, c, now)) {
            p = &c->next;
            continue;
        }
        pthread_mutex_lock(&x->lock);
        *p = c->next;
        pthread_mutex_unlock(&x->lock);
        if (!atomic_exchange(&c->cancelled, true))
            asl_task_busy(c->task, -1);
        asli_child_free(c);
    }
}

static void wait_for_more(struct asli_exec *x, int64_t now)
{
    int64_t wait = -1;
    uint64_t count;
    nfds_t n = 0;
    x->polls[n++] = (struct pollfd){.fd = x->wake, .events = POLLIN};
    for (const struct asli_child *c = x->children; c; c = c->next)
        if (c->pid)
            n += asli_child_polls(c, now, x->polls + n, &wait);
    poll(x->polls, n, (int)wait);
    ssize_t got = read(x->wake, &count, sizeof count);
    (void)got;
}

static void *work(void *arg)
{
    struct asli_exec *x = arg;
    for (;;) {
        bool closing = take_incoming(x);
        int64_t now = monotonic();
        size_t before = x->running;
        turn(x, now);
        if (closing && !x->children)
            return NULL;
        if (x->running >= before) /* else another may have its turn */
            wait_for_more(x, now);
    }
}

/* ---- on the engine's thread ---- */

static struct asli_child *find(struct asli_child *list, const asl_task *task)
{
    while (list && list->task != task)
        list = list->next;
    return list;
}

static int begin(asl_task *task, const struct asli_command *command, asl_error *reterr)
{
    struct asli_exec *x = command->exec;
    struct asli_child *c = asli_child_new(task, command);
    if (!c)
        return asli_oom(reterr);
    asl_task_busy(task, 1);
    pthread_mutex_lock(&x->lock);
    *x->incoming_tail = c;
    x->incoming_tail = &c->next;
    pthread_mutex_unlock(&x->lock);
    wake(x);
    return 0;
}

static int handle(asl_task *task, void *arg)
{
    return begin(task, arg, NULL);
}

static void cancel_task(asl_task *task, void *arg)
{
    struct asli_exec *x = ((struct asli_command *)arg)->exec;
    pthread_mutex_lock(&x->lock);
    struct asli_child *c = find(x->incoming, task);
    c = c ? c : find(x->children, task);
    bool first = c && !atomic_exchange(&c->cancelled, true);
    pthread_mutex_unlock(&x->lock);
    if (first) {
        asl_task_busy(task, -1);
        wake(x);
    }
}

/* The newest command for the activity. */
static struct asli_command *activity(const struct asli_exec *x, const asl_resource *r)
{
    struct asli_command *c = x->commands;
    if (asl_resource_kind_of(r) != ASL_RESOURCE_ACTIVITY)
        return NULL;
    while (c && (!c->activity || strcmp(c->activity, asl_resource_name(r)) != 0))
        c = c->next;
    return c;
}

static int claims(void *self, const asl_resource *resource)
{
    return activity(self, resource) != NULL;
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    const struct asli_command *c = activity(self, asl_task_resource_info(task));
    int rc = asl_task_started(task, c->worker, reterr);
    return rc ? rc : begin(task, c, reterr);
}

static void cancel(void *self, asl_task *task)
{
    struct asli_command *c = activity(self, asl_task_resource_info(task));
    if (c)
        cancel_task(task, c);
}

/* ---- its life ---- */

static void free_command(struct asli_command *c)
{
    for (size_t i = 0; c->argv && c->argv[i]; i++)
        asli_free(c->argv[i]);
    asli_free(c->argv);
    asli_free(c->activity);
    asli_free(c->worker);
    asli_free(c);
}

static void on_close(void *self)
{
    struct asli_exec *x = self;
    pthread_mutex_lock(&x->lock);
    x->closing = true;
    pthread_mutex_unlock(&x->lock);
    wake(x);
    pthread_join(x->thread, NULL);
    while (x->commands) {
        struct asli_command *next = x->commands->next;
        free_command(x->commands);
        x->commands = next;
    }
    pthread_mutex_destroy(&x->lock);
    close(x->wake);
    asli_free(x);
}

static const asl_provider_ops ops = {
    sizeof ops, "exec", claims, start, cancel, on_close,
};

/* With every signal blocked: they are for the program, and SIGPIPE is for nobody. */
static int start_thread(struct asli_exec *x)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&x->thread, NULL, work, x);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failed;
}

static int exec_new(asl_engine *engine, struct asli_exec **ret_exec, asl_error *reterr)
{
    struct asli_exec *x = asli_alloc(sizeof *x);
    if (!x)
        return asli_oom(reterr);
    x->incoming_tail = &x->incoming;
    pthread_mutex_init(&x->lock, NULL); /* cannot fail on Linux */
    x->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int failed = x->wake < 0 ? errno : start_thread(x);
    if (failed) {
        if (x->wake >= 0)
            close(x->wake);
        pthread_mutex_destroy(&x->lock);
        asli_free(x);
        return asl_error_set(reterr, ASL_ESYSTEM, "no thread for processes: %s",
                             strerror(failed));
    }
    int rc = asl_engine_add_provider(engine, &ops, x, reterr); /* closes it on failure */
    if (!rc)
        *ret_exec = x;
    return rc;
}

static int copy_argv(struct asli_command *c, const char *const *argv)
{
    size_t n = 0;
    while (argv[n])
        n++;
    c->argv = asli_alloc((n + 1) * sizeof *c->argv);
    for (size_t i = 0; c->argv && i < n; i++)
        if (!(c->argv[i] = asli_strdup(argv[i])))
            return ASL_ENOMEM;
    return c->argv ? 0 : ASL_ENOMEM;
}

static int command_new(const char *name, const char *const *argv,
                       const asl_exec_options *o, struct asli_command **ret_command,
                       asl_error *reterr)
{
    struct asli_command *c = asli_alloc(sizeof *c);
    if (!c)
        return asli_oom(reterr);
    c->max_output = o->max_output ? o->max_output : MAX_OUTPUT;
    c->errors_fd = o->copy_errors ? o->errors_fd : -1;
    c->activity = o->activity ? asli_strdup(asli_activity_name(name)) : NULL;
    c->worker = asli_strdup(o->worker);
    if (copy_argv(c, argv) || (o->activity && !c->activity) ||
        (o->worker && !c->worker)) {
        free_command(c);
        return asli_oom(reterr);
    }
    *ret_command = c;
    return 0;
}

int asl_exec_add(asl_engine *engine, const char *name, const char *const *argv,
                 const asl_exec_options *options, asl_error *reterr)
{
    asl_exec_options o = {0};
    struct asli_command *command = NULL;
    if (options)
        memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    if (!name || !*name || !argv || !argv[0] || !*argv[0])
        return asl_error_set(reterr, ASL_EINVAL, "a command needs a name and a program");
    struct asli_exec *x = asl_engine_provider(engine, &ops);
    int rc = x ? 0 : exec_new(engine, &x, reterr);
    if (!rc)
        rc = command_new(name, argv, &o, &command, reterr);
    if (rc)
        return rc;
    command->exec = x;
    if (!o.activity)
        rc = asli_handler_add(engine, name, handle, cancel_task, command,
                              ASL_HANDLER_INLINE, reterr);
    if (rc) {
        free_command(command);
        return rc;
    }
    command->next = x->commands;
    x->commands = command;
    return 0;
}
