/* SPDX-License-Identifier: Apache-2.0
 *
 * From a case to calls: references to earlier answers, polls until what they wait for is so, and what
 * of an answer is compared.
 *
 * Invariant: a call without an expectation must succeed; what a client library refused is not asked.
 */
#include "conformance/api_script.h"

#include <stdbool.h>
#include <strings.h>
#include <time.h>

#include "conformance/kit/need.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

enum { ANSWER_MS = 70000, POLL_MS = 10000, PAUSE_MS = 20 };

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void set(json_t *object, const char *key, json_t *take_value)
{
    if (json_object_set_new(object, key, need(take_value)) != 0)
        need(NULL);
}

/* ------------------------------------------------------------------ a call */

/* "namespace#Code" is Code. */
static json_t *error_of(const json_t *body, int status)
{
    const char *type = text_of(body, "__type"),
               *hash = type != NULL ? strrchr(type, '#') : NULL;
    json_t *message = json_object_get(body, "message");
    json_t *error = need(json_object()), *answer = need(json_object());
    set(error, "Code", json_string(hash != NULL ? hash + 1 : type != NULL ? type : ""));
    set(error, "Message", message != NULL ? json_incref(message) : json_string(""));
    set(error, "HTTPStatusCode", json_integer(status));
    set(answer, "error", error);
    return answer;
}

/* What gives what has to be deleted again, and how that is done. */
static const struct {
    const char *made_by, *key, *undone_by;
} things[] = {
    {"CreateStateMachine", "stateMachineArn", "DeleteStateMachine"},
    {"CreateActivity", "activityArn", "DeleteActivity"},
};

static void keep_for_undo(struct api *api, const char *action, const json_t *answer)
{
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        json_t *arn = json_object_get(answer, things[i].key);
        if (strcmp(action, things[i].made_by) != 0 || arn == NULL)
            continue;
        json_t *params = need(json_pack("{sO}", things[i].key, arn));
        if (api->made == NULL)
            api->made = need(json_array());
        if (json_array_append_new(
                api->made, need(json_pack("[so]", things[i].undone_by, params))) != 0)
            need(NULL);
    }
}

void api_undo(struct api *api)
{
    size_t i;
    json_t *call, *made = api->made;
    api->made = NULL;
    json_array_foreach(made, i, call)
    {
        json_decref(api_call(api, json_string_value(json_array_get(call, 0)),
                             json_array_get(call, 1)));
    }
    json_decref(made);
}

/* Sends the request and waits; one more time on a new connection, when the old one was closed. */
static bool ask(struct api *api, const char *action, const char *body)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        bool fresh = api->client.fd < 0;
        if (fresh && client_open(&api->client, &api->endpoint) != 0)
            return false;
        client_ask(&api->client, &api->endpoint, action, body, strlen(body));
        if (client_wait(&api->client, ANSWER_MS) == 0)
            return true;
        client_close(&api->client);
        if (fresh)
            return false;
    }
    return false;
}

json_t *api_call(struct api *api, const char *action, const json_t *params)
{
    char *body;
    json_t *answer = NULL;
    if (asli_json_text(params, &body, NULL, NULL) != 0)
        need(NULL);
    if (ask(api, action, body) &&
        asli_json_read(client_body(&api->client), api->client.body_len, &answer, NULL) ==
            0) {
        int status = api->client.status;
        if (status != 200) {
            json_t *its = answer;
            answer = error_of(its, status);
            json_decref(its);
        }
        keep_for_undo(api, action, answer);
    }
    asli_free(body);
    return answer;
}

/* ------------------------------------------------------------------ references */

static json_t *step_into(json_t *value, const char *name)
{
    return json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10))
                                : json_object_get(value, name);
}

/* "a.0.b" from `value`, borrowed; NULL: it is not there. */
static json_t *at_path(json_t *value, const char *path, size_t len)
{
    char *copy = need_text(path, len), *rest = copy;
    for (char *name; value != NULL && (name = strsep(&rest, ".")) != NULL;)
        value = step_into(value, name);
    free(copy);
    return value;
}

/* A text with its references "${N.path}" in place of which stand the answers' texts. A text that is
 * one reference is the value. */
