/* SPDX-License-Identifier: Apache-2.0
 *
 * What func.c offers to other providers, and how it plays AWS Lambda behind
 * arn:aws:states:::lambda:invoke (func_lambda.c): the names of functions, the request's Payload as
 * the handler's input, and the shape of Lambda's answers.
 */
#ifndef ASLI_FUNC_PRIVATE_H
#define ASLI_FUNC_PRIVATE_H

#include <stddef.h>

#include <asl.h>
#include <asl/provider.h>

/* asl_handler, with a function that is told on the engine's thread when nobody waits for one of
 * its tasks any more. */
typedef void asli_cancel_fn(asl_task *task, void *arg);
int asli_handler_add(asl_engine *engine, const char *name, asl_handler_fn *handler,
                     asli_cancel_fn *cancel_fn, void *arg, unsigned flags,
                     asl_error *reterr);

/* The function's own name inside a FunctionName: "NAME", "NAME:ALIAS",
 * "ACCOUNT:function:NAME", "arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION". Borrowed. */
const char *asli_lambda_function(const char *function_name, size_t *ret_len);

/* Lets the handler see the Payload, and puts its output into Lambda's answer. */
int asli_lambda_view(asl_task *task, const char *handler, asl_error *reterr);

/* Lambda's answer, made of what came: its headers (NAME -> [VALUE, ...]) and the function's result.
 * `log_result` may be NULL; NULL for what is taken: out of memory. */
int asli_lambda_answer(json_t *take_payload, json_t *take_headers, int status,
                       const char *request_id, const char *log_result,
                       json_t **ret_answer, asl_error *reterr);

/* Fails the task as AWS does when there is no such function. */
int asli_lambda_not_found(asl_task *task, asl_error *reterr);

#endif
