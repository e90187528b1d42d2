/* SPDX-License-Identifier: Apache-2.0
 *
 * For the engine's unit tests: an engine driven by hand, turn by turn, at a time that the test
 * sets, and a trace of everything it told. Nothing here waits, and no thread is involved.
 *
 * Every call is asserted; the kit is zeroed, filled as wanted (store, options) and opened.
 */
#ifndef KIT_ENGINE_KIT_H
#define KIT_ENGINE_KIT_H

#include <asl/host.h>
#include <asl/provider.h>

#define KIT_EPOCH 1700000000000

struct kit {
    asl_store *store;    /* NULL at open: the engine's own */
    asl_options options; /* hooks are the kit's */
    asl_engine *engine;
    int64_t now;
    char trace[4096]; /* "started:run ended:run:SUCCEEDED ..." in the order it was told */
    char output[1024]; /* of the last end; error and cause are */
    char error[512], cause[1024];
    unsigned long batches, largest; /* applied; operations of the largest one */
    asl_task *task;                 /* of kit_keep: the last one, a reference */
    char token[128];                /* of kit_submit and kit_keep: the last one */
    int calls;                      /* of handlers */
};

void kit_open(struct kit *k);
/* Closes the engine; a store that the test gave lives on. */
void kit_close(struct kit *k);
/* The same in virtual time and with a store in memory, which a reopened engine finds again. */
void kit_open_stored(struct kit *k);
void kit_close_stored(struct kit *k);
/* Open again on the same store, as after a crash: what was not applied is gone. */
void kit_reopen(struct kit *k);

/* JSON with ' for ". To be unreferenced. */
asl_machine *kit_machine(const char *definition, const char *name);
/* Starts an execution called `name`; started and ended go to the trace. */
void kit_start(struct kit *k, const char *name, const char *definition,
               const char *input);
/* The same of an EXPRESS machine called "x"; `sync` as in asl_start_options. */
void kit_start_express(struct kit *k, const char *name, const char *definition,
                       const char *input, int sync);
int kit_start_rc(struct kit *k, asl_machine *machine, const char *name, const char *input,
                 char **ret_arn);
asl_done_fn kit_done; /* arg is the kit: "done:CODE" */

/* One turn: step, apply, release. The code of the first that failed. */
int kit_turn(struct kit *k, asl_error *reterr);
/* Turns until nothing is left to do now. */
void kit_settle(struct kit *k);
/* Lets the time pass, timer by timer. */
void kit_until(struct kit *k, int64_t ms_after_epoch);

/* The history of an execution: its types, separated by blanks. Static. */
const char *kit_types(struct kit *k, const char *execution);
/* {"status", ...} as DescribeExecution gives it. A new reference. */
json_t *kit_describe(struct kit *k, const char *execution);
const char *kit_status(struct kit *k, const char *execution);
const char *kit_text(const json_t *o, const char *key); /* of a member; "(none)" */

/* Handlers; arg is the kit. */
asl_handler_fn kit_echo, kit_keep, kit_submit,
    kit_fail; /* fail: Error "E", Cause "why" */
void kit_handler(struct kit *k, const char *name, asl_handler_fn *fn);
/* Completes the kept task with `true` and lets it go. */
int kit_succeed(struct kit *k);

#define KIT_PASS "{'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}}"
#define KIT_WAIT(seconds)                                                                \
    "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':" #seconds ",'End':true}}}"
#define KIT_TASK(resource, more)                                                         \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'" resource "'," more        \
    "'End':true}}}"
/* A distributed Map, with a child for each number: it waits so many seconds, 0 fails. */
#define KIT_RUN(more)                                                                    \
    "{'StartAt':'M','States':{'M':{'Type':'Map','Label':'Each','End':true," more         \
    "'ItemProcessor':{'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':"          \
    "'STANDARD'},'StartAt':'C','States':{'C':{'Type':'Choice','Choices':[{'Variable':"   \
    "'$','NumericEquals':0,'Next':'F'}],'Default':'W'},'F':{'Type':'Fail'},"             \
    "'W':{'Type':'Wait','SecondsPath':'$','End':true}}}}}}"
#define KIT_ASK "arn:aws:states:::desk:ask.waitForTaskToken"

#endif
