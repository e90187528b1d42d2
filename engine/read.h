/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that read a store for people share: an open read, and the pieces of answers.
 */
#ifndef ASLI_READ_H
#define ASLI_READ_H

#include "engine/record.h"

struct asli_reading {
    asl_store *store;
    void *snapshot;
    asl_error *reterr;
};
int asli_read_open(struct asli_reading *r, asl_store *store, asl_error *reterr);
/* Of a name or an ARN. */
int asli_read_summary(struct asli_reading *r, const char *execution,
                      struct asli_summary *s);
/* The ARN of a child's Map run: a new text. */
int asli_read_run_arn(struct asli_reading *r, const struct asli_kin *kin, char **ret_arn);

json_t *asli_seconds(int64_t ms);
/* These are 0, or not: out of memory. NULL and (dates) 0 put nothing. */
int asli_put(json_t *o, const char *key, json_t *take_value);
int asli_put_text(json_t *o, const char *key, const char *text);
int asli_put_date(json_t *o, const char *key, int64_t ms);
/* As ListExecutions tells of it: with a Map run when that is listed, else NULL. */
int asli_put_listed(json_t *o, const struct asli_summary *s, const char *map_run_arn);
/* What ListExecutions and DescribeExecution have in common. */
int asli_put_execution(json_t *o, const struct asli_summary *s);

#endif
