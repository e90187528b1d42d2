/* SPDX-License-Identifier: Apache-2.0
 *
 * A call: from the first byte of a request to the last of its answer.
 *
 * It is made when the head of a request is there (http.c), runs when all of it is, and is answered
 * once: by itself when something is wrong with it, or by the handler of its action. Its memory goes
 * when both are through with it: MHD (asli_call_done), and the handler that it was handed to.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"
#include "server/private.h"

#define JSON_TYPE "application/x-amz-json-1.0"
#define TARGET "AWSStepFunctions."
#define SERVICE "states" /* of a signature's scope */
#define MAX_HEADERS 100
#define LOOK_AGAIN 1.0 /* seconds */

struct asli_call *asli_call_new(struct asli_server *server,
                                struct MHD_Connection *connection, struct asli_peer *peer)
{
    struct asli_call *call = asli_alloc(sizeof *call);
    unsigned char random[16];
    if (!call)
        return NULL;
    call->server = server;
    call->connection = connection;
    call->peer = peer;
    call->began = ev_time();
    if (getrandom(random, sizeof random, 0) != sizeof random)
        memset(random, 0, sizeof random);
    asli_uuid_format(random, call->id);
    peer->call = call;
    return call;
}

static void release(struct asli_call *call)
{
    asli_bytes_done(&call->body);
    json_decref(call->input);
    asli_free(call);
}

void asli_call_done(struct asli_call *call)
{
    call->server->body_bytes -= call->body.cap;
    asli_bytes_done(&call->body);
    call->server->unsent -= call->queued;
    if (call->peer)
        call->peer->call = NULL;
    call->peer = NULL;
    call->connection = NULL;
    if (!call->handed)
        release(call);
}

/* ------------------------------------------------------------------ answers */

/* MHD sends it when the connection is next looked at. */
static void queue(struct asli_call *call)
{
    struct MHD_Response *response = call->response;
    call->response = NULL;
    if (call->server->ending)
        MHD_add_response_header(response, "Connection", "close");
    call->queued =
        MHD_queue_response(call->connection, call->status, response) == MHD_YES;
    call->server->unsent += call->queued;
    MHD_destroy_response(response);
    if (call->suspended) {
        asli_peer_moved(call->server, call->peer);
        call->suspended = false;
        call->server->resumed = true;
        MHD_resume_connection(call->connection);
    }
}

static void stop_watching(struct asli_call *call)
{
    asli_call_on_gone(call, NULL, NULL);
    asli_call_after(call, 0, NULL, NULL);
}

static void unlink_call(struct asli_call *call)
{
    call->server->waiting--;
    if (call->prev)
        call->prev->next = call->next;
    else
        call->server->calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
    call->prev = call->next = NULL;
}

/* The handler is through with it. */
static void hand_back(struct asli_call *call)
{
    if (!call->handed)
        return;
    stop_watching(call);
    if (!call->abandoned)
        unlink_call(call);
    call->handed = false;
}

static void tell(const struct asli_call *call)
{
    struct asli_log *log = &call->server->log;
    double seconds = ev_time() - call->began;
    asli_metrics_request(&call->server->metrics, call->action, call->status, seconds);
    if (!asli_log_wants(log, ASLI_LOG_INFO))
        return;
    asli_log_begin(log, ASLI_LOG_INFO, "request");
    asli_log_text(log, "requestId", call->id);
    asli_log_text(log, "action", call->action ? call->action->name : NULL);
    asli_log_text(log, "account", call->tenant ? call->tenant->account : NULL);
    asli_log_text(log, "region", call->tenant ? call->tenant->region : NULL);
    asli_log_number(log, "status", call->status);
    asli_log_text(log, "exception", call->exception);
    asli_log_thousandths(log, "ms", (uint64_t)(seconds > 0 ? seconds * 1e6 : 0));
    asli_log_number(log, "bytes", call->sent);
    asli_log_end(log);
}

/* `call` may be gone after this. */
static void answer(struct asli_call *call, unsigned status, const char *type,
                   char *take_data, size_t len)
{
    bool mute = call->abandoned || !call->connection;
    hand_back(call);
    if (!mute) {
        call->status = status;
        call->sent = len;
        call->response =
            MHD_create_response_from_buffer_with_free_callback(len, take_data, asli_free);
    }
    if (mute || !call->response)
        asli_free(take_data);
    if (!mute)
        tell(call);
    if (!call->connection) {
        release(call);
    } else if (call->response) {
        MHD_add_response_header(call->response, "Content-Type", type);
        MHD_add_response_header(call->response, "x-amzn-RequestId", call->id);
        if (!call->inside)
            queue(call);
    } else if (!mute && call->suspended) { /* out of memory: MHD closes the connection */
        call->suspended = false;
        call->server->resumed = true;
        MHD_resume_connection(call->connection);
    }
}

/* What is said when there is no memory to say more. */
static void answer_oom(struct asli_call *call)
{
    static const char text[] = "{\"__type\":\"com.amazon.coral.service#InternalFailure\","
                               "\"message\":\"out of memory\"}";
    char *data = asli_strndup(text, sizeof text - 1);
    call->exception = "InternalFailure";
    answer(call, 500, JSON_TYPE, data, data ? sizeof text - 1 : 0);
}

