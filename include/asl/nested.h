/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/nested.h: executions that start other executions, in the same engine.
 *
 * Serves arn:aws:states:::states:startExecution, .sync, .sync:2, .waitForTaskToken and
 * arn:aws:states:::aws-sdk:sfn:startExecution. StateMachineArn picks a machine by the name in it,
 * whatever its region, account, version or alias. Without Name the child is named after the task's
 * token, so that after a crash the child that was started is found again, not started twice. A
 * child whose parent fails, times out or is stopped while it waits for it (.sync) is stopped.
 */
#ifndef ASL_NESTED_H
#define ASL_NESTED_H

#include <asl.h>
#include <asl/control.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lets executions start this machine (a reference is taken); a later one of the same name replaces
 * it. Children that run already need no machine. Errors: ASL_ENOMEM. */
ASL_API int asl_nested_add(asl_engine *engine, asl_machine *machine, asl_error *reterr);

/* What StateMachineArn means when no machine that was added has its name: asked on the engine's
 * thread; an error fails the task with its exception. asl_control_open sets it. */
typedef int asl_nested_find_fn(void *arg, const char *arn, asl_target *ret_target,
                               asl_error *reterr);
/* Errors: ASL_ENOMEM. */
ASL_API int asl_nested_find(asl_engine *engine, asl_nested_find_fn *find, void *arg,
                            asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
