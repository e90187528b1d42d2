/* SPDX-License-Identifier: Apache-2.0
 *
 * What TestState answers: how the state ended, and (DEBUG, TRACE) what it made on its way.
 */
#include "engine/teststate/teststate.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"

/* ---- which stages a type shows, as recorded ---- */

#define BIT(stage) (1u << ASLI_STAGE_##stage)
#define ITEMS                                                                            \
    (BIT(ITEMS_POINTER) | BIT(ITEMS_PATH) | BIT(ITEM_SELECTOR) | BIT(ITEM_BATCHER))
#define RESULTS (BIT(RESULT_SELECTOR) | BIT(RESULT_PATH))

static const struct shown {
    const char *type;
    unsigned jsonpath, jsonata; /* beside the input */
} all_shown[] = {
    {"Task", BIT(INPUT_PATH) | BIT(PARAMETERS) | BIT(RESULT) | RESULTS,
     BIT(ARGUMENTS) | BIT(RESULT)},
    {"Pass", BIT(INPUT_PATH) | BIT(PARAMETERS) | RESULTS, 0},
    {"Map", BIT(INPUT_PATH) | ITEMS | RESULTS, ITEMS},
    {"Parallel", RESULTS, 0},
    {NULL, BIT(INPUT_PATH), 0},
};

static unsigned stages_of(const struct asli_state *state)
{
    const struct shown *s = all_shown;
    while (s->type && strcmp(s->type, state->ops->type) != 0)
        s++;
    /* A Pass with a Result has no use for its input. */
    if (json_object_get(state->value, "Result") && !state->jsonata)
        return BIT(RESULT) | RESULTS;
    return state->jsonata ? s->jsonata : s->jsonpath;
}

/* ---- texts ---- */

static int set(json_t *object, const char *key, json_t *take_value)
{
    return json_object_set_new(object, key, take_value) ? ASL_ENOMEM : 0;
}

static int set_text(json_t *object, const char *key, const char *text)
{
    return text ? set(object, key, json_string(text)) : 0;
}

static int set_payload(json_t *object, const char *key, struct asli_payload *payload,
                       asl_error *reterr)
{
    if (!payload)
        return 0;
    int rc = asli_payload_text(payload, NULL, reterr); /* it is in no store */
    return rc ? rc : set(object, key, json_stringn_nocheck(payload->text, payload->len));
}

static int set_json(json_t *object, const char *key, const json_t *value,
                    asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    int rc = asli_json_text(value, &text, NULL, reterr);
    return rc ? rc : set_text(object, key, text);
}

/* ---- inspectionData ---- */

static int add_stages(json_t *data, const struct asli_probe *probe, asl_error *reterr)
{
    static const char *const members[] = {
#define ASLI_STAGE_ROW(name, member) member,
        ASLI_STAGES(ASLI_STAGE_ROW)
#undef ASLI_STAGE_ROW
    };
    unsigned shown = BIT(INPUT) | stages_of(probe->state);
    int rc = 0;
    for (int i = 0; !rc && i < ASLI_STAGES_COUNT; i++)
        if (shown & (1u << i))
            rc = set_payload(data, members[i], probe->notes[i], reterr);
    return rc;
}

static int add_map(json_t *data, const struct asli_probe *probe)
{
    int rc = 0;
    if (probe->tolerated_count >= 0)
        rc = set(data, "toleratedFailureCount", json_integer(probe->tolerated_count));
    if (!rc && probe->tolerated_percentage >= 0)
        rc = set(data, "toleratedFailurePercentage",
                 json_real(probe->tolerated_percentage));
    if (!rc && probe->concurrency >= 0)
        rc = set(data, "maxConcurrency", json_integer(probe->concurrency));
    return rc;
}

/* Those that were there, and those that were assigned. */
static int add_variables(json_t *data, const struct asli_probe *probe, asl_error *reterr)
{
    if (!probe->variables && !probe->assigned)
        return 0;
    ASLI_AUTO(json) json_t *all = json_object();
    if (!all || (probe->variables && json_object_update(all, probe->variables)) ||
        (probe->assigned && json_object_update(all, probe->assigned)))
        return ASL_ENOMEM;
    return set_json(data, "variables", all, reterr);
}

