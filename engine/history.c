/* SPDX-License-Identifier: Apache-2.0
 *
 * History events in AWS's form (asl-reference 15), from the rows of engine/tbl/events.h.
 */
#include "engine/history.h"

#include <string.h>

#include "engine/base/alloc.h"

static const struct {
    const char *name, *key;
    enum asli_shape shape;
} rows[] = {
#define X(symbol, key, shape) {#symbol, key, ASLI_SHAPE_##shape},
#include "engine/tbl/events.h"
#undef X
};

/* Where the text has that many characters before it; its end, when it has no more. */
static size_t offset_of(const char *text, size_t chars)
{
    size_t i = 0, len = strnlen(text, chars + 1);
    if (len <= chars) /* bytes, so characters too */
        return len;
    for (; text[i]; i++) /* a character begins where no continuation byte stands */
        if (((unsigned char)text[i] & 0xc0) != 0x80 && chars-- == 0)
            break;
    return i;
}

void asli_text_clip(char *text, size_t chars)
{
    if (text)
        text[offset_of(text, chars)] = '\0';
}

bool asli_text_exceeds(const char *text, size_t chars)
{
    return text && text[offset_of(text, chars)];
}

const char *asli_event_name(enum asli_event_type type)
{
    return rows[type].name;
}

void asli_event_done(struct asl_event *event)
{
    asli_payload_unref(event->payload);
    asli_variables_unref(event->assigned);
    asli_free(event->error);
    asli_free(event->cause);
    asli_free(event->text);
    event->payload = NULL;
    event->assigned = NULL;
    event->error = event->cause = event->text = NULL;
}

int asli_put_started_by(json_t *o, const char *machine_arn, int64_t version,
                        const char *alias)
{
    ASLI_AUTO(text)
    char *by_alias = alias ? asli_printf("%s:%s", machine_arn, alias) : NULL;
    ASLI_AUTO(text)
    char *by_version =
        version ? asli_printf("%s:%lld", machine_arn, (long long)version) : NULL;
    return (alias &&
            json_object_set_new(o, "stateMachineAliasArn", json_string(by_alias))) ||
           (version &&
            json_object_set_new(o, "stateMachineVersionArn", json_string(by_version)));
}

/* ---- AWS's form; `bad` sticks ---- */

struct builder {
    json_t *object;
    int bad;
};

static void put(struct builder *b, const char *key, json_t *take_value)
{
    b->bad |= json_object_set_new(b->object, key, take_value);
}

static void put_text(struct builder *b, const char *key, const char *text)
{
    if (text)
        put(b, key, json_string(text));
}

static void put_number(struct builder *b, const char *key, int64_t value)
{
    if (value)
        put(b, key, json_integer(value));
}

/* AWS did not cut the text. */
static void put_whole(struct builder *b, const char *key)
{
    json_t *truncated = json_object();
    if (!truncated || json_object_set_new(truncated, "truncated", json_false()))
        b->bad = -1;
    put(b, key, truncated);
}

/* `details`: the key that says whether AWS cut the text, of inputs and outputs; else NULL. */
static void put_payload(struct builder *b, const char *key, const char *details,
                        const struct asli_event_texts *texts)
{
    if (!texts->payload || (details && texts->no_data))
        return;
    put(b, key, json_stringn_nocheck(texts->payload, texts->payload_len));
    if (details)
        put_whole(b, details);
}

static void put_assigned(struct builder *b, const struct asli_event_texts *texts)
{
    struct builder all = {texts->assigned_count ? json_object() : NULL, 0};
    if (!texts->assigned_count)
        return;
    for (size_t i = 0; all.object && i < texts->assigned_count; i++)
        put(&all, texts->assigned[i].name,
            json_stringn_nocheck(texts->assigned[i].text, texts->assigned[i].len));
    b->bad |= all.bad;
    put(b, "assignedVariables", all.object);
    put_whole(b, "assignedVariablesDetails");
}

