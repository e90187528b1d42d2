/* SPDX-License-Identifier: Apache-2.0
 *
 * See handlers.h. A handler is a row: its name and the pure function that decides.
 */
#include "torture/handlers.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <asl/activity.h>
#include <asl/nested.h>

#include "engine/base/alloc.h"
#include "torture/need.h"

enum how { SUCCEED, FAIL, LATER, ASK, MUTE, SILENT, RUDE };

struct answer {
    enum how how;
    int64_t v;
    const char *error, *cause, *status;
};

static int64_t number(const json_t *input, const char *key)
{
    return json_integer_value(json_object_get(input, key));
}

int64_t torture_callback_v(const json_t *input)
{
    return number(input, "v") + 7;
}

static void add(const json_t *input, int attempt, struct answer *answer)
{
    answer->v += 2;
}

static void later(const json_t *input, int attempt, struct answer *answer)
{
    answer->how = LATER;
    answer->v += 3;
}

static void flaky(const json_t *input, int attempt, struct answer *answer)
{
    if (attempt < number(input, "fails"))
        *answer = (struct answer){.how = FAIL, .error = "Flaky", .cause = "not yet"};
}

static void bad(const json_t *input, int attempt, struct answer *answer)
{
    *answer = (struct answer){.how = FAIL, .error = "Bad", .cause = "always"};
}

static void healed(const json_t *input, int attempt, struct answer *answer)
{
    if (number(input, "redrives") == 0)
        *answer = (struct answer){.how = FAIL, .error = "Ill", .cause = "redrive it"};
}

static void rude(const json_t *input, int attempt, struct answer *answer)
{
    *answer = (struct answer){.how = RUDE, .v = number(input, "how")};
}

static void silent(const json_t *input, int attempt, struct answer *answer)
{
    answer->how = SILENT;
}

static void mute(const json_t *input, int attempt, struct answer *answer)
{
    answer->how = MUTE;
}

static void ask(const json_t *input, int attempt, struct answer *answer)
{
    answer->how = ASK;
    answer->v = torture_callback_v(input);
}

static void reserve(const json_t *input, int attempt, struct answer *answer)
{
    if (answer->v % 3 == 0 && attempt == 0)
        *answer = (struct answer){.how = FAIL, .error = "TableError", .cause = "busy"};
    else if (answer->v % 7 == 0)
        *answer =
            (struct answer){.how = FAIL, .error = "ApartmentTaken", .cause = "gone"};
}

static void lookup(const json_t *input, int attempt, struct answer *answer)
{
    bool paid = answer->v % 2 == 0 || json_object_get(input, "late");
    answer->status = paid ? "paid" : "reserved";
}

static void revert(const json_t *input, int attempt, struct answer *answer)
{
    if (answer->v % 5 == 0)
        *answer =
            (struct answer){.how = FAIL, .error = "ApartmentPaid", .cause = "just now"};
}

static const struct row {
    const char *name;
    void (*decide)(const json_t *input, int attempt, struct answer *answer);
} rows[] = {
    {"add", add},       {"later", later},     {"flaky", flaky},   {"bad", bad},
    {"healed", healed}, {"rude", rude},       {"silent", silent}, {"desk:mute", mute},
    {"desk:ask", ask},  {"reserve", reserve}, {"lookup", lookup}, {"revert", revert},
};

static const struct row *row_of(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return &rows[0];
}

json_t *torture_output(int64_t v, int64_t mark)
{
    json_t *output = torture_need(json_object());
    if (json_object_set_new(output, "v", json_integer(v)) ||
        json_object_set_new(output, "mark", json_integer(mark)))
        torture_need(NULL);
    return output;
}

/* ---- what befalls it ---- */

static void before(enum torture_mishap mishap, asl_task *task)
{
    static const char rubbish[] = "{\"v\": \xff";
    if (mishap == TORTURE_HANGS) {
        for (;;)
            pause();
    } else if (mishap == TORTURE_CRASHES) {
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    } else if (mishap == TORTURE_TELLS_RUBBISH) {
        asl_task_succeed_text(task, rubbish, sizeof rubbish - 1, NULL);
        asl_task_succeed_text(task, "", 0, NULL);
    }
}