/* Which retrier met the error, also when it was exhausted, and which catcher. */
static int add_error_details(json_t *data, const struct asli_probe *probe, bool caught)
{
    if (!caught && probe->retry_index < 0)
        return 0;
    json_t *details = json_object();
    int rc = set(data, "errorDetails", details);
    if (!rc && caught)
        rc = set(details, "catchIndex", json_integer(probe->catch_index));
    if (!rc && probe->retry_index >= 0)
        rc = set(details, "retryIndex", json_integer(probe->retry_index));
    if (!rc && probe->retriable)
        rc = set(details, "retryBackoffIntervalSeconds",
                 json_integer(probe->backoff_ms / 1000));
    return rc;
}

/* A connection may have added to query, headers and body: they are its secrets. */
static json_t *without_secrets(const json_t *request)
{
    static const char *const plain[] = {"protocol", "method"};
    const char *url = json_string_value(json_object_get(request, "url"));
    json_t *shown = json_object();
    bool bad = !shown;
    for (size_t i = 0; !bad && i < sizeof plain / sizeof *plain; i++)
        bad = json_object_set(shown, plain[i], json_object_get(request, plain[i]));
    if (!bad && url)
        bad = json_object_set_new(shown, "url", json_stringn(url, strcspn(url, "?")));
    if (!bad)
        return shown;
    json_decref(shown);
    return NULL;
}

static int add_exchange(json_t *data, const struct asli_teststate *test)
{
    const struct asli_probe *probe = &test->probe;
    struct asli_payload *work =
        probe
            ->notes[probe->state->jsonata ? ASLI_STAGE_ARGUMENTS : ASLI_STAGE_PARAMETERS];
    json_t *input = NULL;
    if (!probe->request)
        return 0;
    int rc = work ? asli_payload_tree(work, NULL, &input, NULL) : 0;
    bool connected = json_object_get(input, "Authentication") ||
                     json_object_get(input, "InvocationConfig");
    if (!rc)
        rc = set(data, "request",
                 test->secrets || !connected ? json_incref(probe->request)
                                             : without_secrets(probe->request));
    return rc || !probe->response ? rc
                                  : set(data, "response", json_incref(probe->response));
}

static int add_inspection(json_t *response, const struct asli_teststate *test,
                          bool caught, asl_error *reterr)
{
    const struct asli_probe *probe = &test->probe;
    json_t *data = json_object();
    int rc = set(response, "inspectionData", data);
    if (!rc)
        rc = add_stages(data, probe, reterr);
    if (!rc)
        rc = add_exchange(data, test);
    if (!rc)
        rc = add_map(data, probe);
    if (!rc)
        rc = add_error_details(data, probe, caught);
    return rc ? rc : add_variables(data, probe, reterr);
}

/* ---- the whole ---- */

static int fill(json_t *response, const struct asli_teststate *test,
                const asl_result *result, asl_error *reterr)
{
    const struct asli_probe *probe = &test->probe;
    bool succeeded = result->status == ASL_SUCCEEDED;
    bool caught = succeeded && probe->catch_index >= 0;
    const char *status = caught             ? "CAUGHT_ERROR"
                         : succeeded        ? "SUCCEEDED"
                         : probe->retriable ? "RETRIABLE"
                                            : "FAILED";
    int rc = succeeded ? set_payload(response, "output", probe->notes[ASLI_STAGE_OUTPUT],
                                     reterr)
                       : 0;
    if (!rc)
        rc = set_text(response, "error", caught ? probe->caught_error : result->error);
    if (!rc)
        rc = set_text(response, "cause", caught ? probe->caught_cause : result->cause);
    if (!rc && test->level != ASLI_INSPECT_INFO)
        rc = add_inspection(response, test, caught, reterr);
    if (!rc && succeeded && probe->next)
        rc = set_text(response, "nextState", probe->next->name);
    return rc ? rc : set_text(response, "status", status);
}

json_t *asli_teststate_response(struct asli_teststate *test, const asl_result *result,
                                asl_error *reterr)
{
    if (test->probe.refusal) {
        asli_refuse(reterr, ASL_EINVAL, "ValidationException", "%s", test->probe.refusal);
        return NULL;
    }
    json_t *response = json_object();
    int rc = response ? fill(response, test, result, reterr) : ASL_ENOMEM;
    if (!rc)
        return response;
    if (rc == ASL_ENOMEM)
        asli_oom(reterr);
    json_decref(response);
    return NULL;
}
