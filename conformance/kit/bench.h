/* SPDX-License-Identifier: Apache-2.0
 *
 * A bench to run executions on: an engine in memory with virtual time, a host, and what became of
 * the last execution that ended. Every step is asserted, so that tests read as what they are about.
 */
#ifndef KIT_BENCH_H
#define KIT_BENCH_H

#include <asl.h>

#define BENCH_EPOCH 1700000000000 /* when virtual time begins */

struct bench {
    asl_engine *engine;
    asl_host *host;
    int ended; /* executions that have */
    enum asl_status status;
    char *output, *error, *cause;
    int64_t time; /* of the last event */
};

enum bench_flags {
    BENCH_SINGLE = 1, /* no threads */
    BENCH_NO_HOST = 2,
    BENCH_REAL_TIME = 4, /* a clock that stands still at BENCH_EPOCH */
};
/* `store` is borrowed; NULL: in memory. */
void bench_open(struct bench *b, asl_store *store, unsigned flags);
void bench_close(struct bench *b);

void bench_handler(struct bench *b, const char *name, asl_handler_fn *fn, void *arg,
                   unsigned flags);
/* JSON with ' for ", so that it can be read in C. To be unreferenced. */
asl_machine *bench_machine(const char *definition);
/* Starts an execution; its ARN is to be freed with asl_free. */
char *bench_start(struct bench *b, const char *definition, const char *input);
void bench_run(struct bench *b, enum asl_run_until until);
/* Start, run to the end, which must be SUCCEEDED: the output, until the next end. */
const char *bench_output(struct bench *b, const char *definition, const char *input);

#endif