static int after(struct torture_hands *hands, enum torture_mishap mishap, asl_task *task)
{
    if (mishap == TORTURE_TELLS_TWICE &&
        (asl_task_succeed_text(task, "{\"v\":-1}", (size_t)-1, NULL) == 0 ||
         asl_task_fail(task, "Twice", NULL, NULL) == 0))
        hands->again(hands->arg, task);
    if (mishap == TORTURE_ENDS_THREAD)
        pthread_exit(NULL);
    return mishap == TORTURE_TELLS_RUBBISH ? 4711 : 0;
}

/* ---- answering ---- */

static int tell_rudely(asl_task *task, int64_t how)
{
    enum { TOO_LONG = 300000 };
    if (how % 3 == 0)
        return -1;
    if (how % 3 == 1)
        return 0;
    char *text = torture_need(asli_alloc(TOO_LONG + 3));
    memset(text, 'x', TOO_LONG + 2);
    text[0] = text[TOO_LONG + 1] = '"';
    int rc = asl_task_succeed_text(task, text, TOO_LONG + 2, NULL);
    asli_free(text);
    return rc ? -1 : 0;
}

static int tell(struct torture_hands *hands, asl_task *task, const struct answer *answer,
                int64_t mark)
{
    json_t *output;
    switch (answer->how) {
    case FAIL:
        asl_task_fail(task, answer->error, answer->cause, NULL);
        return 0;
    case RUDE:
        return tell_rudely(task, answer->v);
    case SILENT:
        hands->kept(hands->arg, task);
        return 0;
    case MUTE:
    case ASK:
        asl_task_submitted(task, NULL, NULL);
        if (answer->how == ASK)
            hands->submitted(hands->arg, task, answer->v, mark);
        return 0;
    case SUCCEED:
    case LATER:
        break;
    }
    output = torture_output(answer->v, mark);
    if (answer->status &&
        json_object_set_new(output, "status", json_string(answer->status)))
        torture_need(NULL);
    if (answer->how == LATER)
        hands->later(hands->arg, task, output);
    else
        asl_task_succeed(task, output, NULL);
    return 0;
}

/* On a worker of the host, or one that we could not do without. */
static int handle(struct torture_hands *hands, const struct row *row, asl_task *task,
                  bool ours)
{
    const json_t *input = asl_task_input(task);
    struct answer answer = {.how = SUCCEED, .v = number(input, "v")};
    int64_t mark = hands->taken(hands->arg, task);
    enum torture_mishap mishap = hands->mishap(hands->arg);
    if (ours && (mishap == TORTURE_HANGS || mishap == TORTURE_ENDS_THREAD))
        mishap = TORTURE_NO_MISHAP;
    row->decide(input, asl_task_attempt(task), &answer);
    before(mishap, task);
    int rc = tell(hands, task, &answer, mark);
    if (answer.how != SUCCEED && answer.how != FAIL)
        return rc;
    return after(hands, mishap, task);
}

static int handler(asl_task *task, void *arg)
{
    return handle(arg, row_of(asl_task_handler(task)), task, false);
}

void torture_work(struct torture_hands *hands, asl_task *task)
{
    handle(hands, &rows[0], task, true);
}

static int add_inner(asl_engine *engine, asl_error *reterr)
{
    static const char inner[] =
        "{\"StartAt\":\"Wait2\",\"States\":{\"Wait2\":{\"Type\":\"Wait\",\"Seconds\":2,"
        "\"Next\":\"Add\"},\"Add\":{\"Type\":\"Task\",\"Resource\":\"handler:add\","
        "\"ResultSelector\":{\"v.$\":\"$.v\"},\"End\":true}}}";
    asl_machine_options options = {.size = sizeof options, .name = TORTURE_INNER};
    asl_machine *machine;
    int rc = asl_machine_load(inner, sizeof inner - 1, &options, &machine, NULL, reterr);
    if (rc)
        return rc;
    rc = asl_nested_add(engine, machine, reterr);
    asl_machine_unref(machine);
    return rc;
}

int torture_register(asl_engine *engine, struct torture_hands *hands, unsigned flags,
                     asl_error *reterr)
{
    int rc = asl_activity_create(engine, TORTURE_ACTIVITY, 0, reterr);
    if (!rc)
        rc = add_inner(engine, reterr);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !rc; i++)
        rc = asl_handler(engine, rows[i].name, handler, hands, flags, reterr);
    return rc;
}
