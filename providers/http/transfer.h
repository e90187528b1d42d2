/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests by HTTP: one thread with libcurl over all transfers of an engine, started with the first.
 *
 * Invariant: a transfer is made and queued on the engine's thread; from then on it is the transfer
 * thread's, which calls `finish` once and frees it, or frees it alone when it was cancelled before.
 * `busy` of its task ends once: with whoever sets `cancelled`.
 */
#ifndef ASLI_HTTP_TRANSFER_H
#define ASLI_HTTP_TRANSFER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <asl/provider.h>

#include "engine/base/bytes.h"

/* How a transfer failed, if no response came. */
enum asli_transfer_code {
    ASLI_TRANSFER_OK = 0,
    ASLI_TRANSFER_NOT_SENT, /* no such host, nobody there, TLS refused, ... */
    ASLI_TRANSFER_TIMED_OUT,
    ASLI_TRANSFER_TOO_LARGE, /* the response */
    ASLI_TRANSFER_NO_MEMORY,
};

struct asli_transfer {
    struct asli_transfer *next;
    asl_task *task; /* a reference */
    atomic_bool cancelled;
    void *easy, *lines; /* libcurl's, while it runs */
    char words[256];

    /* The request. */
    const char *method; /* static */
    char *url;
    json_t *headers; /* NAME -> text or [text, ...] */
    struct asli_bytes body;
    bool has_body;
    char *sign; /* libcurl's "aws:amz:REGION:SERVICE"; NULL: it is not signed */
    long timeout_ms;
    size_t max_response;

    /* The response. */
    enum asli_transfer_code code;
    char *trouble; /* words for people, when code is not OK */
    int status;
    char *reason;     /* "Not Found"; "" when there is none */
    json_t *answered; /* the headers: NAME -> [text, ...], in order */
    struct asli_bytes response;

    /* Makes of the response what becomes of the task, on the transfer thread: fails it, or leaves
     * its `output`, which it is given when nobody here holds any JSON of it any more. An ASL_E code
     * when neither could be done. */
    int (*finish)(struct asli_transfer *transfer, asl_error *reterr);
    json_t *output;
    const struct asli_http *http; /* for finish, if it needs it; it outlives the thread */
};

struct asli_transfers_options {
    unsigned max_running;
    unsigned connect_timeout_ms;
    size_t max_response;
    const char *credentials; /* "KEY:SECRET", borrowed */
    const char *ca_file;     /* borrowed; NULL: the system's */
};

struct asli_transfers;

int asli_transfers_new(const struct asli_transfers_options *options,
                       struct asli_transfers **ret_transfers, asl_error *reterr);
/* Aborts what runs and ends the thread. */
void asli_transfers_free(struct asli_transfers *transfers);

/* A transfer for a task, to be filled. NULL: oom. */
struct asli_transfer *asli_transfer_new(asl_task *task);
void asli_transfer_free(struct asli_transfer *transfer);

/* Queues it. */
int asli_transfers_add(struct asli_transfers *transfers,
                       struct asli_transfer *take_transfer, asl_error *reterr);
/* Aborts that of a task, if there is one. */
void asli_transfers_cancel(struct asli_transfers *transfers, const asl_task *task);

/* Sets a header of the request. */
int asli_transfer_header(struct asli_transfer *transfer, const char *name,
                         const char *value, asl_error *reterr);

#endif
