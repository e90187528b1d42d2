/* SPDX-License-Identifier: Apache-2.0
 *
 * The machines of the executions that a power cut interrupts.
 */
#ifndef POWER_MACHINES_H
#define POWER_MACHINES_H

#include <asl.h>

#define POWER_MACHINES 9

struct power_machine {
    const char *name, *definition; /* its quotes are single ones */
    int express;
    unsigned fill; /* bytes that its input has beside the items */
};

/* Of the execution with this number. */
const struct power_machine *power_machine(unsigned number);
char *power_input(unsigned number); /* free it */

int power_machine_load(unsigned number, asl_machine **ret_machine, asl_error *reterr);

#endif
