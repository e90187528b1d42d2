/* SPDX-License-Identifier: Apache-2.0
 *
 * An engine driven by hand: no thread, no file descriptor, no clock. The program says what time it
 * is; this one, like a simulation, goes from deadline to deadline. What it has to do is all of
 * asl/host.h.
 */
#include <stdio.h>

#include <asl/host.h>

#include "examples/embedding/greeting.h"

/* Everything that can be done at `now`. `error` is zeroed. */
static int turn(asl_engine *engine, int64_t now, asl_error *error)
{
    int rc;
    do {
        rc = asl_engine_run_ready(engine, now, error);
        if (rc != 0)
            return rc;
        const asl_batch *batch = asl_engine_take_batch(engine, error);
        rc = error->code; /* NULL and 0: there is nothing to write */
        if (batch != NULL) {
            rc = asl_store_apply(asl_engine_store(engine), batch, error);
            /* Now, that it is durable, handlers and hooks are called; they may queue more. */
            asl_engine_batch_done(engine, rc, error);
        }
    } while (rc == 0 && asl_engine_has_ready(engine));
    return rc;
}

int main(void)
{
    struct greeting g;
    asl_error error = {0};
    int64_t now = 1735689600000; /* 2025-01-01T00:00:00Z */
    int rc = greeting_open(&g, 0, &error);
    if (rc == 0)
        rc = greeting_start(&g, "Ada", &error);
    while (rc == 0 && (rc = turn(g.engine, now, &error)) == 0 && g.running > 0) {
        int64_t next = asl_engine_next_deadline(g.engine);
        printf("%lld days pass\n", (long long)(next - now) / 86400000);
        now = next;
    }
    if (rc != 0)
        fprintf(stderr, "%s\n", error.text);
    greeting_close(&g);
    return rc != 0;
}
