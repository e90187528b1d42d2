/* SPDX-License-Identifier: Apache-2.0
 *
 * The desk: where a command that runs an engine takes what others ask of it, a Unix socket in the
 * directory of its store. So 'asl answer' and 'asl stop' reach an execution whoever has the store.
 */
#ifndef CLI_DESK_H
#define CLI_DESK_H

#include "cli/cli.h"

/* X(ID, "name on the wire") */
#define CLI_ACTS(X)                                                                      \
    X(STOP, "stop")                                                                      \
    X(SUCCESS, "success")                                                                \
    X(FAILURE, "failure")                                                                \
    X(HEARTBEAT, "heartbeat")

enum cli_act_kind {
#define CLI_ACT_ID(id, name) CLI_ACT_##id,
    CLI_ACTS(CLI_ACT_ID)
#undef CLI_ACT_ID
        CLI_ACT_COUNT
};

/* What is asked of an engine. Texts are borrowed. */
struct cli_act {
    enum cli_act_kind kind;
    const char *target; /* the execution, or the token */
    const char *output; /* SUCCESS: JSON text, of output_len bytes */
    size_t output_len;
    const char *error, *cause; /* or NULL */
};

/* act.c: has it done by the engine that has the store of --store, or by one of its own. Returns
 * an exit status, when what was asked is durable or was refused, and that has been said. */
int cli_act(const struct cli_args *args, const struct cli_act *act);
/* Queues it; `done` is called as by asl_stop. */
int cli_act_queue(asl_engine *engine, const struct cli_act *act, asl_done_fn *done,
                  void *arg, asl_error *reterr);

/* desk.c: opens the desk of a session with a store. NULL: there is none, which has been said. */
struct cli_desk *cli_desk_open(const struct cli_session *session);
/* Before the engine is closed: nothing more is taken. NULL is allowed, here and below. */
void cli_desk_stop(struct cli_desk *desk);
/* After that: what was still asked has its answer. */
void cli_desk_close(struct cli_desk *desk);
/* Asks at the desk of a store. False: nobody is there. True: *error is the answer, code 0 for
 * done. */
bool cli_desk_ask(const char *dir, const struct cli_act *act, asl_error *error);

#endif
