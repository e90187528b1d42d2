/* SPDX-License-Identifier: Apache-2.0
 *
 * The work of the booking's Task states. Each handler is one transaction on the table, in the name
 * of its execution, and answers with the booking as this execution sees it. Given the same task
 * again after a crash, it finds what it did and answers the same.
 */
#include <stdlib.h>
#include <string.h>

#include "examples/apartment_booking/booking_handlers.h"

static const char *apartment_of(const asl_task *task)
{
    const char *id =
        json_string_value(json_object_get(asl_task_input(task), "apartment"));
    return id ? id : "";
}

static int answer(asl_task *task, enum apartment_end end, const char *status)
{
    if (end != APARTMENT_OK)
        return asl_task_fail(task, apartment_error(end), apartment_cause(end), NULL);
    json_t *booking =
        json_pack("{s:s, s:s}", "apartment", apartment_of(task), "status", status);
    return booking ? asl_task_succeed(task, booking, NULL) : ASL_ENOMEM;
}

static int reserve(asl_task *task, void *arg)
{
    const char *holder = asl_task_execution(task);
    return answer(task, apartments_reserve(arg, apartment_of(task), holder, NULL),
                  "reserved");
}

static int lookup(asl_task *task, void *arg)
{
    apartment row = {.status = "vacant"};
    enum apartment_end end = apartments_get(arg, apartment_of(task), &row);
    int ours = strcmp(row.holder, asl_task_execution(task)) == 0;
    return answer(task, end, ours ? row.status : "vacant");
}

static int revert(asl_task *task, void *arg)
{
    const char *holder = asl_task_execution(task);
    return answer(task, apartments_revert(arg, apartment_of(task), holder, NULL),
                  "vacant");
}

int booking_register(asl_engine *engine, apartments *table, asl_error *reterr)
{
    static const struct {
        const char *name;
        asl_handler_fn *handler;
    } rows[] = {{"reserve", reserve}, {"lookup", lookup}, {"revert", revert}};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof rows / sizeof *rows; i++)
        rc = asl_handler(engine, rows[i].name, rows[i].handler, table, 0, reterr);
    return rc;
}

int asl_plugin(asl_engine *engine, asl_error *reterr)
{
    static apartments
        *table; /* LMDB: once a process; a plug-in stays until the process ends */
    const char *dir = getenv("BOOKING_DB");
    if (!table && !dir)
        return asl_error_set(reterr, ASL_EINVAL,
                             "set BOOKING_DB to the table's directory");
    if (!table && !(table = apartments_open(dir)))
        return asl_error_set(reterr, ASL_ESYSTEM, "cannot open the table in %s", dir);
    return booking_register(engine, table, reterr);
}
