/* SPDX-License-Identifier: Apache-2.0
 *
 * The desk, and who asks at it. One connection, one JSON object each way: {"act", "target",
 * "output", "error", "cause"} and, when what was asked is durable, {"code", "text"}.
 *
 * One thread serves one connection after the other; it only queues, and waits for the engine's
 * answer. `engine` is NULL as soon as nothing may be queued any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/desk.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/json.h"

#define SOCKET_NAME "engine.sock"
#define SLOW_SECONDS 2        /* who asks and then says nothing for so long is left */
#define ASKED_MAX (64u << 20) /* bytes */

static const char *const act_names[] = {
#define ACT_NAME(id, name) name,
    CLI_ACTS(ACT_NAME)
#undef ACT_NAME
};

struct cli_desk {
    pthread_t thread;
    pthread_mutex_t lock; /* `engine`, `answered` and `answer` */
    pthread_cond_t changed;
    asl_engine *engine;
    bool answered;
    asl_error answer;
    int dir, fd;
};

/* ------------------------------------------------------------------ the wire */

/* A store's path may be longer than a socket's can be. */
static struct sockaddr_un address_in(int dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" SOCKET_NAME,
             dir);
    return address;
}

static int open_dir(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* False: it is not UTF-8. */
static bool put(json_t *object, const char *key, const char *text, size_t len)
{
    json_t *value = text ? json_stringn(text, len) : NULL;
    if (value && json_object_set_new(object, key, value) != 0)
        cli_must(NULL);
    return !text || value;
}

static bool put_text(json_t *object, const char *key, const char *text)
{
    return put(object, key, text, text ? strlen(text) : 0);
}

/* False: the other side is gone. */
static bool send_json(int fd, const json_t *value)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len, sent = 0;
    if (asli_json_text(value, &text, &len, NULL) != 0)
        cli_must(NULL);
    while (sent < len) {
        ssize_t n = send(fd, text + sent, len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return false;
        sent += n > 0 ? (size_t)n : 0;
    }
    return shutdown(fd, SHUT_WR) == 0;
}

/* All that the other side says; NULL: it is no JSON object, or too much. */
static json_t *receive_json(int fd)
{
    struct asli_bytes bytes = {0};
    char part[65536];
    json_t *value = NULL;
    ssize_t n;
    while ((n = recv(fd, part, sizeof part, 0)) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0 && bytes.len < ASKED_MAX)
            asli_bytes_add(&bytes, part, (size_t)n);
    }
    if (n == 0 && !bytes.oom && bytes.len < ASKED_MAX &&
        asli_json_read((const char *)bytes.data, bytes.len, &value, NULL) != 0)
        value = NULL;
    asli_bytes_done(&bytes);
    return value;
}

/* ------------------------------------------------------------------ the desk */

static void on_done(void *arg, int code, const char *text)
{
    struct cli_desk *desk = arg;
    pthread_mutex_lock(&desk->lock);
    asl_error_set(&desk->answer, code, "%s", text ? text : "");
    desk->answered = true;
    pthread_cond_signal(&desk->changed);
    pthread_mutex_unlock(&desk->lock);
}

static bool read_act(const json_t *asked, struct cli_act *act)
{
    const char *name = cli_text(asked, "act");
    *act = (struct cli_act){.target = cli_text(asked, "target"),
                            .output = cli_text(asked, "output"),
                            .output_len =
                                json_string_length(json_object_get(asked, "output")),
                            .error = cli_text(asked, "error"),
                            .cause = cli_text(asked, "cause")};
    while (name && act->kind < CLI_ACT_COUNT && strcmp(name, act_names[act->kind]) != 0)
        act->kind++;
    return name && act->target && act->kind < CLI_ACT_COUNT &&
           (act->kind != CLI_ACT_SUCCESS || act->output);
}

/* Has it done: queued by the one thread, answered by the engine's. */
static asl_error serve_act(struct cli_desk *desk, const struct cli_act *act)
{
    asl_error error = {0};
    int rc = ASL_ECLOSED;
    pthread_mutex_lock(&desk->lock);
    desk->answered = false;
    if (desk->engine)
        rc = cli_act_queue(desk->engine, act, on_done, desk, &error);
    else
        asl_error_set(&error, rc, "the engine that has the store is ending");
    while (rc == 0 && !desk->answered)
        pthread_cond_wait(&desk->changed, &desk->lock);
    if (rc == 0)
        error = desk->answer;
    pthread_mutex_unlock(&desk->lock);
    return error;
}

