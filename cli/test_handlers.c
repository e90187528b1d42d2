/* SPDX-License-Identifier: Apache-2.0
 *
 * The plug-in of cli_test.sh: task handlers that answer, fail, submit, or never end.
 *
 * It is built against the public headers and the program that loads it, as anybody's would be.
 */
#include <stdio.h>
#include <unistd.h>

#include <asl.h>

int asl_plugin(asl_engine *engine, asl_error *reterr);

/* The input is the output. */
static int echo(asl_task *task, void *arg)
{
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

static int fail(asl_task *task, void *arg)
{
    return asl_task_fail(task, "Test.Error", "it always fails", NULL);
}

/* Fails at first, succeeds when it is tried again. */
static int flaky(asl_task *task, void *arg)
{
    return asl_task_attempt(task) > 0 ? echo(task, arg) : fail(task, arg);
}

/* Leaves the task to whoever has its token. */
static int submit(asl_task *task, void *arg)
{
    return asl_task_submitted(task, NULL, NULL);
}

/* Says that it runs and never returns, so that only a second signal ends the command. */
static int hang(asl_task *task, void *arg)
{
    fputs("hanging\n", stderr);
    for (;;)
        pause();
    return 0;
}

int asl_plugin(asl_engine *engine, asl_error *reterr)
{
    static const struct {
        const char *name;
        asl_handler_fn *handler;
    } rows[] = {
        {"echo", echo},
        {"fail", fail},
        {"flaky", flaky},
        {"hang", hang},
        {"sqs:sendMessage", submit},
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof rows / sizeof rows[0]; i++)
        rc = asl_handler(engine, rows[i].name, rows[i].handler, NULL, 0, reterr);
    return rc;
}
