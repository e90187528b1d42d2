/* SPDX-License-Identifier: Apache-2.0
 *
 * What exec.c (the provider and its thread) knows of exec_child.c (one process).
 *
 * Invariant: a child belongs to the provider's thread; only `next` is shared, under the provider's
 * lock, and `cancelled`, which anybody may set.
 */
#ifndef ASLI_EXEC_PRIVATE_H
#define ASLI_EXEC_PRIVATE_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <asl/exec.h>
#include <asl/provider.h>

#include "engine/base/bytes.h"

struct asli_command {
    struct asli_command *next;
    struct asli_exec *exec;
    char **argv;
    char *activity, *worker; /* NULL when none */
    size_t max_output;
    int errors_fd; /* -1: do not copy */
};

enum { ASLI_CHILD_IN, ASLI_CHILD_OUT, ASLI_CHILD_ERR, ASLI_CHILD_FDS };

struct asli_child {
    struct asli_child *next;
    asl_task *task; /* a reference */
    const struct asli_command *command;
    atomic_bool cancelled;  /* nobody waits for it */
    pid_t pid;              /* 0: not started */
    int pidfd;              /* readable when it has ended; -1: the kernel has none */
    int fd[ASLI_CHILD_FDS]; /* our ends; -1: closed */
    size_t written;         /* of the input */
    struct asli_bytes out, errors;
    int64_t kill_at; /* SIGTERM was sent; 0: it was not */
    bool killed, completed;
};

#define ASLI_CHILD_POLLS 4

struct asli_child *asli_child_new(asl_task *task, const struct asli_command *command);
void asli_child_free(struct asli_child *child);

/* Starts the process; false: it cannot be started, and the task has failed. */
bool asli_child_start(struct asli_child *child);
/* Does what can be done at `now` (monotonic, ms). True: the process is gone, the task completed. */
bool asli_child_turn(struct asli_child *child, int64_t now);
/* What to wait for: entries for poll(2), and no longer than *wait ms (-1: for ever). */
nfds_t asli_child_polls(const struct asli_child *child, int64_t now, struct pollfd *polls,
                        int64_t *wait);

#endif
