/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/exec.h: tasks done by child processes.
 *
 * One process a task. It reads the task's input, JSON, on standard input, and is told more in its
 * environment: ASL_TASK_TOKEN, ASL_TASK_NAME (the handler's name), ASL_ATTEMPT (0, or the number of
 * the retry), ASL_EXECUTION (ARN), ASL_STATE, and ASL_REDELIVERED, 1 when an earlier process may
 * have begun the task already. How it ends decides:
 *
 *     exit 0, JSON on standard output    the task succeeds with that
 *     exit 0, anything else              Exec.InvalidOutput
 *     exit N                             Exec.ExitStatus, Cause "exit N: " and the end of standard
 *                                        error, 32 KiB together
 *     death by signal N                  Exec.Signal, Cause "signal N: " and the same
 *     it cannot be started               Exec.NotStarted
 *
 * A line on standard error is a heartbeat. With .waitForTaskToken, exit 0 means "submitted", and
 * JSON on standard output is recorded in TaskSubmitted.
 *
 * Each process leads a process group. When its task times out or is stopped, and when the engine
 * closes, the group gets SIGTERM, and SIGKILL when something of it is left after five seconds. At
 * most 64 processes run at once, further tasks wait their turn.
 */
#ifndef ASL_EXEC_H
#define ASL_EXEC_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asl_exec_options {
    size_t size;
    int activity; /* 1: the name is that of an activity: its tasks are taken as a worker would */
    const char *worker; /* name of that worker, in ActivityStarted; NULL: none */
    size_t
        max_output; /* bytes of standard output, 0: 1 MiB; above it the process is ended and
                           the task fails with States.DataLimitExceeded */
    int copy_errors; /* 1: copy standard error to `errors_fd` as it comes */
    int errors_fd;   /* borrowed until asl_engine_close */
} asl_exec_options;

/* Lets a command do the tasks of a handler's name, which serves what asl_handler says; a later
 * handler or command of the same name replaces it. `argv` (copied) ends with NULL and is looked up
 * in PATH: {"/bin/sh", "-c", "jq .total", NULL} for a shell. `options` may be NULL. Errors:
 * ASL_EINVAL, ASL_ESYSTEM (no thread), ASL_ENOMEM. */
ASL_API int asl_exec_add(asl_engine *engine, const char *name, const char *const *argv,
                         const asl_exec_options *options, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
