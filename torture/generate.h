/* SPDX-License-Identifier: Apache-2.0
 *
 * Generated state machines: a seed and a number give the same machine for ever.
 *
 * A machine is a chain of pieces (pieces.h), written in JSONPath or in JSONata. All that is done
 * in it depends on its input alone, so that however often it is interrupted it has one outcome.
 */
#ifndef TORTURE_GENERATE_H
#define TORTURE_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include <asl.h>

/* One execution of a round, of a machine of its own, and how it ends. */
struct torture_case {
    char name[16]; /* of the execution, and of the machine */
    char *definition, *input;
    asl_machine *machine;
    bool express;
    bool stop; /* it never ends by itself; it is stopped once its start is acknowledged */
    bool redrive; /* it fails, and succeeds when it is redriven */
    /* How an undisturbed run ends (oracle.h); a case that is stopped has no events to compare,
     * since nobody knows how far it comes. */
    enum asl_status status;
    char *output, *error, *cause; /* as it is described */
    char *told;                   /* output or error, as the hook is told */
    json_t *events; /* {"TYPE STATE": how many, ...}; NULL: not to be compared */
};

#define TORTURE_STOP_ERROR "Stopped"
#define TORTURE_STOP_CAUSE "by torture"

/* Fills a zeroed case but for its end. */
void torture_generate(struct torture_case *ret_case, uint64_t seed, unsigned nth);
void torture_case_done(struct torture_case *its);

#endif