static void put_role(struct builder *b, const char *role)
{
    json_t *o = role ? json_object() : NULL;
    if (!role)
        return;
    if (!o || json_object_set_new(o, "roleArn", json_string(role)))
        b->bad = -1;
    put(b, "taskCredentials", o);
}

static void build(struct builder *b, const struct asl_event *e,
                  const struct asli_event_texts *texts)
{
    switch (rows[e->type].shape) {
    case ASLI_SHAPE_NONE:
        break;
    case ASLI_SHAPE_STARTED:
        put_payload(b, "input", "inputDetails", texts);
        put_text(b, "roleArn", e->text);
        b->bad |=
            asli_put_started_by(b->object, texts->machine_arn, e->number, e->resource);
        break;
    case ASLI_SHAPE_OUTPUT:
        put_payload(b, "output", "outputDetails", texts);
        break;
    case ASLI_SHAPE_ERROR:
        break;
    case ASLI_SHAPE_ENTERED:
        put_text(b, "name", e->state);
        put_payload(b, "input", "inputDetails", texts);
        break;
    case ASLI_SHAPE_EXITED:
        put_text(b, "name", e->state);
        put_payload(b, "output", "outputDetails", texts);
        put_assigned(b, texts);
        break;
    case ASLI_SHAPE_LENGTH:
        put(b, "length", json_integer(e->number));
        break;
    case ASLI_SHAPE_ITERATION:
        put_text(b, "name", e->state);
        put(b, "index", json_integer(e->number));
        break;
    case ASLI_SHAPE_TASK_SCHEDULED:
        put_text(b, "resourceType", e->resource_type);
        put_text(b, "resource", e->resource);
        put_text(b, "region", texts->region);
        put_payload(b, "parameters", NULL, texts);
        put_number(b, "timeoutInSeconds", e->timeout);
        put_number(b, "heartbeatInSeconds", e->heartbeat);
        put_role(b, e->text);
        break;
    case ASLI_SHAPE_TASK:
        put_text(b, "resourceType", e->resource_type);
        put_text(b, "resource", e->resource);
        put_payload(b, "output", "outputDetails", texts);
        break;
    case ASLI_SHAPE_SCHEDULED:
        put_text(b, "resource", e->resource);
        put_payload(b, "input", "inputDetails", texts);
        put_number(b, "timeoutInSeconds", e->timeout);
        put_number(b, "heartbeatInSeconds", e->heartbeat);
        put_role(b, e->text);
        break;
    case ASLI_SHAPE_REDRIVEN:
        put(b, "redriveCount", json_integer(e->number));
        break;
    case ASLI_SHAPE_MAP_RUN:
        put_text(b, "mapRunArn", e->text);
        put_number(b, "redriveCount", e->number);
        break;
    case ASLI_SHAPE_EVALUATION:
        put_text(b, "state", e->state);
        put_text(b, "location", e->text);
        break;
    case ASLI_SHAPE_WORKER:
        put_text(b, "workerName", e->text);
        break;
    }
    put_text(b, "error", e->error);
    put_text(b, "cause", e->cause);
}

int asli_event_json(const struct asl_event *event, const struct asli_event_texts *texts,
                    json_t **ret_json, asl_error *reterr)
{
    struct builder b = {json_object(), 0}, details = {NULL, 0};
    if (!b.object)
        return asli_oom(reterr);
    put(&b, "timestamp", json_real((double)event->time / 1000.0));
    put(&b, "type", json_string(rows[event->type].name));
    put(&b, "id", json_integer((json_int_t)event->id));
    put(&b, "previousEventId", json_integer((json_int_t)event->previous));
    if (rows[event->type].key) {
        details.object = json_object();
        if (details.object)
            build(&details, event, texts);
        put(&b, rows[event->type].key, details.object);
    }
    if (b.bad || details.bad) {
        json_decref(b.object);
        return asli_oom(reterr);
    }
    *ret_json = b.object;
    return 0;
}