static json_t *resolve_text(const char *text, json_t *answers)
{
    char *out;
    size_t len;
    FILE *stream = need(open_memstream(&out, &len));
    json_t *whole = NULL;
    for (const char *at = text; *at != '\0';) {
        const char *end = strncmp(at, "${", 2) == 0 ? strchr(at, '}') : NULL;
        if (end == NULL) {
            fputc(*at++, stream);
            continue;
        }
        json_t *value = at_path(answers, at + 2, (size_t)(end - at) - 2);
        if (at == text && end[1] == '\0')
            whole = value;
        fputs(json_is_string(value) ? json_string_value(value) : "", stream);
        at = end + 1;
    }
    if (fclose(stream) != 0)
        need(NULL);
    json_t *resolved = whole != NULL ? json_incref(whole) : need(json_stringn(out, len));
    free(out);
    return resolved;
}

static json_t *resolve(const json_t *params, json_t *answers)
{
    size_t i;
    const char *key;
    json_t *value, *copy;
    if (json_is_object(params)) {
        copy = need(json_object());
        json_object_foreach((json_t *)params, key, value)
        {
            set(copy, key, resolve(value, answers));
        }
        return copy;
    }
    if (json_is_array(params)) {
        copy = need(json_array());
        json_array_foreach(params, i, value)
        {
            if (json_array_append_new(copy, resolve(value, answers)) != 0)
                need(NULL);
        }
        return copy;
    }
    if (json_is_string(params) && strstr(json_string_value(params), "${") != NULL)
        return resolve_text(json_string_value(params), answers);
    return json_incref((json_t *)params);
}

/* ------------------------------------------------------------------ polls */

/* A script that is asked. */
struct script {
    struct api *api;
    json_t *answers; /* [answer of call N] */
    char *created;   /* ARN that the last call gave which made something */
    char *deleted;   /* ARN of the last call that deleted something */
    struct api_outcome *outcome;
};

/* How an execution stands: its status, or its last event's type without "Execution"; NULL: on its way. */
static const char *state_of(const json_t *answer)
{
    static const char prefix[] = "Execution";
    const char *status = text_of(answer, "status");
    const json_t *events = json_object_get(answer, "events");
    if (status != NULL)
        return status;
    status = text_of(json_array_get(events, json_array_size(events) - 1), "type");
    return status != NULL && strncmp(status, prefix, sizeof prefix - 1) == 0
               ? status + sizeof prefix - 1
               : NULL;
}

static bool is_among(const char *state, const char *const *states)
{
    for (; *states != NULL && state != NULL; states++)
        if (strcasecmp(state, *states) == 0)
            return true;
    return false;
}

static bool mentions(const json_t *answer, const char *arn)
{
    char *text = NULL, *quoted = NULL;
    if (arn == NULL)
        return false;
    if (asli_json_text(answer, &text, NULL, NULL) != 0 ||
        asprintf(&quoted, "\"%s\"", arn) < 0)
        need(NULL);
    bool found = strstr(text, quoted) != NULL;
    free(quoted);
    asli_free(text);
    return found;
}

static bool is_started(const struct script *s, const json_t *answer)
{
    (void)s;
    return json_array_size(json_object_get(answer, "events")) > 0;
}

static bool is_success(const struct script *s, const json_t *answer)
{
    (void)s;
    return is_among(state_of(answer), (const char *const[]){"Succeeded", NULL});
}

static bool is_aborted(const struct script *s, const json_t *answer)
{
    (void)s;
    return is_among(state_of(answer), (const char *const[]){"Aborted", NULL});
}

static bool is_ended(const struct script *s, const json_t *answer)
{
    (void)s;
    return is_among(state_of(answer),
                    (const char *const[]){"Succeeded", "Failed", "Aborted", "TimedOut",
                                          "TIMED_OUT", NULL});
}

static bool is_listed(const struct script *s, const json_t *answer)
{
    return mentions(answer, s->created);
}

static bool is_gone(const struct script *s, const json_t *answer)
{
    return !mentions(answer, s->deleted);
}

/* What a poll waits for, by the end of its name. Of others the recording does not say it: those wait
 * until the answer stays as it is. */
static const struct poll_row {
    const char *end;
    bool (*holds)(const struct script *s, const json_t *answer);
} poll_rows[] = {
    {"_started", is_started},  {"_success", is_success},   {"_aborted", is_aborted},
    {"_terminated", is_ended}, {"_not_listed", is_gone},   {"_is_deleted", is_gone},
    {"_listed", is_listed},    {"_is_created", is_listed},
};

static const struct poll_row *find_poll(const char *name)
{
    for (size_t i = 0; i < sizeof poll_rows / sizeof *poll_rows; i++) {
        size_t len = strlen(name), its = strlen(poll_rows[i].end);
        if (len >= its && strcmp(name + len - its, poll_rows[i].end) == 0)
            return &poll_rows[i];
    }
    return NULL;
}

