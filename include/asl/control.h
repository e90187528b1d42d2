/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/control.h: what AWS has beside executions: the Map runs of distributed Maps.
 *
 * As the readers of asl.h these read what is durable, from any store, beside a running engine too,
 * and store a new JSON value in AWS's response shape. `execution` is an ARN, or a name when only
 * one machine has an execution of it. Errors: ASL_ENOTFOUND, ASL_EINVAL (the name is ambiguous),
 * ASL_EFORMAT, ASL_ESTORE, ASL_ENOMEM. Thread: any.
 */
#ifndef ASL_CONTROL_H
#define ASL_CONTROL_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* {"mapRuns": [...]}, newest last, each as DescribeMapRun tells of it; one for each attempt of each
 * distributed Map. "total" counts what is known of: of items that are read (ItemReader) and of
 * executions, those that were started. */
ASL_API int asl_map_runs(asl_store *store, const char *execution, json_t **ret_runs,
                         asl_error *reterr);

/* {"executions": [...]}, newest first: the children of one of its Map runs, as ListExecutions tells
 * of them with a mapRunArn. asl_describe, asl_history and asl_open_tasks know them by name or ARN,
 * asl_list leaves them out. Express children are not among them. `status` NULL: all. ASL_ENOTFOUND
 * also: it has no such Map run. */
ASL_API int asl_map_run_executions(asl_store *store, const char *execution,
                                   const char *map_run_arn, const char *status,
                                   json_t **ret_list, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
