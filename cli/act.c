/* SPDX-License-Identifier: Apache-2.0
 *
 * What 'asl answer' and 'asl stop' ask of an engine: of the one that has the store, or, when there
 * is none, of one opened for it, without handlers: what the execution does next stays parked until
 * it is resumed.
 */
#include "cli/desk.h"

int cli_act_queue(asl_engine *engine, const struct cli_act *act, asl_done_fn *done,
                  void *arg, asl_error *reterr)
{
    switch (act->kind) {
    case CLI_ACT_STOP:
        return asl_stop(engine, act->target, act->error, act->cause, done, arg, reterr);
    case CLI_ACT_SUCCESS:
        return asl_answer_success(engine, act->target, act->output, act->output_len, done,
                                  arg, reterr);
    case CLI_ACT_FAILURE:
        return asl_answer_failure(engine, act->target, act->error, act->cause, done, arg,
                                  reterr);
    default:
        return asl_answer_heartbeat(engine, act->target, done, arg, reterr);
    }
}

struct acting {
    struct cli_session session;
    const struct cli_act *act;
};

/* What an error is about. */
static const char *subject_of(const struct cli_act *act, int code)
{
    if (act->kind == CLI_ACT_STOP)
        return act->target;
    return code == ASL_EJSON || code == ASL_ELIMIT ? "output" : "the token";
}

static void on_done(void *arg, int code, const char *text)
{
    struct acting *acting = arg;
    if (code != 0)
        cli_session_refused(&acting->session, subject_of(acting->act, code), code, text);
}

static int act_alone(const struct cli_args *args, const struct cli_act *act)
{
    struct acting acting = {.act = act};
    struct cli_session *session = &acting.session;
    asl_error error = {0};
    int status = cli_session_open(session, args, CLI_OPEN_ACT);
    if (status == CLI_OK &&
        cli_act_queue(session->engine, act, on_done, &acting, &error) != 0)
        status = cli_fail(args, subject_of(act, error.code), &error);
    if (status == CLI_OK)
        status = cli_session_run(session, ASL_UNTIL_NOW);
    cli_session_close(session);
    return status;
}

int cli_act(const struct cli_args *args, const struct cli_act *act)
{
    const char *dir = args->value[CLI_STORE];
    asl_error error = {0};
    if (!dir || !cli_desk_ask(dir, act, &error))
        return act_alone(args, act);
    return error.code ? cli_fail(args, subject_of(act, error.code), &error) : CLI_OK;
}
