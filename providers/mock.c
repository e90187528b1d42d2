/* SPDX-License-Identifier: Apache-2.0
 *
 * The providers behind asl/mock.h: states answered by name, as Step Functions Local does it.
 *
 * Which case an execution runs by is told by its machine: there is one for all (asl_mock_add), or it
 * stands in the revision, behind a '#' (asl_mock_case), and so in the store, with the execution.
 *
 * Invariant: a file was checked when it was read. All here runs on the engine's thread.
 */
#include <asl/mock.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asl/provider.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/json.h"

#define MAX_COUNTS 65536

struct mock {
    json_t *config; /* the file */
    json_t
        *counts; /* "EXECUTION\nSTATE" -> invocations so far; the oldest are forgotten */
    char *machine, *test_case; /* the one case there is; NULL: each execution tells */
    char *path; /* of the file, which may change; NULL: it was given as a text */
    struct timespec changed; /* when it did, as it was read */
    off_t size;
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

/* The states that a case mocks, by the names of their responses. `any`: a file's only machine may be
 * called otherwise. NULL: there is no such case. */
static json_t *find_case(const json_t *config, const char *name, const char *test_case,
                         bool any, asl_error *reterr)
{
    json_t *machines = json_object_get(config, "StateMachines");
    json_t *machine = json_object_get(machines, name);
    if (!machine && any && json_object_size(machines) == 1)
        machine = json_object_iter_value(json_object_iter(machines));
    json_t *cases = json_object_get(machine, "TestCases");
    json_t *states = json_object_get(cases, test_case);
    if (reterr && !machine)
        no_such("state machine", name, machines, reterr);
    else if (reterr && !json_is_object(states))
        no_such("test case", test_case, cases, reterr);
    return json_is_object(states) ? states : NULL;
}

/* All of a file. */
static int check_config(json_t *config, asl_error *reterr)
{
    const char *name, *test_case;
    json_t *machine, *states;
    int rc = 0;
    if (!json_is_object(json_object_get(config, "StateMachines")))
        return asl_error_set(reterr, ASL_EINVAL,
                             "this is no mock file: it has no StateMachines");
    json_object_foreach(json_object_get(config, "StateMachines"), name, machine)
    {
        json_object_foreach(json_object_get(machine, "TestCases"), test_case, states)
        {
            rc = rc ? rc : check_case(config, states, reterr);
        }
    }
    return rc;
}

/* Takes the text of a file, unless something is wrong with it. */
static int take_config(struct mock *m, const char *text, size_t len, asl_error *reterr)
{
    json_t *config;
    int rc = asli_json_read(text, len, &config, reterr);
    if (rc)
        return rc;
    rc = check_config(config, reterr);
    if (rc) {
        json_decref(config);
        return rc;
    }
    json_decref(m->config);
    m->config = config;
    return 0;
}

static int read_all(int fd, struct asli_bytes *text, const char *path, asl_error *reterr)
{
    char buf[65536];
    ssize_t got;
    while ((got = read(fd, buf, sizeof buf)) > 0 || (got < 0 && errno == EINTR)) {
        if (got > 0)
            asli_bytes_add(text, buf, (size_t)got);
    }
    if (got < 0)
        return asl_error_set(reterr, ASL_ESYSTEM, "%s: %s", path, strerror(errno));
    return text->oom ? asli_oom(reterr) : 0;
}

static bool is_same(const struct mock *m, const struct stat *s)
{
    return m->config && m->size == s->st_size && m->changed.tv_sec == s->st_mtim.tv_sec &&
           m->changed.tv_nsec == s->st_mtim.tv_nsec;
}

/* Reads the file when it is another than that which was read. */
static int refresh(struct mock *m, asl_error *reterr)
{
    struct asli_bytes text = {0};
    struct stat s;
    int fd = open(m->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s) != 0) {
        int rc = asl_error_set(reterr, ASL_ESYSTEM, "%s: %s", m->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return rc;
    }
    bool same = is_same(m, &s);
    int rc = same ? 0 : read_all(fd, &text, m->path, reterr);
    close(fd);
    if (!rc && !same)
        rc = take_config(m, text.data ? text.data : "", text.len, reterr);
    if (!rc) {
        m->changed = s.st_mtim;
        m->size = s.st_size;
    }
    asli_bytes_done(&text);
    return rc;
}

/* ---- answering ---- */

/* The name of the response that a state is answered with; NULL: it is not mocked. */
static const char *response_of(const struct mock *m, const asl_resource *resource)
{
    const char *machine = asl_resource_machine(resource);
    const char *state = asl_resource_state(resource);
    const char *revision = asl_resource_revision(resource);
    const char *mark = revision ? strrchr(revision, '#') : NULL;
    const char *test_case = m->test_case ? m->test_case : mark ? mark + 1 : NULL;
    if (!machine || !state || !test_case ||
        (m->machine && strcmp(machine, m->machine) != 0))
        return NULL;
    const json_t *states =
        find_case(m->config, machine, test_case, m->machine != NULL, NULL);
    return json_string_value(json_object_get(states, state));
}

static int claims(void *self, const asl_resource *resource)
{
    return response_of(self, resource) != NULL;
}

/* ---- which invocation ---- */

/* The name of the state that an event, by its place in a history, is of: that of the last entry
 * before it, by the chain of events. */
static const char *state_of(const json_t *events, size_t at)
{
    for (;;) {
        const json_t *event = json_array_get(events, at);
        const json_t *entered = json_object_get(event, "stateEnteredEventDetails");
        json_int_t before = json_integer_value(json_object_get(event, "previousEventId"));
        if (entered)
            return json_string_value(json_object_get(entered, "name"));
        if (before < 1 || (size_t)before > at)
            return "";
        at = (size_t)before - 1; /* ids count from 1, without a gap */
    }
}

static bool is_scheduled(const json_t *event)
{
    static const char end[] = "Scheduled";
    const char *type = json_string_value(json_object_get(event, "type"));
    size_t len = type ? strlen(type) : 0;
    return len > strlen(end) && strcmp(type + len - strlen(end), end) == 0;
}

/* How often a state was begun and ended by an engine before this one: what its history has, without
 * what is open and is about to be given out (again). Nothing is known of Express executions. */
static int count_past(const asl_task *task, long *ret_count, asl_error *reterr)
{
    const char *execution = asl_task_execution(task), *state = asl_task_state(task);
    asl_store *store = asl_engine_store(asl_task_engine(task));
    ASLI_AUTO(json) json_t *history = NULL;
    ASLI_AUTO(json) json_t *open_tasks = NULL;
    json_t *value;
    size_t i;
    int rc = asl_history(store, execution, &history, reterr);
    if (!rc)
        rc = asl_open_tasks(store, execution, &open_tasks, reterr);
    *ret_count = 0;
    if (rc)
        return rc == ASL_ENOTFOUND ? 0 : rc;
    const json_t *events = json_object_get(history, "events");
    json_array_foreach((json_t *)events, i, value)
    {
        *ret_count += is_scheduled(value) && strcmp(state_of(events, i), state) == 0;
    }
    json_array_foreach(open_tasks, i, value)
    {
        const char *name = json_string_value(json_object_get(value, "stateName"));
        *ret_count -= name && strcmp(name, state) == 0;
    }
    if (*ret_count < 0)
        *ret_count = 0;
    return 0;
}

/* How often the state ran in this execution before. */
static int count(struct mock *m, const asl_task *task, long *ret_count, asl_error *reterr)
{
    ASLI_AUTO(text)
    char *key = asli_printf("%s\n%s", asl_task_execution(task), asl_task_state(task));
    if (!key)
        return asli_oom(reterr);
    const json_t *known = json_object_get(m->counts, key);
    int rc = known ? 0 : count_past(task, ret_count, reterr);
    if (rc)
        return rc;
    if (known)
        *ret_count = (long)json_integer_value(known);
    if (json_object_size(m->counts) > MAX_COUNTS)
        json_object_del(m->counts, json_object_iter_key(json_object_iter(m->counts)));
    return json_object_set_new(m->counts, key, json_integer(*ret_count + 1))
               ? asli_oom(reterr)
               : 0;
}

/* ---- the answer ---- */

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
    const char *name = response_of(m, asl_task_resource_info(task));
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

/* ---- adding them ---- */

static void on_close(void *self)
{
    struct mock *m = self;
    json_decref(m->config);
    json_decref(m->counts);
    asli_free(m->machine);
    asli_free(m->test_case);
    asli_free(m->path);
    asli_free(m);
}

/* The case of one machine, and those that executions tell. */
static const asl_provider_ops one_ops = {
    sizeof one_ops, "mock", claims, start, NULL, on_close,
};
static const asl_provider_ops cases_ops = {
    sizeof cases_ops, "mocks", claims, start, NULL, on_close,
};

static struct mock *mock_new(void)
{
    struct mock *m = asli_alloc(sizeof *m);
    json_t *counts = json_object();
    if (m && counts) {
        m->counts = counts;
        return m;
    }
    asli_free(m);
    json_decref(counts);
    return NULL;
}

int asl_mock_add(asl_engine *engine, const char *config, size_t len, const char *machine,
                 const char *test_case, asl_error *reterr)
{
    struct mock *m = mock_new();
    if (!m)
        return asli_oom(reterr);
    m->machine = asli_strdup(machine);
    m->test_case = asli_strdup(test_case);
    int rc = m->machine && m->test_case ? 0 : asli_oom(reterr);
    if (!rc)
        rc = take_config(m, config, len == (size_t)-1 ? strlen(config) : len, reterr);
    if (!rc && !find_case(m->config, machine, test_case, true, reterr))
        rc = ASL_EINVAL;
    if (!rc)
        return asl_engine_add_provider(engine, &one_ops, m, reterr);
    on_close(m);
    return rc;
}

int asl_mock_open(asl_engine *engine, const char *path, asl_error *reterr)
{
    if (asl_engine_provider(engine, &cases_ops))
        return asl_error_set(reterr, ASL_EEXISTS, "the engine has a mock file already");
    struct mock *m = mock_new();
    if (!m)
        return asli_oom(reterr);
    m->path = asli_strdup(path);
    int rc = m->path ? refresh(m, reterr) : asli_oom(reterr);
    if (!rc)
        return asl_engine_add_provider(engine, &cases_ops, m, reterr);
    on_close(m);
    return rc;
}

int asl_mock_case(asl_engine *engine, const asl_machine *machine, const char *test_case,
                  asl_machine **ret_machine, asl_error *reterr)
{
    struct mock *m = asl_engine_provider(engine, &cases_ops);
    const char *revision = asl_machine_revision(machine);
    if (!m)
        return asl_error_set(
            reterr, ASL_EINVAL,
            "there is no mock file that could have the test case '%.80s'", test_case);
    int rc = refresh(m, reterr);
    if (rc)
        return rc;
    if (!find_case(m->config, asl_machine_name(machine), test_case, false, reterr))
        return ASL_EINVAL;
    ASLI_AUTO(text)
    char *own = asli_printf("%s#%s", revision ? revision : "", test_case);
    return own ? asl_machine_revise(machine, own, ret_machine, reterr) : asli_oom(reterr);
}
