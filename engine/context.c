/* SPDX-License-Identifier: Apache-2.0
 *
 * The context object "$$" of a frame (asl-reference 14), built when a query first asks and kept
 * for the length of one evaluation.
 */
#include "engine/frame.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/time.h"
#include "engine/engine.h"
#include "engine/probe.h"

static json_t *time_text(int64_t ms)
{
    char buf[32];
    asli_time_format(ms, buf);
    return json_string(buf);
}

static json_t *execution_object(struct asli_execution *x)
{
    json_t *input;
    json_t *o = json_object();
    int bad =
        !o || asli_payload_tree(x->input, x, &input, NULL) ||
        json_object_set_new(o, "Id", json_string(x->arn)) ||
        json_object_set(o, "Input", input) ||
        json_object_set_new(o, "StartTime", time_text(x->start_time)) ||
        json_object_set_new(o, "Name", json_string(x->name)) ||
        json_object_set_new(o, "RoleArn", json_string(asli_execution_role(x))) ||
        (x->durable != ASLI_DURABLE_NOTHING && /* recorded: synchronous ones alone */
         json_object_set_new(o, "RedriveCount", json_integer(x->redrive_count))) ||
        (x->redrive_time &&
         json_object_set_new(o, "RedriveTime", time_text(x->redrive_time)));
    if (!bad)
        return o;
    json_decref(o);
    return NULL;
}

/* A child's machine has the Map's label behind its name. */
static json_t *machine_object(struct asli_execution *x)
{
    ASLI_AUTO(text) char *name = asli_arn_field(x->arn, 6);
    ASLI_AUTO(text) char *arn = asli_machine_arn(x->arn);
    json_t *o = name && arn ? json_object() : NULL;
    int bad = !o || json_object_set_new(o, "Id", json_string(arn)) ||
              json_object_set_new(o, "Name", json_string(name));
    if (!bad)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *state_object(struct asli_frame *f)
{
    json_t *o = json_object();
    int bad = !o || json_object_set_new(o, "Name", json_string(f->d.state->name)) ||
              json_object_set_new(o, "EnteredTime", time_text(f->d.entered_time)) ||
              ((f->d.state->ops->traits & ASLI_HAS_RETRY) &&
               json_object_set_new(o, "RetryCount", json_integer(f->d.retry_count)));
    if (!bad)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *token_object(struct asli_frame *f)
{
    struct asli_token token = {f->x->id, f->serial, {0}};
    char text[ASLI_TOKEN_LEN + 1];
    memcpy(token.secret, f->d.secret, sizeof token.secret);
    asli_token_format(&token, text);
    json_t *o = json_object();
    if (!o || json_object_set_new(o, "Token", json_string(text))) {
        json_decref(o);
        return NULL;
    }
    return o;
}

/* Map.Item is the innermost iteration's; while a Map evaluates its ItemSelector, its own. */
static json_t *map_object(const struct asli_map_item *item)
{
    json_t *o = json_object(), *i = json_object();
    int bad =
        !o || !i || json_object_set_new(i, "Index", json_integer(item->index)) ||
        (item->key && json_object_set_new(i, "Key", json_string(item->key))) ||
        json_object_set(i, "Value", item->value) ||
        (item->source && json_object_set_new(i, "Source", json_string(item->source)));
    if (bad) {
        json_decref(i);
        json_decref(o);
        return NULL;
    }
    if (json_object_set_new(o, "Item", i)) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static int add_map(struct asli_frame *f, json_t *o)
{
    if (f->selecting)
        return json_object_set_new(o, "Map", map_object(f->selecting));
    if (f->x->probe && f->x->probe->item.value)
        return json_object_set_new(o, "Map", map_object(&f->x->probe->item));
    for (struct asli_frame *i = f; i->parent; i = i->parent) {
        const struct asli_state_ops *ops = i->parent->d.state->ops;
        struct asli_map_item item = {.index = i->index, .value = i->item};
        if (!ops->item)
            continue;
        if (!item.value && ops->item(i->parent, i->index, &item.value, NULL))
            return -1;
        return json_object_set_new(o, "Map", map_object(&item));
    }
    return 0;
}

static json_t *build(struct asli_frame *f)
{
    json_t *o = json_object();
    int bad = !o || json_object_set_new(o, "Execution", execution_object(f->x)) ||
              json_object_set_new(o, "StateMachine", machine_object(f->x)) ||
              json_object_set_new(o, "State", state_object(f)) ||
              (f->d.own_token && json_object_set_new(o, "Task", token_object(f)));
    if (!bad)
        bad = add_map(f, o);
    if (!bad)
        return o;
    json_decref(o);
    return NULL;
}

static const json_t *context(void *arg)
{
    struct asli_frame *f = arg;
    if (f->x->probe && f->x->probe->context)
        return f->x->probe->context;
    if (!f->x->context)
        f->x->context = build(f);
    return f->x->context;
}

static int random_bytes(void *arg, void *buffer, size_t len)
{
    struct asli_frame *f = arg;
    for (size_t done = 0; f->seed && done < len; done += sizeof f->seed) {
        size_t left = len - done;
        f->seed = asli_hash(&f->seed, sizeof f->seed) | 1;
        memcpy((char *)buffer + done, &f->seed,
               left < sizeof f->seed ? left : sizeof f->seed);
    }
    if (f->seed)
        return 0;
    return asl_engine_random(f->x->engine, buffer, len) ? ASL_ESYSTEM : 0;
}

struct asli_env asli_frame_env(struct asli_frame *frame, const json_t *input)
{
    return (struct asli_env){.input = input,
                             .context = context,
                             .variable = asli_frame_variable,
                             .random = random_bytes,
                             .arg = frame,
                             .now = frame->seed ? frame->d.entered_time
                                                : frame->x->engine->now};
}

void asli_frame_env_done(struct asli_frame *frame)
{
    json_decref(frame->x->context);
    frame->x->context = NULL;
    frame->seed = 0;
}
