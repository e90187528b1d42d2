/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine's half of testing one state; probe.h says how. Who asks for the test is
 * engine/teststate.
 */
#include "engine/probe.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/engine.h"
#include "engine/task_handle.h"

/* ---- start ---- */

/* "arn:aws:states:REGION:ACCOUNT:express:MACHINE:NAME": as recorded, without the UUID of other
 * Express executions. */
static int set_names(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    unsigned char random[16];
    char name[37];
    if (asl_engine_random(e, random, sizeof random))
        return asl_error_set(reterr, ASL_ESYSTEM, "no random bytes for a name");
    asli_uuid_format(random, name);
    m->name = asli_strdup(name);
    m->arn = asli_printf("arn:%s:states:%s:%s:express:%s:%s", e->partition, e->region,
                         e->account, m->machine->name, name);
    return m->name && m->arn ? 0 : asli_oom(reterr);
}

static void ended(void *arg, const asl_result *result)
{
    struct asli_probe *probe = arg;
    probe->ended(probe, result);
}

int asli_probe_start(asl_engine *engine, struct asli_probe *probe,
                     struct asli_payload *input, asl_error *reterr)
{
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->kind = ASLI_MSG_START;
    m->machine = asl_machine_ref(probe->machine);
    m->sync = true;
    m->payload = asli_payload_ref(input);
    m->ended = ended;
    m->arg = probe;
    int rc = set_names(engine, m, reterr);
    if (rc) {
        asli_message_free(m);
        return rc;
    }
    m->probe = probe;
    asli_inbox_push(engine->inbox, m);
    return 0;
}

static struct asli_tries *tries_of(const struct asli_probe *probe)
{
    size_t count = probe->state->retrier_count;
    struct asli_tries *tries = asli_alloc(sizeof *tries + count * sizeof tries->n[0]);
    if (!tries)
        return NULL;
    tries->refs = 1;
    tries->count = (unsigned)count;
    for (size_t i = 0; i < count; i++)
        tries->n[i] = probe->retries;
    return tries;
}

/* Those that the machine knows: no query could read another one. */
static int set_variables(struct asli_frame *f, json_t *given, asl_error *reterr)
{
    const char *name;
    json_t *value;
    struct asli_variables *set = asli_variables_new(json_object_size(given));
    if (!set)
        return asli_oom(reterr);
    f->d.variables = set;
    json_object_foreach(given, name, value)
    {
        struct asli_variable *v = &set->items[set->count];
        if (!asli_machine_variable(f->x->machine, name, strlen(name), &v->name))
            continue;
        v->value = asli_payload_new(json_incref(value));
        if (!v->value)
            return asli_oom(reterr);
        set->count++;
    }
    return 0;
}

int asli_probe_attach(struct asli_execution *x, struct asli_probe *probe,
                      asl_error *reterr)
{
    struct asli_frame *f = x->root;
    x->probe = probe;
    f->d.state = (struct asli_state *)(uintptr_t)probe->state;
    f->d.retry_count = probe->retries;
    asli_probe_note(f, ASLI_STAGE_INPUT, f->d.input);
    f->d.tries = tries_of(probe);
    if (!f->d.tries)
        return asli_oom(reterr);
    return json_object_size(probe->variables) ? set_variables(f, probe->variables, reterr)
                                              : 0;
}

/* ---- on its way ---- */

const asl_resource *asli_probe_resource(const struct asli_probe *probe)
{
    return strcmp(probe->state->ops->type, "Task") == 0
               ? asli_state_resource(probe->state)
               : NULL;
}

void asli_probe_exchanged(struct asli_probe *probe, const struct asl_task *task)
{
    json_decref(probe->request);
    json_decref(probe->response);
    probe->request = json_incref(task->request);
    probe->response = json_incref(task->response);
}

enum asli_step asli_probe_enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct asli_probe *probe = frame->x->probe;
    const struct asli_state_ops *ops = frame->d.state->ops;
    if (!probe->result && !probe->error)
        return ops->enter(frame, reterr);
    int rc = ops->inspect ? ops->inspect(frame, reterr) : 0;
    if (rc)
        return asli_step_of(rc);
    if (probe->error) {
        frame->fatal = strcmp(probe->error, "States.Runtime") == 0;
        return asli_step_of(asli_frame_fail(frame, probe->error, probe->cause, reterr));
    }
    frame->result = asli_payload_ref(probe->result);
    return ASLI_STEP_DONE;
}

int asli_probe_assigned(struct asli_frame *frame, const struct asli_variables *assigned,
                        asl_error *reterr)
{
    struct asli_probe *probe = frame->x->probe;
    json_decref(probe->assigned);
    probe->assigned = json_object();
    for (uint32_t i = 0; i < assigned->count; i++) {
        const struct asli_variable *v = &assigned->items[i];
        json_t *value;
        int rc = asli_payload_tree(v->value, frame->x, &value, reterr);
        if (rc)
            return rc;
        if (json_object_set(probe->assigned, frame->x->machine->variables[v->name]->name,
                            value))
            return asli_oom(reterr);
    }
    return 0;
}

int asli_probe_caught(struct asli_frame *frame, size_t catcher, asl_error *reterr)
{
    struct asli_probe *probe = frame->x->probe;
    const struct asli_failure *failure = &frame->failure;
    asli_free(probe->caught_error);
    asli_free(probe->caught_cause);
    probe->caught_error = asli_strdup(failure->error);
    probe->caught_cause = asli_strdup(failure->cause);
    probe->catch_index = (int64_t)catcher;
    return (failure->error && !probe->caught_error) ||
                   (failure->cause && !probe->caught_cause)
               ? asli_oom(reterr)
               : 0;
}
