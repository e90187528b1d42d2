/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the n-th allocation fail. A test that depends on fault_alloc_dep is linked so that every
 * malloc, calloc and realloc in it, in the static libasl and (through its hook) in jansson is
 * counted; those inside of other shared libraries are not. Works under sanitizers.
 *
 *     for (unsigned long n = 1;; n++) {
 *         fault_alloc_arm(n);
 *         rc = the_call();
 *         if (!fault_alloc_disarm())
 *             break;                     it went through without meeting the n-th allocation
 *         check that rc == ASL_ENOMEM and that nothing changed
 *     }
 *
 * Check is a static library: its assertions allocate as well, so none may stand between arm and
 * disarm. What a test allocates in between for itself stands between pause and resume.
 */
#ifndef KIT_FAULT_ALLOC_H
#define KIT_FAULT_ALLOC_H

#include <stdbool.h>

/* From here on allocations are counted from 1, and the n-th one, of any thread, gives NULL.
 * 0: none does. Arming again starts anew. */
void fault_alloc_arm(unsigned long n);

/* As arm, but all allocations from the n-th on fail. */
void fault_alloc_arm_from(unsigned long n);

/* Ends it. True: an allocation failed since it was armed. */
bool fault_alloc_disarm(void);

/* Between these nothing is counted and nothing fails. They do not nest. */
void fault_alloc_pause(void);
void fault_alloc_resume(void);

/* The allocations seen between arm and disarm, the failed ones included. */
unsigned long fault_alloc_count(void);
/* The bytes that they asked for. */
unsigned long fault_alloc_bytes(void);

#endif