static void serve(struct cli_desk *desk, int fd)
{
    struct timeval slow = {.tv_sec = SLOW_SECONDS};
    struct cli_act act;
    asl_error error = {0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slow, sizeof slow);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slow, sizeof slow);
    ASLI_AUTO(json) json_t *asked = receive_json(fd);
    if (read_act(asked, &act))
        error = serve_act(desk, &act);
    else
        asl_error_set(&error, ASL_EINVAL, "this is nothing that can be asked");
    ASLI_AUTO(json) json_t *answer = cli_must(json_object());
    if (json_object_set_new(answer, "code", json_integer(error.code)) != 0)
        cli_must(NULL);
    put_text(answer, "text", error.text);
    send_json(fd, answer);
}

static void *serve_all(void *arg)
{
    struct cli_desk *desk = arg;
    int fd;
    while ((fd = accept4(desk->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0 || errno == EINTR ||
           errno == ECONNABORTED) {
        if (fd < 0)
            continue;
        serve(desk, fd);
        close(fd);
    }
    return NULL;
}

static void release(struct cli_desk *desk)
{
    if (desk->fd >= 0)
        close(desk->fd);
    if (desk->dir >= 0)
        close(desk->dir);
    pthread_cond_destroy(&desk->changed);
    pthread_mutex_destroy(&desk->lock);
    free(desk);
}

/* The store is this process's alone, so what is left of a socket is nobody's. */
static bool listen_in(struct cli_desk *desk, const char *dir)
{
    desk->dir = open_dir(dir);
    desk->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (desk->dir < 0 || desk->fd < 0)
        return false;
    unlinkat(desk->dir, SOCKET_NAME, 0);
    struct sockaddr_un address = address_in(desk->dir);
    return bind(desk->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
           fchmodat(desk->dir, SOCKET_NAME, 0600, 0) == 0 &&
           listen(desk->fd, SOMAXCONN) == 0;
}

struct cli_desk *cli_desk_open(const struct cli_session *session)
{
    struct cli_desk *desk = cli_must(calloc(1, sizeof *desk));
    desk->engine = session->engine;
    pthread_mutex_init(&desk->lock, NULL);
    pthread_cond_init(&desk->changed, NULL);
    int number = listen_in(desk, session->args->value[CLI_STORE])
                     ? pthread_create(&desk->thread, NULL, serve_all, desk)
                     : errno;
    if (number == 0)
        return desk;
    cli_say(session->args, "warning: no other command can answer or stop meanwhile: %s",
            strerror(number));
    if (desk->dir >= 0)
        unlinkat(desk->dir, SOCKET_NAME, 0);
    release(desk);
    return NULL;
}

void cli_desk_stop(struct cli_desk *desk)
{
    if (!desk)
        return;
    unlinkat(desk->dir, SOCKET_NAME, 0);
    pthread_mutex_lock(&desk->lock);
    desk->engine = NULL;
    pthread_mutex_unlock(&desk->lock);
    shutdown(desk->fd, SHUT_RDWR); /* accept returns */
}

void cli_desk_close(struct cli_desk *desk)
{
    if (!desk)
        return;
    pthread_join(desk->thread, NULL);
    release(desk);
}

/* ------------------------------------------------------------------ who asks */

/* -1: nobody is there. */
static int call_desk(const char *path)
{
    int dir = open_dir(path), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = address_in(dir);
    if (dir < 0 || fd < 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    if (dir >= 0)
        close(dir);
    return fd;
}

/* NULL: something is not UTF-8. */
static json_t *act_as_json(const struct cli_act *act)
{
    json_t *asked = cli_must(json_object());
    if (put_text(asked, "act", act_names[act->kind]) &&
        put_text(asked, "target", act->target) &&
        put(asked, "output", act->output, act->output_len) &&
        put_text(asked, "error", act->error) && put_text(asked, "cause", act->cause))
        return asked;
    json_decref(asked);
    return NULL;
}

bool cli_desk_ask(const char *dir, const struct cli_act *act, asl_error *error)
{
    int fd = call_desk(dir);
    if (fd < 0)
        return false;
    ASLI_AUTO(json) json_t *asked = act_as_json(act);
    ASLI_AUTO(json)
    json_t *answer = asked && send_json(fd, asked) ? receive_json(fd) : NULL;
    const json_t *code = json_object_get(answer, "code");
    close(fd);
    *error = (asl_error){0};
    if (!asked)
        asl_error_set(error, ASL_EINVAL, "it is not UTF-8");
    else if (!json_is_integer(code))
        asl_error_set(error, ASL_ESYSTEM,
                      "the engine that has the store ended before it answered");
    else if (json_integer_value(code))
        asl_error_set(error, (int)json_integer_value(code), "%s",
                      cli_text(answer, "text"));
    return true;
}
