/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl_mock_add: states answered by name, as Step Functions Local does it.
 *
 * Invariant: the file was checked when it was added, so that every state of the test case has a
 * response whose entries are {"Return"} or {"Throw"}. All here runs on the engine's thread.
 */
#include <asl/mock.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <asl/provider.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/json.h"

struct mock {
    char *machine;  /* whose states they are */
    json_t *config; /* the file */
    json_t *states; /* in it: state -> name of its response */
    json_t *counts; /* "EXECUTION\nSTATE" -> invocations so far */
};

/* ---- the file ---- */

/* "3" or "1-2". */
static bool read_range(const char *key, long *ret_first, long *ret_last)
{
    char *end;
    if (*key < '0' || *key > '9')
        return false;
    *ret_first = *ret_last = strtol(key, &end, 10);
    if (*end == '-' && end[1] >= '0' && end[1] <= '9')
        *ret_last = strtol(end + 1, &end, 10);
    return !*end && *ret_last >= *ret_first;
}

static int check_response(const char *name, json_t *response, asl_error *reterr)
{
    const char *key;
    json_t *entry;
    long first, last;
    if (!json_is_object(response))
        return asl_error_set(reterr, ASL_EINVAL, "MockedResponses has no object '%s'",
                             name);
    json_object_foreach(response, key, entry)
    {
        const json_t *thrown = json_object_get(entry, "Throw");
        if (!read_range(key, &first, &last))
            return asl_error_set(reterr, ASL_EINVAL,
                                 "'%s' of the mocked response '%s' is neither a number "
                                 "nor a range such as 1-2",
                                 key, name);
        if (!json_object_get(entry, "Return") && !json_is_object(thrown))
            return asl_error_set(reterr, ASL_EINVAL,
                                 "'%s' of the mocked response '%s' has neither Return "
                                 "nor Throw",
                                 key, name);
    }
    return 0;
}

static int check_case(json_t *config, json_t *states, asl_error *reterr)
{
    json_t *responses = json_object_get(config, "MockedResponses"), *value;
    const char *state;
    json_object_foreach(states, state, value)
    {
        const char *name = json_string_value(value);
        if (!name)
            return asl_error_set(reterr, ASL_EINVAL,
                                 "the mocked response of state '%s' is no name", state);
        int rc = check_response(name, json_object_get(responses, name), reterr);
        if (rc)
            return rc;
    }
    return 0;
}

/* "a, b, c" of an object's keys, for messages. */
static char *keys_of(json_t *object)
{
    struct asli_bytes list = {0};
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
        asli_bytes_addf(&list, "%s%s", list.len ? ", " : "", key);
    if (!list.len)
        asli_bytes_adds(&list, "none");
    return asli_bytes_take_text(&list);
}

static int no_such(const char *what, const char *name, json_t *among, asl_error *reterr)
{
    ASLI_AUTO(text) char *there_are = keys_of(among);
    if (!there_are)
        return asli_oom(reterr);
    return asl_error_set(reterr, ASL_EINVAL, "the mock file has no %s '%s'; it has: %s",
                         what, name, there_are);
}

static int find_case(struct mock *m, const char *test_case, asl_error *reterr)
{
    json_t *machines = json_object_get(m->config, "StateMachines");
    json_t *machine = json_object_get(machines, m->machine);
    if (!json_is_object(machines))
        return asl_error_set(reterr, ASL_EINVAL,
                             "this is no mock file: it has no StateMachines");
    if (!machine && json_object_size(machines) == 1)
        machine = json_object_iter_value(json_object_iter(machines));
    if (!machine)
        return no_such("state machine", m->machine, machines, reterr);
    json_t *cases = json_object_get(machine, "TestCases");
    m->states = json_object_get(cases, test_case);
    if (!json_is_object(m->states))
        return no_such("test case", test_case, cases, reterr);
    return check_case(m->config, m->states, reterr);
}

/* ---- answering ---- */

static int claims(void *self, const asl_resource *resource)
{
    const struct mock *m = self;
    const char *machine = asl_resource_machine(resource);
    const char *state = asl_resource_state(resource);
    return machine && state && strcmp(machine, m->machine) == 0 &&
           json_object_get(m->states, state) != NULL;
}

/* How often the state ran in this execution before. */
static int count(struct mock *m, const asl_task *task, long *ret_count, asl_error *reterr)
{
    ASLI_AUTO(text)
    char *key = asli_printf("%s\n%s", asl_task_execution(task), asl_task_state(task));
    if (!key)
        return asli_oom(reterr);
    *ret_count = (long)json_integer_value(json_object_get(m->counts, key));
    return json_object_set_new(m->counts, key, json_integer(*ret_count + 1))
               ? asli_oom(reterr)
               : 0;
}

static json_t *entry_for(json_t *response, long invocation)
{
    const char *key;
    json_t *entry;
    json_object_foreach(response, key, entry)
    {
        long first, last;
        if (read_range(key, &first, &last) && first <= invocation && invocation <= last)
            return entry;
    }
    return NULL;
}

static int give(asl_task *task, json_t *entry, asl_error *reterr)
{
    const asl_resource *resource = asl_task_resource_info(task);
    const json_t *thrown = json_object_get(entry, "Throw");
    int rc = 0;
    if (asl_resource_kind_of(resource) == ASL_RESOURCE_ACTIVITY)
        rc = asl_task_started(task, "mock", reterr);
    if (rc)
        return rc;
    if (thrown)
        return asl_task_fail(task, json_string_value(json_object_get(thrown, "Error")),
                             json_string_value(json_object_get(thrown, "Cause")), reterr);
    if (asl_resource_pattern(resource) != ASL_PATTERN_REQUEST)
        rc = asl_task_submitted(task, NULL, reterr);
    if (rc)
        return rc;
    return asl_task_succeed(task, json_incref(json_object_get(entry, "Return")), reterr);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    struct mock *m = self;
    const char *state = asl_task_state(task);
    const char *name = json_string_value(json_object_get(m->states, state));
    json_t *responses = json_object_get(m->config, "MockedResponses");
    long invocation = 0;
    int rc = count(m, task, &invocation, reterr);
    if (rc)
        return rc;
    json_t *entry = entry_for(json_object_get(responses, name), invocation);
    if (entry)
        return give(task, entry, reterr);
    ASLI_AUTO(text)
    char *cause = asli_printf("The mocked response '%s' has no entry for invocation %ld "
                              "of the state '%s'",
                              name, invocation, state);
    return cause ? asl_task_fail(task, "States.Runtime", cause, reterr)
                 : asli_oom(reterr);
}

static void on_close(void *self)
{
    struct mock *m = self;
    json_decref(m->config);
    json_decref(m->counts);
    asli_free(m->machine);
    asli_free(m);
}

static const asl_provider_ops ops = {
    sizeof ops, "mock", claims, start, NULL, on_close,
};

int asl_mock_add(asl_engine *engine, const char *config, size_t len, const char *machine,
                 const char *test_case, asl_error *reterr)
{
    struct mock *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->counts = json_object();
    m->machine = asli_strdup(machine);
    int rc = m->counts && m->machine ? 0 : asli_oom(reterr);
    if (!rc)
        rc = asli_json_read(config, len == (size_t)-1 ? strlen(config) : len, &m->config,
                            reterr);
    if (!rc)
        rc = find_case(m, test_case, reterr);
    if (!rc)
        return asl_engine_add_provider(engine, &ops, m, reterr);
    on_close(m);
    return rc;
}
