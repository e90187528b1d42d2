/* SPDX-License-Identifier: Apache-2.0
 *
 * One child process, see include/asl/exec.h: started, fed, listened to, ended, and its task
 * completed by how it ended.
 *
 * Invariant: the process is reaped last. As long as it is not, no other process can have its id,
 * so that a signal to the group reaches nobody else.
 */
#include "providers/exec_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"

#define GRACE_MS 5000
#define TICK_MS 20 /* between looks at a process without a pidfd */
#define ERRORS_KEPT                                                                      \
    ((32u << 10) - 16) /* with "exit N: " a Cause of AWS, 32768 characters */
#define READ_ROUNDS 16 /* of a pipe in one turn, so that all get theirs */

struct asli_child *asli_child_new(asl_task *task, const struct asli_command *command)
{
    struct asli_child *c = asli_alloc(sizeof *c);
    if (!c)
        return NULL;
    c->task = asl_task_ref(task);
    c->command = command;
    atomic_init(&c->cancelled, false);
    c->pidfd = -1;
    for (int i = 0; i < ASLI_CHILD_FDS; i++)
        c->fd[i] = -1;
    return c;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void asli_child_free(struct asli_child *child)
{
    for (int i = 0; i < ASLI_CHILD_FDS; i++)
        close_fd(&child->fd[i]);
    close_fd(&child->pidfd);
    asli_bytes_done(&child->out);
    asli_bytes_done(&child->errors);
    asl_task_unref(child->task);
    asli_free(child);
}

/* ---- completing the task ---- */

/* Without memory it fails with less to say, but it fails. */
static void settle(struct asli_child *c, int rc)
{
    if (rc == ASL_ENOMEM)
        asl_task_returned(c->task, rc);
    c->completed = true;
}

static void fail(struct asli_child *c, const char *error, const char *take_cause)
{
    settle(c, take_cause ? asl_task_fail(c->task, error, take_cause, NULL) : ASL_ENOMEM);
    asli_free((char *)take_cause);
}

/* Adds text of unknown origin; what is no UTF-8, and NUL, becomes U+FFFD. */
static void add_text(struct asli_bytes *to, const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        uint32_t character;
        size_t n = *text ? asli_utf8_decode(text, end, &character) : 0;
        if (n)
            asli_bytes_add(to, text, n);
        else
            asli_bytes_adds(to, "\xEF\xBF\xBD");
        text += n ? n : 1;
    }
}

/* The last bytes of standard error, from the beginning of a character. */
static void add_errors(struct asli_bytes *to, const struct asli_bytes *errors)
{
    size_t from = errors->len > ERRORS_KEPT ? errors->len - ERRORS_KEPT : 0;
    if (!errors->len)
        return;
    for (int i = 0; from && i < 3 && ((unsigned char)errors->data[from] & 0xC0) == 0x80;
         i++)
        from++;
    add_text(to, errors->data + from, errors->len - from);
}

static void fail_by_end(struct asli_child *c, const char *error, const char *how,
                        int number)
{
    struct asli_bytes cause = {0};
    asli_bytes_addf(&cause, "%s %d: ", how, number);
    add_errors(&cause, &c->errors);
    fail(c, error, asli_bytes_take_text(&cause));
}

