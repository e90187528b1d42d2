/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a data.mdb is whole. LMDB maps the file and believes it: reading a page behind the
 * end of a file that was cut short ends the process with SIGBUS.
 *
 * A file shorter than its meta page claims is not wrong by itself: pages that one transaction
 * took and gave back are counted but never written. So for a short file the pages in use are
 * walked, with plain reads; LMDB itself is not asked.
 */
#ifndef ASLI_STORES_LMDB_CHECK_H
#define ASLI_STORES_LMDB_CHECK_H

#include <stdbool.h>

#include <asl/error.h>

/* Before LMDB sees the file: are its meta pages sane? `path` is for texts. An empty file, left
 * where making a store did not get further, is sane: `ret_empty`. Errors: ASL_EFORMAT,
 * ASL_ESYSTEM. */
int asli_lmdb_check_meta(int fd, const char *path, bool *ret_empty, asl_error *reterr);

/* Are all pages in use there? The caller holds a read transaction open, so that none of them is
 * written again meanwhile. Errors: ASL_EFORMAT, ASL_ESYSTEM, ASL_ENOMEM. */
int asli_lmdb_check_pages(int fd, const char *path, asl_error *reterr);

#endif