void asli_call_page(struct asli_call *call, const char *type, char *take_data, size_t len)
{
    if (take_data)
        answer(call, 200, type, take_data, len);
    else
        answer_oom(call);
}

void asli_call_succeed(struct asli_call *call, json_t *take_output)
{
    char *text = NULL;
    size_t len = 0;
    int rc = take_output ? asli_json_text(take_output, &text, &len, NULL) : ASL_ENOMEM;
    json_decref(take_output);
    if (rc == 0)
        answer(call, 200, JSON_TYPE, text, len);
    else
        answer_oom(call);
}

/* A message may show what the client sent. */
static json_t *message_of(const char *text, size_t len)
{
    const char *end = text + len, *wrong = asli_utf8_check(text, end);
    return json_stringn_nocheck(text, (size_t)((wrong ? wrong : end) - text));
}

static void refuse_text(struct asli_call *call, const struct asli_exception *row,
                        const char *name, const char *message, size_t message_len)
{
    struct asli_bytes out = {0};
    json_t *text = message ? message_of(message, message_len) : NULL;
    int rc = text ? 0 : ASL_ENOMEM;
    asli_bytes_addf(&out, "{\"__type\":\"%s#%s\",\"message\":", row->space, name);
    if (rc == 0)
        rc = asli_json_write(text, &out, NULL);
    asli_bytes_addc(&out, '}');
    json_decref(text);
    size_t len = out.len;
    char *data = asli_bytes_take_text(&out);
    call->exception = row->name[0] ? row->name : name;
    if (rc == 0 && data) {
        answer(call, row->status, JSON_TYPE, data, len);
    } else {
        asli_free(data);
        answer_oom(call);
    }
}

static void refuse(struct asli_call *call, const struct asli_exception *row,
                   const char *name, const char *message)
{
    refuse_text(call, row, name, message, message ? strlen(message) : 0);
}

void asli_call_refuse_text(struct asli_call *call, const char *exception,
                           const char *message, size_t len)
{
    refuse_text(call, asli_exception_named(exception), exception, message, len);
}

void asli_call_trouble(struct asli_call *call, enum asli_exception_id id,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ASLI_AUTO(text) char *message = asli_vprintf(format, args);
    va_end(args);
    const struct asli_exception *row = asli_exception_of(id);
    refuse(call, row, row->name, message);
}

void asli_call_refuse(struct asli_call *call, const char *exception, const char *format,
                      ...)
{
    va_list args;
    va_start(args, format);
    ASLI_AUTO(text) char *message = asli_vprintf(format, args);
    va_end(args);
    refuse(call, asli_exception_named(exception), exception, message);
}

void asli_call_fail(struct asli_call *call, const asl_error *error)
{
    const char *name = error->exception;
    const struct asli_exception *row =
        name ? asli_exception_named(name) : asli_exception_coded(error->code, &name);
    refuse(call, row, name, error->text[0] ? error->text : asl_code_text(error->code));
}

void asli_call_abandon(struct asli_call *call)
{
    stop_watching(call);
    unlink_call(call);
    if (!call->connection)
        return;
    const struct asli_exception *row = asli_exception_of(ASLI_EXCEPTION_UNAVAILABLE);
    call->handed = false; /* for refuse */
    refuse(call, row, row->name, "the server ends");
    call->handed = call->abandoned = true;
}

/* ------------------------------------------------------------------ what a handler may wait for */

struct asli_tenant *asli_call_tenant(const struct asli_call *call)
{
    return call->tenant;
}

const char *asli_call_action(const struct asli_call *call)
{
    return call->action->name;
}

const json_t *asli_call_input(const struct asli_call *call)
{
    return call->input;
}

void asli_call_gone(struct asli_call *call)
{
    void (*gone)(struct asli_call *, void *) = call->gone;
    void *arg = call->gone_arg;
    asli_call_on_gone(call, NULL, NULL);
    if (gone)
        gone(call, arg);
}

/* Its client ended the connection, or its half of it. */
static bool has_left(const struct asli_call *call)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    return getsockopt(call->peer->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
           info.tcpi_state != TCP_ESTABLISHED;
}

/* Something to read while it waits: its end, or the next request, behind which an end cannot be
 * heard. */
static void on_heard(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct asli_call *call = io->data;
    (void)events;
    if (has_left(call)) {
        asli_call_gone(call);
        return;
    }
    ev_io_stop(loop, io);
    ev_timer_start(loop, &call->looks);
}

static void on_look(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct asli_call *call = timer->data;
    (void)loop;
    (void)events;
    if (has_left(call))
        asli_call_gone(call);
}