static void fail_by_output(struct asli_child *c, const char *text, size_t len,
                           const asl_error *why)
{
    struct asli_bytes cause = {0};
    if (len == 0) {
        asli_bytes_adds(&cause, "exit 0 without an output: JSON was expected");
    } else {
        asli_bytes_addf(&cause, "the output is not JSON: %s; it begins: ", why->text);
        add_text(&cause, text, len < 200 ? len : 200);
    }
    fail(c, "Exec.InvalidOutput", asli_bytes_take_text(&cause));
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static enum asl_pattern pattern_of(const struct asli_child *c)
{
    const asl_resource *r = asl_task_resource_info(c->task);
    return asl_resource_kind_of(r) == ASL_RESOURCE_SERVICE ? asl_resource_pattern(r)
                                                           : ASL_PATTERN_REQUEST;
}

/* .waitForTaskToken: the output may be anything. */
static void submit(struct asli_child *c, const char *text, size_t len)
{
    json_t *value = NULL;
    int rc = asli_json_read(text, len, &value, NULL);
    if (rc != ASL_ENOMEM)
        rc = asl_task_submitted(c->task, value, NULL);
    settle(c, rc);
}

static void succeed(struct asli_child *c)
{
    const char *text = c->out.data;
    size_t len = c->out.len;
    asl_error err = {0};
    int rc = 0;
    for (; len && is_space(text[len - 1]); len--)
        ;
    for (; len && is_space(*text); len--)
        text++;
    if (pattern_of(c) == ASL_PATTERN_TOKEN) {
        submit(c, len ? text : "", len);
        return;
    }
    if (pattern_of(c) !=
        ASL_PATTERN_REQUEST) /* AWS records the submission of every job */
        rc = asl_task_submitted(c->task, NULL, &err);
    if (rc != ASL_ENOMEM)
        rc = asl_task_succeed_text(c->task, len ? text : "", len, &err);
    if (rc == ASL_EJSON || rc == ASL_ELIMIT)
        fail_by_output(c, text, len, &err);
    else
        settle(c, rc);
}

static void complete(struct asli_child *c, int status)
{
    if (WIFSIGNALED(status))
        fail_by_end(c, "Exec.Signal", "signal", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        fail_by_end(c, "Exec.ExitStatus", "exit", WEXITSTATUS(status));
    else if (c->out.oom)
        settle(c, ASL_ENOMEM);
    else
        succeed(c);
}

/* ---- starting ---- */

#define VARIABLES 6

struct launch {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int theirs[ASLI_CHILD_FDS];
    struct asli_bytes pointers; /* char *: the environment */
    char *own[VARIABLES];       /* of which these are ours */
};

/* Above 2, so that none is overwritten when they become the child's first three. */
static int lift(int *fd)
{
    if (*fd > STDERR_FILENO)
        return 0;
    int high = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (high < 0)
        return errno;
    close(*fd);
    *fd = high;
    return 0;
}

static int open_pipes(struct asli_child *c, struct launch *l)
{
    for (int i = 0; i < ASLI_CHILD_FDS; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC))
            return errno;
        bool in = i == ASLI_CHILD_IN;
        c->fd[i] = ends[in];
        l->theirs[i] = ends[!in];
        int rc = lift(&l->theirs[i]);
        if (rc)
            return rc;
        if (fcntl(c->fd[i], F_SETFL, O_NONBLOCK))
            return errno;
        rc = posix_spawn_file_actions_adddup2(&l->files, l->theirs[i], i);
        if (rc)
            return rc;
    }
    return 0;
}

/* Its own group, and signals as if nobody had changed them. */
static int set_attributes(struct launch *l)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setpgroup(&l->attributes, 0);
    posix_spawnattr_setsigmask(&l->attributes, &none);
    posix_spawnattr_setsigdefault(&l->attributes, &all);
    return posix_spawnattr_setflags(&l->attributes, POSIX_SPAWN_SETPGROUP |
                                                        POSIX_SPAWN_SETSIGMASK |
                                                        POSIX_SPAWN_SETSIGDEF);
}

/* "NAME=" and what it stands for. */
static char *variable(const asl_task *t, size_t i)
{
    switch (i) {
    case 0:
        return asli_printf("ASL_TASK_TOKEN=%s", asl_task_token(t));
    case 1:
        return asli_printf("ASL_TASK_NAME=%s", asl_task_handler(t));
    case 2:
        return asli_printf("ASL_ATTEMPT=%d", asl_task_attempt(t));
    case 3:
        return asli_printf("ASL_EXECUTION=%s", asl_task_execution(t));
    case 4:
        return asli_printf("ASL_STATE=%s", asl_task_state(t));
    default:
        return asli_printf("ASL_REDELIVERED=%d", asl_task_redelivered(t));
    }
}

static bool is_ours(const struct launch *l, const char *entry)
{
    for (size_t i = 0; i < VARIABLES; i++)
        if (strncmp(l->own[i], entry, strcspn(l->own[i], "=") + 1) == 0)
            return true;
    return false;
}

