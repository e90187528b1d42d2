/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing to a store without an engine: the lease, bounded batches, and the removal of rows that
 * takes several of them.
 *
 * A removal row ('i') stands for an id whose rows belong to no execution: no longer, or not yet. It
 * names the last history row that is there. Whoever finds one removes the rows, then it. No batch
 * applied while it lives shows them.
 */
#ifndef ASLI_UPKEEP_H
#define ASLI_UPKEEP_H

#include "engine/record.h"

/* Room for the lease and the store row, and for what ends an execution's removal or loading. */
#define ASLI_UPKEEP_OPS (4096 - 12)

struct asli_upkeep {
    asl_store *store;
    asl_error *reterr;
    bool is_new, is_virtual; /* nothing was ever written; its kind of time */
    bool leased;             /* there is a lease row */
    uint64_t epoch;
    struct asli_bytes bytes, ops; /* the open batch: asl_op with offsets into bytes */
};

/* Reads version and lease; nothing is written. Errors: ASL_EFORMAT, the store's. */
int asli_upkeep_open(struct asli_upkeep *u, asl_store *store, asl_error *reterr);
/* The same of any version. */
int asli_upkeep_open_any(struct asli_upkeep *u, asl_store *store, unsigned *ret_version,
                         asl_error *reterr);
/* Takes the lease, with the open batch: from here on every other writer is fenced. */
int asli_upkeep_lease(struct asli_upkeep *u);
/* And removes what was left behind. */
int asli_upkeep_take(struct asli_upkeep *u);
void asli_upkeep_done(struct asli_upkeep *u);

size_t asli_upkeep_count(const struct asli_upkeep *u);
void asli_upkeep_delete(struct asli_upkeep *u, asl_slice key);
void asli_upkeep_put(struct asli_upkeep *u, asl_slice key, asl_slice value);
/* The value is what `u->bytes` gets until asli_upkeep_end. */
void asli_upkeep_begin(struct asli_upkeep *u, asl_slice key);
void asli_upkeep_end(struct asli_upkeep *u);
/* Puts a removal row. */
void asli_upkeep_mark(struct asli_upkeep *u, uint64_t id, uint64_t row);
int asli_upkeep_apply(struct asli_upkeep *u); /* an empty batch: nothing */

/* All rows of an execution, whose history ends with `row` and whose name row this is (NULL: there
 * is none), and of its children. The last of it stays in the open batch. */
int asli_upkeep_remove(struct asli_upkeep *u, uint64_t id, uint64_t row,
                       const struct asli_key *name);
/* ASL_EINVAL when it is a child: one can only `verb` its parent. */
int asli_upkeep_own(asl_store *store, void *snapshot, const struct asli_summary *s,
                    const char *verb, asl_error *reterr);
/* Definitions that no execution has, but for those that `skip` is true for (may be NULL). */
typedef bool asli_skip_fn(void *arg, const struct asli_summary *s);
int asli_upkeep_unused(struct asli_upkeep *u, asli_skip_fn *skip, void *arg, bool dry_run,
                       size_t *count);

/* For asl_engine_open: finishes what was interrupted; takes the lease only for that. */
int asli_upkeep_finish(asl_store *store, asl_error *reterr);

#endif
