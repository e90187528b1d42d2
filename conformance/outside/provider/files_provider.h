/* SPDX-License-Identifier: Apache-2.0
 *
 * A provider that reads and writes the files of one folder: see files_provider.c.
 */
#ifndef FILES_PROVIDER_H
#define FILES_PROVIDER_H

#include <asl/provider.h>

/* Adds it to an engine. `folder` is copied. Errors: ASL_ENOMEM. */
int files_provider_add(asl_engine *engine, const char *folder, asl_error *reterr);

#endif
