/* SPDX-License-Identifier: Apache-2.0
 *
 * What an action of the API sees of the server, and the server of an action.
 *
 * A row of server/tbl/actions.h names an action, its handler and the members of its input. The server
 * has read the request, found its tenant and checked the input against the row before it calls the
 * handler, which answers exactly once, then or later, on the engine's thread. What it answers leaves
 * at once: it answers when all that the answer was computed from is durable.
 */
#ifndef ASLI_SERVER_ACTION_H
#define ASLI_SERVER_ACTION_H

#include <asl.h>
#include <asl/control.h>

struct asli_line;
struct asli_sync;

/* An account in a region. It has a store of its own, and sees no other's. */
struct asli_tenant {
    char *account, *region;
    char *dir;     /* of its store */
    char *log_dir; /* of what its executions log; NULL: nothing */
    struct asli_group *groups;
    asl_store *store;
    asl_engine *engine;
    asl_host *host;
    asl_control *control;
    struct asl_ev *ev; /* its place on the loop */
    struct asli_server *server;
    struct asli_line *lines; /* workers that wait for tasks (act_task.c) */
    struct asli_sync *syncs; /* callers that wait for an execution's end (act_start.c) */
};

/* One request, until it is answered. */
struct asli_call;
typedef void asli_action_fn(struct asli_call *call);

struct asli_tenant *asli_call_tenant(const struct asli_call *call);
const char *asli_call_action(const struct asli_call *call); /* "StartExecution" */
/* An object whose members fit the row; others than the row's are ignored. Borrowed. */
const json_t *asli_call_input(const struct asli_call *call);

/* The three ways to answer; `call` is gone then. NULL output: out of memory. */
void asli_call_succeed(struct asli_call *call, json_t *take_output);
/* With an exception of AWS, such as "InvalidToken", and its message. */
void asli_call_refuse(struct asli_call *call, const char *exception, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));
/* The same with a message that may have NUL characters. NULL: out of memory. */
void asli_call_refuse_text(struct asli_call *call, const char *exception,
                           const char *message, size_t len);
/* With what a call of the library said: its exception, when it has one; else a fault of the server. */
void asli_call_fail(struct asli_call *call, const asl_error *error);

/* For one that waits long: `gone` is called when its client has gone, or the server ends; it answers then
 * (nobody hears it). NULL: no more. */
void asli_call_on_gone(struct asli_call *call,
                       void (*gone)(struct asli_call *call, void *arg), void *arg);
/* Calls `due` once, so many milliseconds from now, unless it is answered before; again: sets both
 * anew, NULL: no more. */
void asli_call_after(struct asli_call *call, int64_t ms,
                     void (*due)(struct asli_call *call, void *arg), void *arg);

/* The handlers, in server/act_*.c. */
#define ACTION(name, members) asli_action_fn asli_act_##name;
#include "server/tbl/actions.h"
#undef ACTION

#endif
