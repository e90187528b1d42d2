/* SPDX-License-Identifier: Apache-2.0
 *
 * A process `asl serve` of a test's own, on a free port of 127.0.0.1, as account 111111111111 in
 * us-east-1.
 */
#ifndef KIT_SERVER_H
#define KIT_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "conformance/kit/client.h"

struct server {
    pid_t pid; /* 0: none runs */
    struct endpoint endpoint;
};

/* Starts the program `asl` on the store FOLDER/store, with `options` (ending in NULL; or NULL: none
 * more); what it prints goes to FOLDER/log. 0 when it listens; -1: it ended or said nothing, and stderr
 * has its log. */
int server_start(struct server *server, const char *asl, const char *folder,
                 const char *const *options);

/* Sends the signal and waits for the end; false: it did not end with status 0 (SIGTERM) or by the
 * signal (SIGKILL), or has not in ten seconds and was killed. */
bool server_end(struct server *server, int signal);

/* Memory of its own that it holds, in bytes; 0: the system does not tell. */
double server_memory(const struct server *server);

/* Seconds of the processor that it has used. */
double server_cpu(const struct server *server);

#endif
