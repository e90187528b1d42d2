/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told of the executions in a store, one value a line.
 */
#include <asl.h>
#include <asl/control.h>

#include "conformance/golden/golden.h"
#include "engine/base/json.h"

static void add_line(struct asli_bytes *out, const json_t *value)
{
    asl_error error = {0};
    golden_must(asli_json_write(value, out, &error), "write", &error);
    asli_bytes_addc(out, '\n');
}

static void tell(asl_store *store, const char *arn, struct asli_bytes *out)
{
    asl_error error = {0};
    json_t *value, *item;
    size_t i;
    golden_must(asl_describe(store, arn, &value, &error), arn, &error);
    asli_bytes_addc(out, '\n');
    add_line(out, value);
    json_decref(value);
    golden_must(asl_history(store, arn, &value, &error), arn, &error);
    json_array_foreach(json_object_get(value, "events"), i, item) add_line(out, item);
    json_decref(value);
    golden_must(asl_open_tasks(store, arn, &value, &error), arn, &error);
    json_array_foreach(value, i, item) add_line(out, item);
    json_decref(value);
}

/* "NAME STATUS", and its output, or its error. */
static void tell_end(asl_store *store, const char *arn, struct asli_bytes *out)
{
    static const char *const members[] = {"output", "error", "cause"};
    asl_error error = {0};
    json_t *value;
    golden_must(asl_describe(store, arn, &value, &error), arn, &error);
    asli_bytes_addf(out, "%s %s", json_string_value(json_object_get(value, "name")),
                    json_string_value(json_object_get(value, "status")));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = json_string_value(json_object_get(value, members[i]));
        if (text)
            asli_bytes_addf(out, " %s", text);
    }
    asli_bytes_addc(out, '\n');
    json_decref(value);
}

typedef void tell_fn(asl_store *store, const char *arn, struct asli_bytes *out);

static void each(asl_store *store, const json_t *list, tell_fn *fn,
                 struct asli_bytes *out)
{
    const json_t *executions = json_object_get(list, "executions");
    for (size_t i = json_array_size(executions); i > 0; i--) {
        const json_t *one = json_array_get(executions, i - 1);
        fn(store, json_string_value(json_object_get(one, "executionArn")), out);
    }
}

/* The children after their run, which an ordinary execution has none of. */
static void with_children(asl_store *store, const char *arn, tell_fn *fn, bool runs,
                          struct asli_bytes *out)
{
    asl_error error = {0};
    json_t *list, *run, *children;
    size_t i;
    fn(store, arn, out);
    golden_must(asl_map_runs(store, arn, &list, &error), arn, &error);
    json_array_foreach(json_object_get(list, "mapRuns"), i, run)
    {
        const char *name = json_string_value(json_object_get(run, "mapRunArn"));
        if (runs)
            add_line(out, run);
        golden_must(asl_map_run_executions(store, arn, name, NULL, &children, &error),
                    name, &error);
        each(store, children, fn, out);
        json_decref(children);
    }
    json_decref(list);
}

static void tell_with_children(asl_store *store, const char *arn, struct asli_bytes *out)
{
    with_children(store, arn, tell, true, out);
}

static void end_with_children(asl_store *store, const char *arn, struct asli_bytes *out)
{
    with_children(store, arn, tell_end, false, out);
}

static void all(asl_store *store, tell_fn *fn, struct asli_bytes *out)
{
    asl_error error = {0};
    json_t *list;
    golden_must(asl_list(store, NULL, &list, &error), "list", &error);
    each(store, list, fn, out);
    json_decref(list);
}

void golden_told(asl_store *store, struct asli_bytes *out)
{
    all(store, tell_with_children, out);
}

void golden_ends(asl_store *store, struct asli_bytes *out)
{
    all(store, end_with_children, out);
}
