/* SPDX-License-Identifier: Apache-2.0
 *
 * What the three programs of this folder run: a state machine that greets, a year later, and prints
 * the greeting when an execution ends. How an engine is driven is what they differ in.
 */
#ifndef GREETING_H
#define GREETING_H

#include <asl.h>

struct greeting {
    asl_engine *engine;
    asl_machine *machine;
    int running; /* executions that have not ended */
};

/* Opens an engine in memory, with virtual time or with the clock's. 0, or an ASL_E code. */
int greeting_open(struct greeting *g, int virtual_time, asl_error *reterr);
/* Starts an execution that greets `name`. */
int greeting_start(struct greeting *g, const char *name, asl_error *reterr);
void greeting_close(struct greeting *g);

#endif
