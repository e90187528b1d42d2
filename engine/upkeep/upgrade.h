/* SPDX-License-Identifier: Apache-2.0
 *
 * From a store version to the next ones (docs/store-format.md): which versions this libasl reads,
 * and the steps that make rows of an older one into rows of today's.
 */
#ifndef ASLI_UPGRADE_H
#define ASLI_UPGRADE_H

#include <asl/maintain.h>

#include "engine/record.h"

/* What a store says that is being upgraded, in place of a version. */
#define ASLI_UPGRADING 0

struct asli_upgrade_step {
    unsigned from; /* makes rows of this version into rows of the next */
    /* Appends what becomes of a value, both without checksum; nothing: the row goes. Keys stay. */
    int (*row)(asl_slice key, asl_slice value, struct asli_bytes *out, asl_error *reterr);
};

/* upgrade_from_2.c: definitions gain a role, a revision and its date, executions and starts the
 * version and alias of their state machine. */
int asli_upgrade_from_2(asl_slice key, asl_slice value, struct asli_bytes *out,
                        asl_error *reterr);

/* All there are, by version; the one without `row` ends them. */
extern const struct asli_upgrade_step asli_upgrade_steps[];

/* What a store says of itself. */
struct asli_store_head {
    bool is_new; /* nothing was ever written into it; its version is today's */
    bool is_virtual;
    unsigned version;
};
int asli_store_head(asl_store *store, void *snapshot, struct asli_store_head *ret_head,
                    asl_error *reterr);
/* 0 for today's version, else ASL_EFORMAT, and what to do. */
int asli_version_check(unsigned version, asl_error *reterr);
/* The same of a store. */
int asli_version_of(asl_store *store, void *snapshot, asl_error *reterr);
/* Does a way lead from that version to today's? */
bool asli_can_upgrade(const struct asli_upgrade_step *steps, unsigned version);
/* Appends a row of version `from` as one of today's; both values with their checksums. */
int asli_upgrade_row(const struct asli_upgrade_step *steps, unsigned from, asl_slice key,
                     asl_slice value, struct asli_bytes *out, asl_error *reterr);
/* asl_upgrade by these steps. */
int asli_upgrade(asl_store *store, const struct asli_upgrade_step *steps,
                 asl_upgrade_counts *ret_counts, asl_error *reterr);
/* asl_load of a line whose records are of any version that they lead from. */
int asli_load(asl_store *store, const char *line, size_t len,
              const struct asli_upgrade_step *steps, char **ret_arn, asl_error *reterr);

#endif
