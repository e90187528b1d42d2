/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_run_sync: one execution from start to end in the calling thread, on a host of its own.
 *
 * An execution that could not end here may end later, under another host, and then calls back. So
 * what the callbacks write to belongs to the engine: it is the `self` of a provider that claims
 * nothing, one an engine, freed when the engine closes.
 */
#include <stdbool.h>
#include <string.h>

#include <asl.h>
#include <asl/provider.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

struct sync {
    asl_host *host;
    char *arn; /* waited for; NULL: none */
    bool ended;
    int code; /* why it did not start, or what could not be kept */
    enum asl_status status;
    char *output, *error, *cause;
};

static int claims(void *self, const asl_resource *resource)
{
    (void)self;
    (void)resource;
    return 0;
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    (void)self;
    return asl_error_set(reterr, ASL_EINTERNAL, "'%s' was not claimed",
                         asl_task_resource(task));
}

static void reset(struct sync *s)
{
    asli_free(s->arn);
    asli_free(s->output);
    asli_free(s->error);
    asli_free(s->cause);
    *s = (struct sync){0};
}

static void on_close(void *self)
{
    reset(self);
    asli_free(self);
}

static const asl_provider_ops ops = {
    sizeof ops, "run_sync", claims, start, NULL, on_close,
};

static int sync_of(asl_engine *engine, struct sync **ret_sync, asl_error *reterr)
{
    *ret_sync = asl_engine_provider(engine, &ops);
    if (*ret_sync)
        return 0;
    *ret_sync = asli_alloc(sizeof **ret_sync);
    return *ret_sync ? asl_engine_add_provider(engine, &ops, *ret_sync, reterr)
                     : asli_oom(reterr);
}

/* ---- callbacks ---- */

static bool is_ours(const struct sync *s, const char *arn)
{
    return s->arn && strcmp(s->arn, arn) == 0;
}

static void on_started(void *arg, int code, const char *arn)
{
    struct sync *s = arg;
    if (!code || !is_ours(s, arn))
        return;
    s->code = code;
    asl_host_stop(s->host);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct sync *s = arg;
    if (!is_ours(s, result->arn))
        return;
    s->ended = true;
    s->status = result->status;
    s->output = asli_strdup(result->output);
    s->error = asli_strdup(result->error);
    s->cause = asli_strdup(result->cause);
    if ((result->output && !s->output) || (result->error && !s->error) ||
        (result->cause && !s->cause))
        s->code = ASL_ENOMEM;
    asl_host_stop(s->host);
}

/* ---- the call ---- */

static int run(struct sync *s, asl_engine *engine, asl_machine *machine,
               const char *input, asl_error *reterr)
{
    asl_start_options options = {.size = sizeof options,
                                 .arg = s,
                                 .started = on_started,
                                 .ended = on_ended,
                                 .sync = asl_machine_is_express(machine)};
    int rc = asl_start(engine, machine, input, (size_t)-1, &options, &s->arn, reterr);
    if (!rc)
        rc = asl_host_run(s->host, ASL_UNTIL_IDLE, reterr);
    if (rc)
        return rc;
    if (s->code)
        return asl_error_set(reterr, s->code,
                             "the execution was refused or its end lost: %s",
                             asl_code_text(s->code));
    if (!s->ended)
        return asl_error_set(
            reterr, ASL_EBUSY,
            "the execution '%s' can go on only by an answer from outside", s->arn);
    return 0;
}

static void hand_over(char **ret_text, char **text)
{
    if (!ret_text)
        return;
    *ret_text = *text;
    *text = NULL;
}

int asl_run_sync(asl_engine *engine, asl_machine *machine, const char *input,
                 enum asl_status *ret_status, char **ret_output, char **ret_error,
                 char **ret_cause, asl_error *reterr)
{
    asl_host_options options = {.size = sizeof options, .single_thread = 1};
    asl_host *host;
    struct sync *s;
    int rc = asl_host_new(engine, &options, &host, reterr);
    if (rc)
        return rc;
    rc = sync_of(engine, &s, reterr);
    if (!rc) {
        s->host = host;
        rc = run(s, engine, machine, input, reterr);
        if (!rc) {
            if (ret_status)
                *ret_status = s->status;
            hand_over(ret_output, &s->output);
            hand_over(ret_error, &s->error);
            hand_over(ret_cause, &s->cause);
        }
        reset(s);
    }
    asl_host_free(host);
    return rc;
}
