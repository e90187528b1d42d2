/* SPDX-License-Identifier: Apache-2.0
 *
 * What Step Functions answers to a task that starts an execution (nested_answer.c): pure JSON, made
 * of DescribeExecution responses.
 */
#ifndef ASLI_NESTED_PRIVATE_H
#define ASLI_NESTED_PRIVATE_H

#include <stdbool.h>

#include <asl/provider.h>

/* A request id in the form of a UUID, made of the task's token: the same run, the same answers. */
void asli_nested_id(const asl_task *task, char ret_id[37]);
/* Is it the AWS SDK's startExecution, and not the optimised one? */
bool asli_nested_is_sdk(const asl_task *task);

/* StartExecution's response for the child that `description` describes. */
int asli_nested_started(const asl_task *task, const json_t *description,
                        json_t **ret_answer, asl_error *reterr);
/* The output of .sync and .sync:2, or what stands in the Cause of a child that failed. */
int asli_nested_ended(const asl_task *task, const json_t *description,
                      json_t **ret_answer, asl_error *reterr);
/* Fails the task with an error of Step Functions: code is "InvalidName" and its like. */
int asli_nested_refuse(asl_task *task, const char *code, const char *take_message,
                       asl_error *reterr);

#endif