/* Our own, but for those that our variables replace. */
static int make_environment(const asl_task *t, struct launch *l)
{
    const char *last = NULL;
    for (size_t i = 0; i < VARIABLES; i++) {
        if (!(l->own[i] = variable(t, i)))
            return ENOMEM;
        asli_bytes_add(&l->pointers, &l->own[i], sizeof l->own[i]);
    }
    for (char **p = environ; p && *p; p++)
        if (!is_ours(l, *p))
            asli_bytes_add(&l->pointers, p, sizeof *p);
    asli_bytes_add(&l->pointers, &last, sizeof last);
    return l->pointers.oom ? ENOMEM : 0;
}

static int launch(struct asli_child *c, struct launch *l)
{
    int rc = asl_task_input_text(c->task) ? open_pipes(c, l) : ENOMEM;
    if (!rc)
        rc = set_attributes(l);
    if (!rc)
        rc = make_environment(c->task, l);
    if (!rc)
        rc = posix_spawnp(&c->pid, c->command->argv[0], &l->files, &l->attributes,
                          c->command->argv, (char **)(void *)l->pointers.data);
    if (rc)
        c->pid = 0;
    else
        c->pidfd = pidfd_open(c->pid, 0);
    return rc;
}

bool asli_child_start(struct asli_child *child)
{
    struct launch l = {.theirs = {-1, -1, -1}};
    int rc = posix_spawn_file_actions_init(&l.files);
    if (!rc) {
        rc = posix_spawnattr_init(&l.attributes);
        if (!rc) {
            rc = launch(child, &l);
            posix_spawnattr_destroy(&l.attributes);
        }
        posix_spawn_file_actions_destroy(&l.files);
    }
    for (int i = 0; i < ASLI_CHILD_FDS; i++)
        close_fd(&l.theirs[i]);
    for (size_t i = 0; i < VARIABLES; i++)
        asli_free(l.own[i]);
    asli_bytes_done(&l.pointers);
    if (rc)
        fail(child, "Exec.NotStarted",
             asli_printf("%s: %s", child->command->argv[0], strerror(rc)));
    return rc == 0;
}

/* ---- talking ---- */

static void feed(struct asli_child *c)
{
    const char *text = asl_task_input_text(c->task);
    size_t len = strlen(text);
    while (c->fd[ASLI_CHILD_IN] >= 0) {
        ssize_t n = write(c->fd[ASLI_CHILD_IN], text + c->written, len - c->written);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n >= 0)
            c->written += (size_t)n;
        if ((n < 0 && errno != EINTR) || c->written == len)
            close_fd(&c->fd[ASLI_CHILD_IN]); /* it may read as little as it likes */
    }
}

/* More bytes of a stream: how many; 0: none now. Closes it at its end. */
static size_t hear(struct asli_child *c, int stream, char *buffer, size_t size)
{
    if (c->fd[stream] < 0)
        return 0;
    ssize_t n = read(c->fd[stream], buffer, size);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&c->fd[stream]);
    return n > 0 ? (size_t)n : 0;
}

static void keep_errors(struct asli_child *c, const char *text, size_t len)
{
    struct asli_bytes *b = &c->errors;
    if (b->len > 4 * ERRORS_KEPT) {
        memmove(b->data, b->data + b->len - ERRORS_KEPT, ERRORS_KEPT);
        b->len = ERRORS_KEPT;
    }
    b->oom = false; /* what is lost is lost */
    asli_bytes_add(b, text, len);
}