static json_t *call_until(const struct script *s, const char *action,
                          const json_t *params, const char *poll)
{
    const struct poll_row *row = find_poll(poll);
    json_t *answer = api_call(s->api, action, params);
    for (int ms = 0; answer != NULL && ms < POLL_MS; ms += PAUSE_MS) {
        if (json_object_get(answer, "error") != NULL ||
            (row != NULL && row->holds(s, answer)))
            break;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
        json_t *next = api_call(s->api, action, params);
        bool settled = row == NULL && json_equal(answer, next);
        json_decref(answer);
        answer = next;
        if (settled)
            break;
    }
    return answer;
}

/* ------------------------------------------------------------------ what is compared */

/* Members that AWS has added to its responses, and when: a recording from before cannot have them. */
static const struct {
    const char *member, *since;
} added[] = {
    {"redriveCount", "2023-11-15"},          {"redriveStatus", "2023-11-15"},
    {"redriveStatusReason", "2023-11-15"},   {"pendingRedrive", "2023-11-15"},
    {"failuresNotRedrivable", "2023-11-15"}, {"encryptionConfiguration", "2024-07-25"},
};

/* Takes out of `got` what the recording was made too early for. */
static void age(json_t *got, const json_t *expected, const char *recorded)
{
    const char *key;
    json_t *value;
    for (size_t i = 0; i < sizeof added / sizeof *added && json_is_object(got); i++)
        if (strcmp(recorded, added[i].since) < 0 &&
            json_object_get(expected, added[i].member) == NULL)
            json_object_del(got, added[i].member);
    if (json_is_object(got))
        json_object_foreach(got, key, value)
        {
            age(value, json_object_get(expected, key), recorded);
        }
}

/* Of an error what the recording has of it: its members are not always all there. */
static json_t *comparable(const json_t *expected, const json_t *answer)
{
    const json_t *wanted = json_object_get(expected, "error");
    const json_t *got = json_object_get(answer, "error");
    if (!json_is_object(wanted) || !json_is_object(got))
        return json_incref((json_t *)answer);
    const char *key;
    json_t *value, *error = need(json_object()), *part = need(json_object());
    json_object_foreach((json_t *)got, key, value)
    {
        if (json_object_get(wanted, key) != NULL)
            set(error, key, json_incref(value));
    }
    set(part, "error", error);
    return part;
}

/* Notes what call `key` should have given and what it gave. False: it failed where nothing is said. */
static bool note(struct api_outcome *outcome, const char *key, const json_t *call,
                 json_t *answer)
{
    json_t *expected = json_object_get(call, "expect");
    const json_t *at = json_object_get(call, "expect_at");
    bool must_succeed = expected == NULL && at == NULL;
    if (must_succeed && json_object_get(answer, "error") == NULL)
        return true;
    if (at != NULL) {
        const char *path = text_of(at, "path");
        json_t *part = path != NULL ? at_path(answer, path, strlen(path)) : NULL;
        set(outcome->expected, key, json_incref(json_object_get(at, "value")));
        set(outcome->actual, key, part != NULL ? json_incref(part) : json_null());
        return true;
    }
    if (!must_succeed)
        set(outcome->expected, key, json_incref(expected));
    json_t *got = need(json_deep_copy(answer));
    if (outcome->recorded != NULL)
        age(got, expected, outcome->recorded);
    set(outcome->actual, key, comparable(expected, got));
    json_decref(got);
    return !must_succeed;
}

/* ------------------------------------------------------------------ kinds of cases */

/* Remembers what polls wait for. */
static void remember(struct script *s, const char *action, const json_t *params,
                     const json_t *answer)
{
    static const char *const arns[] = {"stateMachineVersionArn", "stateMachineAliasArn",
                                       "stateMachineArn", "activityArn"};
    bool deletes = strncmp(action, "Delete", 6) == 0;
    if (!deletes && strncmp(action, "Create", 6) != 0 &&
        strncmp(action, "Publish", 7) != 0 && strncmp(action, "Update", 6) != 0)
        return;
    const char *arn = NULL;
    for (size_t i = 0; i < sizeof arns / sizeof *arns && arn == NULL; i++)
        arn = text_of(deletes ? params : answer, arns[i]);
    if (arn == NULL)
        return;
    char **its = deletes ? &s->deleted : &s->created;
    free(*its);
    *its = need(strdup(arn));
}

