/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_task: what a provider holds of one attempt. Counted; outlives its step, its execution and
 * the engine. Everything in it but `state` is fixed when it is made; it talks to the engine
 * through the inbox alone.
 */
#ifndef ASLI_TASK_HANDLE_H
#define ASLI_TASK_HANDLE_H

#include "engine/base/id.h"
#include "engine/engine.h"

enum asli_handle_state {
    ASLI_HANDLE_OPEN,
    ASLI_HANDLE_COMPLETED,
    ASLI_HANDLE_CANCELLED,
};

struct asl_task {
    atomic_uint refs; /* all references */
    atomic_uint held; /* those of providers and handlers among them */
    atomic_int state;
    atomic_bool submitted;
    bool redelivered; /* found open in the store */
    struct asli_inbox *inbox;
    struct asli_provider *provider; /* engine's thread: who was asked to start it */
    const struct asl_resource *resource;
    asl_machine *machine; /* keeps resource and state name alive */
    json_t *input;
    char *input_text;
    bool traced;                /* a test wants to know what is said for it */
    json_t *request, *response; /* what was, before its completion; NULL: nothing */
    char *handler;              /* of the provider's view; NULL: the resource's name */
    asl_answer_fn *answer;      /* of the provider's view, or NULL */
    const char *state_name;
    char token[ASLI_TOKEN_LEN + 1];
    uint64_t execution_id;
    uint32_t serial, attempt;
    int64_t map_index;
    unsigned char secret[16];
    struct asli_message completion; /* needs no memory when the time comes */
    char execution[];               /* the ARN */
};

int asli_task_handle_new(struct asli_frame *frame, asl_task **ret_task,
                         asl_error *reterr);
/* The engine's own references, apart from those that providers hold. */
asl_task *asli_task_handle_ref(asl_task *task); /* NULL stays NULL */
void asli_task_handle_unref(asl_task *task);
/* Nobody waits any more: later completions are refused. */
void asli_task_handle_cancel(asl_task *task);
/* Queues the dispatch effect of the frame's task. */
int asli_task_dispatch(struct asli_frame *frame, asl_error *reterr);

#endif
