/* SPDX-License-Identifier: Apache-2.0
 *
 * Deleting. A state machine is marked (DELETING) first, which nothing passes: then what runs of it is
 * stopped, some at a time, and when nothing runs it goes, with its versions and aliases. A crash
 * in between leaves the mark, from which it goes on when the registry is opened.
 *
 * Express executions are not stopped: they end by themselves.
 */
#include <string.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

struct deletion {
    struct asl_control *control;
    struct asli_item *machine;
    struct asli_request *request; /* waits for it; NULL: nobody */
    uint64_t after;               /* where the list of what runs goes on */
    size_t stopping;              /* executions whose stop is not yet answered */
    bool again;                   /* memory was out: once more from the beginning */
};

int asli_remove(struct asli_request *r, struct asli_shelf *shelf, struct asli_item *item,
                asl_error *reterr)
{
    int rc = asli_put_row(r, item, NULL, reterr);
    if (!rc)
        rc = asli_write(r, reterr);
    if (rc)
        return rc;
    asli_shelf_remove(shelf, item);
    asli_item_free(item);
    return 0;
}

/* ---- the end ---- */

static void end(struct deletion *d, int rc, const asl_error *error)
{
    struct asli_request *r = d->request;
    if (r && error)
        r->error = *error;
    d->machine->deleting = false;
    asli_free(d);
    if (r)
        asli_finish(r, rc);
}

static void nobody(void *arg, json_t *response, const asl_error *error)
{
}

static struct asli_request *request_of_nobody(struct asl_control *control)
{
    struct asli_request *r = asli_alloc(sizeof *r);
    if (r)
        *r = (struct asli_request){
            .control = control, .action = "DeleteStateMachine", .reply = nobody};
    return r;
}

static int put_all(struct asli_request *r, const struct asli_item *machine,
                   asl_error *reterr)
{
    int rc = asli_put_row(r, machine, NULL, reterr);
    for (size_t i = 0; !rc && i < machine->versions.count; i++)
        rc = asli_put_row(r, machine->versions.items[i], NULL, reterr);
    for (size_t i = 0; !rc && i < machine->aliases.count; i++)
        rc = asli_put_row(r, machine->aliases.items[i], NULL, reterr);
    return rc;
}

static void remove_machine(struct deletion *d)
{
    struct asli_item *machine = d->machine;
    asl_error err = {0};
    if (!d->request && !(d->request = request_of_nobody(d->control))) {
        end(d, ASL_ENOMEM, NULL);
        return;
    }
    int rc = put_all(d->request, machine, &err);
    if (!rc)
        rc = asli_write(d->request, &err);
    if (rc) {
        end(d, rc, &err);
        return;
    }
    asli_shelf_remove(&d->control->machines, machine);
    asli_item_free(machine);
    asli_free(d);
}

/* ---- what runs ---- */

static void sweep(void *arg, int code, const char *text);

/* A page a turn, so that a long list holds up nobody. */
static void sweep_later(struct deletion *d)
{
    asl_error err = {0};
    int rc = asl_engine_write_rows(d->control->engine, NULL, 0, sweep, d, &err);
    if (rc)
        end(d, rc, &err);
}

/* What is behind this page, or the end. */
static void go_on(struct deletion *d)
{
    if (d->after || d->again) {
        d->again = d->again && d->after;
        sweep_later(d);
    } else {
        remove_machine(d);
    }
}

/* One that is being stopped less; who asks for the stops counts as one. What was refused for another
 * reason than memory has ended, or cannot be read: asking once more would change nothing. */
static void stopped(void *arg, int code, const char *text)
{
    struct deletion *d = arg;
    d->again = d->again || code == ASL_ENOMEM;
    if (--d->stopping == 0)
        go_on(d);
}

static void stop_all(struct deletion *d, const json_t *executions)
{
    size_t i;
    json_t *execution;
    int rc = 0;
    d->stopping = 1;
    json_array_foreach((json_t *)executions, i, execution)
    {
        const char *arn = json_string_value(json_object_get(execution, "executionArn"));
        rc = asl_stop(d->control->engine, arn, NULL, NULL, stopped, d, NULL);
        if (rc)
            break;
        d->stopping++;
    }
    stopped(d, rc, NULL);
}

static int list_running(struct deletion *d, json_t **ret_page, asl_error *reterr)
{
    asl_list_options options = {.size = sizeof options,
                                .machine_arn = d->machine->arn,
                                .status = "RUNNING",
                                .after = d->after};
    return asl_list_page(asl_engine_store(d->control->engine), &options, ret_page,
                         &d->after, reterr);
}

static void sweep(void *arg, int code, const char *text)
{
    struct deletion *d = arg;
    asl_error err = {0};
    json_t *page = NULL;
    int rc = code ? asl_error_set(&err, code, "%s", text ? text : asl_code_text(code))
                  : list_running(d, &page, &err);
    if (rc) { /* with the engine's end, say: it goes on when that is opened again */
        end(d, rc, &err);
        return;
    }
    const json_t *executions = json_object_get(page, "executions");
    struct asli_request *r = json_array_size(executions) ? d->request : NULL;
    if (r) {
        d->request = NULL;
        asli_finish(r, 0);
    }
    stop_all(d, executions);
    json_decref(page);
}

/* ---- the beginning ---- */

static int begin(struct asl_control *control, struct asli_item *machine,
                 struct asli_request *r, const asl_row *rows, size_t count,
                 asl_error *reterr)
{
    struct deletion *d = asli_alloc(sizeof *d);
    if (!d)
        return asli_oom(reterr);
    *d = (struct deletion){.control = control, .machine = machine, .request = r};
    int rc = asl_engine_write_rows(control->engine, rows, count, sweep, d, reterr);
    if (rc)
        asli_free(d);
    else
        machine->deleting = true;
    return rc;
}

int asli_deletion_resume(struct asl_control *control, struct asli_item *machine,
                         asl_error *reterr)
{
    return machine->deleting || !asli_is_deleting(machine)
               ? 0
               : begin(control, machine, NULL, NULL, 0, reterr);
}

int asli_delete(struct asli_request *r, struct asli_item *machine, asl_error *reterr)
{
    if (machine->deleting)
        return 0;
    json_t *value = asli_json_copy(machine->value);
    int rc = json_object_set_new(value, "status", json_string("DELETING")) != 0
                 ? asli_oom(reterr)
                 : asli_put_row(r, machine, value, reterr);
    if (!rc)
        rc = begin(r->control, machine, r, r->rows, r->count, reterr);
    if (rc) {
        json_decref(value);
        return rc;
    }
    asli_item_set(machine, value);
    r->waits = true;
    asli_forget_rows(r);
    return 0;
}
