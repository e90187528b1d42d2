/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes down what this process does to the data file of one store. Linked into a program it stands
 * before the C library's calls of the same names, for the program and its shared libraries (LMDB).
 */
#ifndef POWER_RECORDER_H
#define POWER_RECORDER_H

#include "conformance/power/log.h"

/* From here on, the store in `dir`, which need not be there yet; its parent must. Both are
 * borrowed until power_record_end. */
void power_record_begin(struct power_log *log, const char *dir);
void power_record_end(void);

/* Thread: any; dropped when nothing is recorded. */
void power_record_mark(json_t *take_mark);

#endif