void asli_call_on_gone(struct asli_call *call,
                       void (*gone)(struct asli_call *call, void *arg), void *arg)
{
    struct ev_loop *loop = call->server->loop;
    if (call->gone) {
        ev_io_stop(loop, &call->hears);
        ev_timer_stop(loop, &call->looks);
    }
    call->gone = gone;
    call->gone_arg = arg;
    if (!gone || !call->peer)
        return;
    ev_io_init(&call->hears, on_heard, call->peer->fd, EV_READ);
    ev_timer_init(&call->looks, on_look, LOOK_AGAIN, LOOK_AGAIN);
    call->hears.data = call->looks.data = call;
    ev_io_start(loop, &call->hears);
}

static void on_due(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct asli_call *call = timer->data;
    void (*due)(struct asli_call *, void *) = call->due;
    (void)loop;
    (void)events;
    call->due = NULL;
    due(call, call->due_arg);
}

void asli_call_after(struct asli_call *call, int64_t ms,
                     void (*due)(struct asli_call *call, void *arg), void *arg)
{
    if (call->due)
        ev_timer_stop(call->server->loop, &call->timer);
    call->due = due;
    call->due_arg = arg;
    if (!due)
        return;
    ev_timer_init(&call->timer, on_due, (double)ms / 1000, 0.);
    call->timer.data = call;
    ev_timer_start(call->server->loop, &call->timer);
}

/* ------------------------------------------------------------------ running */

static const char *header(const struct asli_call *call, const char *name)
{
    return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

/* The media type alone, whatever its parameters. */
static bool is_json(const char *type)
{
    size_t len = sizeof JSON_TYPE - 1;
    return type && strncasecmp(type, JSON_TYPE, len) == 0 &&
           (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static bool find_action(struct asli_call *call)
{
    const char *target = header(call, "X-Amz-Target");
    if (is_json(header(call, "Content-Type")) && target &&
        strncmp(target, TARGET, sizeof TARGET - 1) == 0)
        call->action = asli_action_find(target + sizeof TARGET - 1);
    if (!call->action)
        asli_call_trouble(call, ASLI_EXCEPTION_UNKNOWN_OPERATION,
                          "POST " JSON_TYPE " with X-Amz-Target: " TARGET "ACTION");
    return call->action != NULL;
}

static enum MHD_Result collect(void *arg, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
    struct asli_signed *request = arg;
    struct asli_header *list = (struct asli_header *)request->headers;
    (void)kind;
    if (request->header_count == MAX_HEADERS)
        return MHD_NO;
    list[request->header_count++] = (struct asli_header){name, value ? value : ""};
    return MHD_YES;
}

/* Who asks: of the key that signed it, when there are keys. */
static bool find_tenant(struct asli_call *call)
{
    struct asli_server *server = call->server;
    struct asli_keys *keys = server->options->keys;
    struct asli_header headers[MAX_HEADERS];
    struct asli_signed request = {"POST",          "/",           "", headers, 0,
                                  call->body.data, call->body.len};
    struct asli_bytes text = {0};
    enum asli_exception_id exception;
    call->tenant = keys ? NULL : server->tenants[0];
    if (!keys)
        return true;
    MHD_get_connection_values(call->connection, MHD_HEADER_KIND, collect, &request);
    const struct asli_key *key =
        asli_keys_verify(keys, &request, SERVICE, (int64_t)ev_time(), &exception, &text);
    ASLI_AUTO(text) char *message = asli_bytes_take_text(&text);
    if (key)
        call->tenant = asli_server_tenant(server, key->account, key->region);
    else
        refuse(call, asli_exception_of(exception), asli_exception_of(exception)->name,
               message);
    return call->tenant != NULL;
}

static bool read_input(struct asli_call *call)
{
    asl_error error = {0};
    int rc = asli_json_read(call->body.data ? call->body.data : "", call->body.len,
                            &call->input, &error);
    if (rc == ASL_ENOMEM)
        answer_oom(call);
    else if (rc != 0)
        asli_call_trouble(call, ASLI_EXCEPTION_SERIALIZATION, "%s", error.text);
    call->server->body_bytes -= call->body.cap;
    asli_bytes_done(&call->body);
    return rc == 0;
}

static bool check_input(struct asli_call *call)
{
    struct asli_bytes text = {0};
    enum asli_verdict verdict =
        asli_input_check(&call->action->input, call->input, &text);
    const struct asli_exception *row =
        asli_exception_of(verdict == ASLI_FOREIGN ? ASLI_EXCEPTION_SERIALIZATION
                                                  : ASLI_EXCEPTION_VALIDATION);
    ASLI_AUTO(text) char *message = asli_bytes_take_text(&text);
    if (verdict != ASLI_FITS)
        refuse(call, row, row->name, message);
    else
        asli_input_forget_nulls(call->input);
    return verdict == ASLI_FITS;
}

void asli_call_run(struct asli_call *call)
{
    struct asli_server *server = call->server;
    if (server->ending) {
        asli_call_trouble(call, ASLI_EXCEPTION_UNAVAILABLE, "the server ends");
        return;
    }
    if (!find_action(call) || !find_tenant(call) || !read_input(call) ||
        !check_input(call))
        return;
    call->handed = true;
    call->next = server->calls;
    if (server->calls)
        server->calls->prev = call;
    server->calls = call;
    server->waiting++;
    call->action->handle(call);
}
