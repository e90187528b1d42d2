/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests from outside: checked and turned into messages on the caller's thread (any thread),
 * so that nothing malformed reaches the inbox.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"

int asli_message_post(asl_engine *engine, struct asli_message *take_message,
                      asl_error *reterr)
{
    int rc = asli_inbox_push(engine->inbox, take_message);
    if (rc == ASL_ESTORE)
        return asl_error_set(reterr, rc, "%s", ASLI_DEAD_TEXT);
    return rc ? asl_error_set(reterr, rc, "the engine is closing") : 0;
}

static int check_size(const asl_engine *engine, const struct asli_payload *p,
                      const char *what, asl_error *reterr)
{
    if (p->len <= engine->max_payload)
        return 0;
    return asl_error_set(reterr, ASL_ELIMIT,
                         "the %s has %zu bytes; at most %zu are allowed; max_payload "
                         "(--max-payload) allows more",
                         what, p->len, engine->max_payload);
}

/* ---- start ---- */

static char *draw_name(asl_engine *engine)
{
    unsigned char random[16];
    char text[37];
    if (engine->options.random(engine->options.arg, random, sizeof random))
        return NULL;
    asli_uuid_format(random, text);
    return asli_strdup(text);
}

static int start_name(asl_engine *engine, const char *name, char **ret_name,
                      asl_error *reterr)
{
    if (name && !asli_name_valid(name))
        return asli_refuse(reterr, ASL_EINVAL, "InvalidName", "Invalid Name: '%s'", name);
    *ret_name = name ? asli_strdup(name) : draw_name(engine);
    return *ret_name ? 0 : asli_oom(reterr);
}

static int start_message(asl_engine *engine, asl_machine *machine, const char *input,
                         size_t len, const asl_start_options *o,
                         struct asli_message **ret_message, asl_error *reterr)
{
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->kind = ASLI_MSG_START;
    m->machine = asl_machine_ref(machine);
    m->sync = o->sync != 0;
    m->version = o->version;
    m->alias = asli_strdup(o->alias);
    m->started = o->started;
    m->ended = o->ended;
    m->arg = o->arg;
    int rc =
        asli_payload_parse(input ? input : "{}", input ? len : 2, &m->payload, reterr);
    if (!rc)
        rc = check_size(engine, m->payload, "input", reterr);
    if (!rc && o->alias && !m->alias)
        rc = asli_oom(reterr);
    if (!rc)
        rc = start_name(engine, o->name, &m->name, reterr);
    if (!rc &&
        !(m->arn = asli_execution_arn(engine, machine->name, machine->express, m->name)))
        rc = asli_oom(reterr);
    if (rc) {
        m->started = NULL;
        asli_message_free(m);
        return rc;
    }
    *ret_message = m;
    return 0;
}

int asl_start(asl_engine *engine, asl_machine *machine, const char *input, size_t len,
              const asl_start_options *options, char **ret_arn, asl_error *reterr)
{
    asl_start_options o = {0};
    struct asli_message *m = NULL;
    if (options)
        memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    if (o.sync && !asl_machine_is_express(machine))
        return asli_refuse(
            reterr, ASL_EINVAL, "StateMachineTypeNotSupported",
            "This operation is not supported by this type of state machine");
    int rc = asli_machine_unclaimed(engine, machine, reterr);
    if (!rc)
        rc = start_message(engine, machine, input, len, &o, &m, reterr);
    if (rc)
        return rc;
    char *arn = ret_arn ? asli_strdup(m->arn) : NULL;
    if (ret_arn && !arn) {
        asli_message_free(m);
        return asli_oom(reterr);
    }
    rc = asli_message_post(engine, m, reterr);
    if (rc)
        asli_free(arn);
    else if (ret_arn)
        *ret_arn = arn;
    return rc;
}

/* ---- stop ---- */

static int set_texts(struct asli_message *m, const char *error, const char *cause,
                     int too_long, asl_error *reterr)
{
    if (asli_text_exceeds(error, ASLI_ERROR_CHARS) ||
        asli_text_exceeds(cause, ASLI_CAUSE_CHARS))
        return asl_error_set(reterr, too_long,
                             "an error has at most %d characters, a cause %d",
                             ASLI_ERROR_CHARS, ASLI_CAUSE_CHARS);
    m->error = asli_strdup(error);
    m->cause = asli_strdup(cause);
    if ((error && !m->error) || (cause && !m->cause))
        return asli_oom(reterr);
    return 0;
}

int asl_stop(asl_engine *engine, const char *execution, const char *error,
             const char *cause, asl_done_fn *done, void *arg, asl_error *reterr)
{
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->kind = ASLI_MSG_STOP;
    m->done = done;
    m->arg = arg;
    m->name = asli_strdup(execution);
    int rc = m->name ? set_texts(m, error, cause, ASL_EINVAL, reterr) : asli_oom(reterr);
    if (rc) {
        asli_message_free(m);
        return rc;
    }
    return asli_message_post(engine, m, reterr);
}

/* ---- redrive ---- */

int asl_redrive(asl_engine *engine, const char *execution, asl_done_fn *done, void *arg,
                asl_error *reterr)
{
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->kind = ASLI_MSG_REDRIVE;
    m->done = done;
    m->arg = arg;
    m->name = asli_strdup(execution);
    if (!m->name) {
        asli_message_free(m);
        return asli_oom(reterr);
    }
    return asli_message_post(engine, m, reterr);
}

/* ---- answers by token ---- */

static int by_token(enum asli_message_kind kind, const char *token, asl_done_fn *done,
                    void *arg, struct asli_message **ret_message, asl_error *reterr)
{
    struct asli_token t;
    if (!asli_token_parse(token, &t))
        return asli_refuse(reterr, ASL_ETOKEN, "InvalidToken",
                           "Invalid Token: 'Invalid token'");
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->kind = kind;
    m->execution = t.execution;
    m->event = t.frame;
    memcpy(m->secret, t.secret, sizeof m->secret);
    m->done = done;
    m->arg = arg;
    *ret_message = m;
    return 0;
}

int asl_answer_success(asl_engine *engine, const char *token, const char *output,
                       size_t len, asl_done_fn *done, void *arg, asl_error *reterr)
{
    struct asli_message *m = NULL;
    int rc = by_token(ASLI_MSG_SUCCEED, token, done, arg, &m, reterr);
    if (rc)
        return rc;
    rc = asli_payload_parse(output, len, &m->payload, reterr);
    if (!rc)
        rc = check_size(engine, m->payload, "output", reterr);
    if (rc) {
        asli_message_free(m);
        return rc;
    }
    return asli_message_post(engine, m, reterr);
}

int asl_answer_failure(asl_engine *engine, const char *token, const char *error,
                       const char *cause, asl_done_fn *done, void *arg, asl_error *reterr)
{
    struct asli_message *m = NULL;
    int rc = by_token(ASLI_MSG_FAIL, token, done, arg, &m, reterr);
    if (rc)
        return rc;
    rc = set_texts(m, error, cause, ASL_ELIMIT, reterr);
    if (rc) {
        asli_message_free(m);
        return rc;
    }
    return asli_message_post(engine, m, reterr);
}

int asl_answer_heartbeat(asl_engine *engine, const char *token, asl_done_fn *done,
                         void *arg, asl_error *reterr)
{
    struct asli_message *m = NULL;
    int rc = by_token(ASLI_MSG_HEARTBEAT, token, done, arg, &m, reterr);
    return rc ? rc : asli_message_post(engine, m, reterr);
}
