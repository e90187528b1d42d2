/* SPDX-License-Identifier: Apache-2.0
 *
 * A small world in which one execution runs to its end, however often it is interrupted: a store,
 * a virtual clock, handlers, and somebody who answers callbacks. Each call of world_run is one
 * life of a process: it opens an engine, starts or resumes the execution "run", and ends when the
 * execution has ended or the engine failed.
 */
#ifndef KIT_WORLD_H
#define KIT_WORLD_H

#include <asl.h>

struct world {
    asl_store *store; /* borrowed */
    const char *definition;
    int64_t now;         /* ms; goes on from life to life */
    unsigned long tasks; /* handler calls over all lives */
    asl_error error;     /* of the last life */
};

/* The machines that the loops run over, with variables, Retry, Catch, Parallel, Map and a callback:
 * number 0 speaks JSONPath, number 1 JSONata. */
#define WORLD_MACHINES 2

void world_init(struct world *w, asl_store *store, int machine);

/* One life. 0: the execution has ended; else the code that ended the life. */
int world_run(struct world *w);

/* Of the execution, as durable now; NULL: not there (or an error). New references. */
json_t *world_history(struct world *w);
json_t *world_describe(struct world *w);

/* Is `later` the same events as `earlier`, and perhaps more? */
int world_extends(const json_t *later, const json_t *earlier);

#endif
