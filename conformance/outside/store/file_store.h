/* SPDX-License-Identifier: Apache-2.0
 *
 * A store in one file, for a few thousand rows: see file_store.c.
 */
#ifndef FILE_STORE_H
#define FILE_STORE_H

#include <asl/store.h>

/* Opens the store in directory `dir`, which exists: DIR/rows, made when it is missing. Errors:
 * ASL_EBUSY (another process has it), ASL_EFORMAT, ASL_ESYSTEM, ASL_ENOMEM. */
int file_store(const char *dir, asl_store **ret_store, asl_error *reterr);

#endif
