/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/maintain.h: the life of a store: checking, pruning, deleting, dumping, loading and upgrading
 * it.
 *
 * asl_check and asl_dump only read, beside a running engine too. The others write, and are for a
 * store on which no engine is open: one that is open in this process is fenced, and its next
 * write fails. Each of them may be killed at any moment: what it had begun to remove or to add is
 * removed when the store is next opened or maintained, and an upgrade goes on when it is repeated.
 * Thread: any, one call at a time.
 */
#ifndef ASL_MAINTAIN_H
#define ASL_MAINTAIN_H

#include <stddef.h>
#include <stdint.h>

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Something wrong in a store. Borrowed for the call that tells it. */
typedef struct asl_problem {
    const char *key;       /* of the row, for people: "history 7 of batch 12" */
    const char *execution; /* ARN, when it is about one that can be read; or NULL */
    const char *text;      /* what is wrong with it */
    const char *advice;    /* what to do */
} asl_problem;
typedef void asl_problem_fn(void *arg, const asl_problem *problem);

typedef struct asl_check_counts {
    size_t rows, executions, running, machines, problems;
} asl_check_counts;

/* Reads and decodes every row and follows every reference. Returns 0 when all could be read,
 * however many problems there are. Errors: ASL_EFORMAT (a store of another version), the store's,
 * ASL_ENOMEM. `problem` may be NULL. */
ASL_API int asl_check(asl_store *store, asl_problem_fn *problem, void *arg,
                      asl_check_counts *ret_counts, asl_error *reterr);

typedef struct asl_prune_options {
    size_t size;
    int64_t before;     /* only executions that stopped before this moment */
    const char *status; /* only those of this status, such as "FAILED"; NULL: any */
    int dry_run;        /* 1: count and tell, change nothing */
    void (*pruned)(void *arg, const char *arn, enum asl_status status, int64_t stop_time);
    void *arg;
} asl_prune_options;
typedef struct asl_prune_counts {
    size_t executions, machines;
} asl_prune_counts;

/* Removes executions that ended, with their children (of distributed Maps), and the definitions
 * that no execution has any more. Their names are free again; children are not counted. Batches
 * have at most 4096 operations; `pruned` (may be NULL) is called when it is durable. Errors:
 * ASL_EINVAL (status), ASL_EFORMAT, ASL_EFENCED, the store's, ASL_ENOMEM. */
ASL_API int asl_prune(asl_store *store, const asl_prune_options *options,
                      asl_prune_counts *ret_counts, asl_error *reterr);

/* Removes one execution, an ARN or a name as everywhere, with its children. Errors: ASL_ENOTFOUND,
 * ASL_EBUSY (it runs: stop it first), ASL_EINVAL (ambiguous, or a child: its parent can be
 * deleted), and those of asl_prune. */
ASL_API int asl_delete(asl_store *store, const char *execution, asl_error *reterr);

/* Gets a line without its newline; not 0 ends the dump, which returns that value. */
typedef int asl_line_fn(void *arg, const char *line, size_t len);

/* One execution, or all (NULL) in the order of their ids, as they were at one moment. A line is a
 * JSON object: "execution" (DescribeExecution), "definition", "history" (GetExecutionHistory), for
 * people and programs; and "records", all that asl_load needs, of its children too: these have no
 * lines of their own, and asking for one is ASL_EINVAL. A line is made in memory. Rows of others
 * (asl/host.h) belong to no execution and are left out. */
ASL_API int asl_dump(asl_store *store, const char *execution, asl_line_fn *line,
                     void *arg, asl_error *reterr);

/* Puts a dumped execution into a store. One that was running goes on when an engine is opened. It
 * and its children keep their ids when these are free (else the tokens of its open tasks are
 * others). `virtual_time` of an empty store becomes that of the dump. `ret_arn` may be NULL.
 * Errors: ASL_EEXISTS (there is an execution of that name), ASL_EJSON, ASL_EFORMAT (damaged, or of
 * another version), ASL_EINVAL (of the other kind of time), and those of asl_prune. */
ASL_API int asl_load(asl_store *store, const char *line, size_t len, char **ret_arn,
                     asl_error *reterr);

typedef struct asl_upgrade_counts {
    int from, to; /* store versions; the same: there was nothing to do */
    size_t rows;  /* written anew */
} asl_upgrade_counts;

/* Makes a store that an older libasl wrote one of this version, in place; there is no way back.
 * Before the first write every row is converted on trial, so that one that cannot be leaves the
 * store as it was. Killed at any moment, or out of room, it goes on when it is called again; until
 * it is through every other call refuses the store. `ret_counts` may be NULL. Errors: ASL_EFORMAT
 * (of a newer version, or a damaged row), ASL_EFENCED, the store's, ASL_ENOMEM. */
ASL_API int asl_upgrade(asl_store *store, asl_upgrade_counts *ret_counts,
                        asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