static void copy_errors(const struct asli_child *c, const char *text, size_t len)
{
    while (c->command->errors_fd >= 0 && len) {
        ssize_t n = write(c->command->errors_fd, text, len);
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

static bool hear_errors(struct asli_child *c)
{
    char buffer[4096];
    bool line = false;
    size_t n = 0;
    for (int i = 0;
         i < READ_ROUNDS && (n = hear(c, ASLI_CHILD_ERR, buffer, sizeof buffer)); i++) {
        keep_errors(c, buffer, n);
        copy_errors(c, buffer, n);
        line |= memchr(buffer, '\n', n) != NULL;
    }
    if (line && !c->completed)
        asl_task_heartbeat(c->task, NULL);
    return n > 0;
}

static bool hear_output(struct asli_child *c)
{
    char buffer[4096];
    size_t n = 0;
    for (int i = 0;
         i < READ_ROUNDS && (n = hear(c, ASLI_CHILD_OUT, buffer, sizeof buffer)); i++)
        if (c->out.len <= c->command->max_output)
            asli_bytes_add(&c->out, buffer, n);
    return n > 0;
}

/* ---- ending ---- */

static void end_group(struct asli_child *c, int64_t now)
{
    if (c->kill_at)
        return;
    kill(-c->pid, SIGTERM);
    c->kill_at = now + GRACE_MS;
}

static void refuse_output(struct asli_child *c, int64_t now)
{
    const asl_resource *r = asl_task_resource_info(c->task);
    const char *name = asl_resource_text(r);
    if (asl_resource_kind_of(r) == ASL_RESOURCE_SERVICE)
        name = asl_resource_name(r);
    size_t len = asl_resource_kind_of(r) == ASL_RESOURCE_SERVICE
                     ? (size_t)(strrchr(name, ':') - name)
                     : strlen(name);
    fail(c, "States.DataLimitExceeded",
         asli_printf("The state/task '%.*s' returned a result with a size exceeding the "
                     "maximum number of bytes service limit.",
                     (int)len, name));
    end_group(c, now);
}

static bool has_ended(const struct asli_child *c)
{
    siginfo_t info = {0};
    int rc = waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    return rc ? errno != EINTR
              : info.si_pid != 0; /* ECHILD: somebody else has reaped it */
}

static int reap(struct asli_child *c)
{
    int status = 0;
    while (waitpid(c->pid, &status, 0) < 0)
        if (errno != EINTR)
            return 255 << 8; /* somebody else knows how it ended */
    return status;
}

/* After SIGTERM: when its time is up, or when nobody of the group is heard any more. */
static bool finish_group(struct asli_child *c, int64_t now)
{
    bool ended = has_ended(c);
    bool silent = c->fd[ASLI_CHILD_OUT] < 0 && c->fd[ASLI_CHILD_ERR] < 0;
    if (!c->killed && (now >= c->kill_at || (ended && silent))) {
        kill(-c->pid, SIGKILL);
        c->killed = true;
    }
    if (!ended || !c->killed)
        return false;
    reap(c);
    return true;
}

bool asli_child_turn(struct asli_child *child, int64_t now)
{
    bool ended = has_ended(child); /* before the last look at what it said */
    feed(child);
    bool more = hear_errors(child);
    more |= hear_output(child);
    if (child->out.len > child->command->max_output && !child->completed)
        refuse_output(child, now);
    if (atomic_load(&child->cancelled))
        end_group(child, now);
    if (child->kill_at)
        return finish_group(child, now);
    if (!ended || more)
        return false;
    complete(child, reap(child));
    return true;
}

nfds_t asli_child_polls(const struct asli_child *child, int64_t now, struct pollfd *polls,
                        int64_t *wait)
{
    static const short events[] = {POLLOUT, POLLIN, POLLIN};
    bool ended = child->kill_at && has_ended(child);
    int64_t left = -1;
    nfds_t n = 0;
    for (int i = 0; i < ASLI_CHILD_FDS; i++)
        if (child->fd[i] >= 0)
            polls[n++] = (struct pollfd){.fd = child->fd[i], .events = events[i]};
    if (child->pidfd >= 0 && !ended)
        polls[n++] = (struct pollfd){.fd = child->pidfd, .events = POLLIN};
    if (child->kill_at && !child->killed)
        left = child->kill_at > now ? child->kill_at - now : 0;
    if (child->pidfd < 0 && (left < 0 || left > TICK_MS))
        left = TICK_MS;
    if (left >= 0 && (*wait < 0 || left < *wait))
        *wait = left;
    return n;
}
