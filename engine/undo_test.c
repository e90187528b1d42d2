/* SPDX-License-Identifier: Apache-2.0
 *
 * The savepoint of a step: when any one allocation fails, the call says so, and calling again
 * gives the very history that an undisturbed run gives. Time, secrets and order are fixed here.
 */
#include <asl/host.h>

#include <string.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"

#define EPOCH 1700000000000

/* Retries of a Map, a Parallel that fails and is caught, parked tasks, heartbeats, time-outs, and
 * in the end a stop. */
static const char definition[] =
    "{'StartAt':'Each','TimeoutSeconds':900,'States':{"
    "'Each':{'Type':'Map','MaxConcurrency':2,'ItemSelector':{'v.$':'$$.Map.Item.Value'},"
    "'ItemProcessor':{'StartAt':'Try','States':{"
    "'Try':{'Type':'Task','Resource':'handler:flaky','Retry':[{'ErrorEquals':['E'],"
    "'IntervalSeconds':2,'JitterStrategy':'FULL'}],'Next':'Rest'},"
    "'Rest':{'Type':'Wait','Seconds':3,'End':true}}},'Next':'Both'},"
    "'Both':{'Type':'Parallel','Branches':["
    "{'StartAt':'Beat','States':{'Beat':{'Type':'Task','Resource':"
    "'arn:aws:states:::desk:ask.waitForTaskToken','HeartbeatSeconds':10,"
    "'TimeoutSeconds':30,'Parameters':{'t.$':'$$.Task.Token'},'End':true}}},"
    "{'StartAt':'Long','States':{'Long':{'Type':'Wait','Seconds':500,'End':true}}}],"
    "'Retry':[{'ErrorEquals':['States.HeartbeatTimeout'],'MaxAttempts':1}],"
    "'Catch':[{'ErrorEquals':['States.ALL'],'ResultPath':'$[0]','Next':'Ask'}],"
    "'Next':'Ask'},"
    "'Ask':{'Type':'Task','Resource':'arn:aws:states:::desk:ask.waitForTaskToken',"
    "'Next':'End'},"
    "'End':{'Type':'Wait','Seconds':100,'End':true}}}";

static int64_t now;
static char token[128];

static int draw(void *arg, void *buffer, size_t len)
{
    (void)arg;
    memset(buffer, 0x40, len); /* the same, however often it is drawn */
    return 0;
}

/* Memory is short only once: what failed for want of it is called again. No assertion here: they
 * allocate. */
#define INSIST(call)                                                                     \
    do {                                                                                 \
        asl_error error_ = {0};                                                          \
        int code_;                                                                       \
        do                                                                               \
            code_ = (call);                                                              \
        while (code_ == ASL_ENOMEM);                                                     \
        if (code_ && fault_alloc_disarm())                                               \
            ck_abort_msg(#call ": %d %s", code_, error_.text);                           \
    } while (0)

static int flaky(asl_task *task, void *arg)
{
    (void)arg;
    if (asl_task_attempt(task) < 1)
        INSIST(asl_task_fail(task, "E", "not yet", NULL));
    else
        INSIST(asl_task_succeed_text(task, "[ 1 ]", 5, NULL));
    return 0;
}

static int ask(asl_task *task, void *arg)
{
    (void)arg;
    strcpy(token, asl_task_token(task));
    INSIST(asl_task_submitted(task, NULL, NULL));
    return 0;
}

static int turn(asl_engine *e)
{
    asl_error err = {0};
    int rc = asl_engine_run_ready(e, now, &err);
    if (rc)
        return rc;
    const asl_batch *batch = asl_engine_take_batch(e, &err);
    if (!batch)
        return err.code;
    rc = asl_store_apply(asl_engine_store(e), batch, &err);
    if (rc != ASL_ENOMEM) {
        asl_engine_batch_done(e, rc, &err);
        return rc;
    }
    rc = asl_store_apply(asl_engine_store(e), batch, &err);
    asl_engine_batch_done(e, rc, &err);
    return rc;
}

static void until(asl_engine *e, int64_t seconds)
{
    int64_t end = EPOCH + seconds * 1000, at = now;
    do {
        now = at > now ? at : now;
        do
            INSIST(turn(e));
        while (asl_engine_has_ready(e));
    } while ((at = asl_engine_next_deadline(e)) <= end);
    now = end;
}

static asl_engine *open_engine(asl_store *store)
{
    asl_engine *e = NULL;
    asl_options o = {.size = sizeof o, .store = store, .virtual_time = 1, .random = draw};
    INSIST(asl_engine_open(&o, &e, &error_));
    INSIST(asl_handler(e, "flaky", flaky, NULL, ASL_HANDLER_INLINE, &error_));
    INSIST(asl_handler(e, "desk:ask", ask, NULL, ASL_HANDLER_INLINE, &error_));
    return e;
}

static void start(asl_engine *e)
{
    asl_machine *m = NULL;
    char text[sizeof definition];
    asl_start_options o = {.size = sizeof o, .name = "run"};
    strcpy(text, definition);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    INSIST(asl_machine_load(text, (size_t)-1, NULL, &m, NULL, &error_));
    INSIST(asl_start(e, m, "[1, 2, 3]", (size_t)-1, &o, NULL, &error_));
    asl_machine_unref(m);
}

/* The whole story; its history. */
static json_t *live(unsigned long fail, bool *ret_failed)
{
    asl_store *store;
    json_t *history = NULL;
    now = EPOCH;
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    fault_alloc_arm(fail);
    asl_engine *e = open_engine(store);
    start(e);
    until(e, 60); /* the Map is over, the Parallel asks */
    INSIST(asl_answer_heartbeat(e, token, NULL, NULL, &error_));
    until(e, 62);
    asl_engine_close(e);
    e = open_engine(store);
    until(e, 100); /* it has failed twice and was caught */
    INSIST(asl_answer_success(e, token, "{}", 2, NULL, NULL, &error_));
    until(e, 120);
    INSIST(asl_stop(e, "run", "Enough", NULL, NULL, NULL, &error_));
    until(e, 121);
    *ret_failed = fault_alloc_disarm();
    asl_engine_close(e);
    ck_assert_int_eq(asl_history(store, "run", &history, NULL), 0);
    asl_store_free(store);
    return history;
}

START_TEST(an_allocation_that_fails_changes_nothing)
{
    bool failed;
    json_t *want = live(0, &failed);
    json_t *events = json_object_get(want, "events");
    ck_assert_uint_gt(json_array_size(events), 40);
    failed = true;
    for (unsigned long n = 1; failed; n++) {
        json_t *got = live(n, &failed);
        ck_assert_msg(json_equal(got, want), "allocation %lu", n);
        json_decref(got);
    }
    json_decref(want);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("undo");
    TCase *t = tcase_create("undo");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, an_allocation_that_fails_changes_nothing);
    suite_add_tcase(s, t);
    return s;
}