static bool is_client_side(const json_t *call)
{
    return json_is_true(json_object_get(
        json_object_get(json_object_get(call, "expect"), "error"), "client_side"));
}

/* False: the script cannot go on. */
static bool ask_next(struct script *s, const json_t *call, size_t index)
{
    char key[24];
    const char *action = text_of(call, "call"), *poll = text_of(call, "poll");
    json_t *params = resolve(json_object_get(call, "params"), s->answers);
    json_t *answer;
    snprintf(key, sizeof key, "%zu", index);
    if (is_client_side(call))
        answer = need(json_object());
    else if (poll != NULL)
        answer = call_until(s, action, params, poll);
    else
        answer = api_call(s->api, action, params);
    bool good = answer != NULL;
    if (!good &&
        asprintf(&s->outcome->trouble, "no answer to call %s, %s", key, action) < 0)
        need(NULL);
    if (good && !is_client_side(call)) {
        remember(s, action, params, answer);
        good = note(s->outcome, key, call, answer);
    }
    json_decref(params);
    if (answer != NULL && json_array_append_new(s->answers, answer) != 0)
        need(NULL);
    return good;
}

static void replay_script(struct api *api, const json_t *testcase,
                          struct api_outcome *outcome)
{
    struct script s = {.api = api, .answers = need(json_array()), .outcome = outcome};
    size_t i;
    json_t *call;
    json_array_foreach(json_object_get(testcase, "script"), i, call)
    {
        if (!ask_next(&s, call, i))
            break;
    }
    json_decref(s.answers);
    free(s.created);
    free(s.deleted);
}

/* As the text that a client sends. */
static json_t *as_text(const json_t *value)
{
    char *text;
    if (json_is_string(value))
        return json_incref((json_t *)value);
    if (asli_json_text(value, &text, NULL, NULL) != 0)
        need(NULL);
    json_t *string = json_string(text);
    asli_free(text);
    return string;
}

static void replay_test_state(struct api *api, const json_t *testcase,
                              struct api_outcome *outcome)
{
    json_t *params = need(json_deep_copy(json_object_get(testcase, "request")));
    const json_t *expect = json_object_get(testcase, "expect");
    json_t *error = json_object_get(expect, "error_response"),
           *call = need(json_object());
    json_t *input = json_object_get(testcase, "input_text");
    set(params, "definition", as_text(json_object_get(testcase, "definition")));
    if (input != NULL)
        set(params, "input", json_incref(input));
    else if (!json_is_true(json_object_get(testcase, "input_absent")))
        set(params, "input", as_text(json_object_get(testcase, "input")));
    set(call, "expect",
        error != NULL ? json_pack("{sO}", "error", error)
                      : json_incref(json_object_get(expect, "response")));
    json_t *answer = api_call(api, "TestState", params);
    if (answer != NULL)
        note(outcome, "response", call, answer);
    else
        outcome->trouble = need(strdup("no answer to TestState"));
    json_decref(answer);
    json_decref(call);
    json_decref(params);
}

static void replay_validate(struct api *api, const json_t *testcase,
                            struct api_outcome *outcome)
{
    json_t *params = need(json_object());
    json_t *call = need(json_pack("{sO}", "expect", json_object_get(testcase, "expect")));
    set(params, "definition", as_text(json_object_get(testcase, "definition")));
    set(params, "type", json_incref(json_object_get(testcase, "type")));
    json_t *answer = api_call(api, "ValidateStateMachineDefinition", params);
    if (answer != NULL)
        note(outcome, "response", call, answer);
    else
        outcome->trouble = need(strdup("no answer to ValidateStateMachineDefinition"));
    json_decref(answer);
    json_decref(call);
    json_decref(params);
}

static const struct {
    const char *kind;
    void (*replay)(struct api *api, const json_t *testcase, struct api_outcome *outcome);
} kinds[] = {
    {"api", replay_script},
    {"test-state", replay_test_state},
    {"validate", replay_validate},
};

void api_replay(struct api *api, const json_t *testcase, struct api_outcome *ret_outcome)
{
    *ret_outcome = (struct api_outcome){
        .expected = need(json_object()),
        .actual = need(json_object()),
        .recorded = text_of(json_object_get(testcase, "aws"), "validated")};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(text_of(testcase, "kind"), kinds[i].kind) == 0)
            kinds[i].replay(api, testcase, ret_outcome);
}

void api_outcome_done(struct api_outcome *outcome)
{
    json_decref(outcome->expected);
    json_decref(outcome->actual);
    free(outcome->trouble);
}
