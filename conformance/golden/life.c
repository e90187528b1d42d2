/* SPDX-License-Identifier: Apache-2.0
 *
 * The lives of the golden executions: an engine driven turn by turn at a time that is given, with
 * random bytes that are a count. Ten seconds after their starts they are left as they stand.
 */
#include <asl.h>
#include <asl/host.h>

#include <string.h>

#include "conformance/golden/golden.h"
#include "conformance/kit/quotes.h"
#include "engine/engine.h"
#include "engine/upkeep/upkeep.h"

#define BEGIN 1700000000000
#define LEAVE (BEGIN + 10000)

struct life {
    asl_store *store;
    asl_engine *engine;
    int64_t now;
    unsigned draws;
    asl_task *kept;
    bool mended; /* what failed succeeds from now on */
};

/* ---- the executions; ' stands for " ---- */

#define ASK "arn:aws:states:::desk:ask.waitForTaskToken"

static const struct golden {
    const char *name, *input, *definition;
    bool express;
    const char
        *alias; /* of version 7 of a machine with a role, a revision and its date */
} golden[] = {
    {"waiting", "{'a':[1,2.5,'x']}",
     "{'StartAt':'P','TimeoutSeconds':1000,'States':{'P':{'Type':'Pass','ResultPath':'$."
     "r',"
     "'Result':{'b':null},'Next':'W'},'W':{'Type':'Wait','Seconds':60,'End':true}}}"},
    {"parked", "{'n':7}",
     "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:keep',"
     "'TimeoutSeconds':500,'HeartbeatSeconds':400,'Parameters':{'m.$':'$.n'},"
     "'End':true}}}"},
    {"callback", "{}",
     "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'" ASK "',"
     "'Parameters':{'token.$':'$$.Task.Token'},'ResultPath':'$.answer','End':true}}}"},
    {"ended", "{'price':12,'who':'caf\xc3\xa9'}",
     "{'Comment':'variables','StartAt':'P','States':{'P':{'Type':'Pass','Assign':{"
     "'price.$':'$.price','twice.$':'States.MathAdd($.price, $.price)'},'Next':'C'},"
     "'C':{'Type':'Choice','Choices':[{'Variable':'$twice','NumericGreaterThan':20,"
     "'Assign':{'dear':true},'Next':'T'}]},'T':{'Type':'Task','Resource':'handler:echo',"
     "'Parameters':{'dear.$':'$dear','who.$':'$.who'},'Next':'S'},"
     "'S':{'Type':'Succeed'}}}"},
    {"failed", "[3]",
     "{'StartAt':'A','States':{'A':{'Type':'Parallel','End':true,'Branches':["
     "{'StartAt':'P','States':{'P':{'Type':'Pass','Result':{'big':'xxxxxxxxxxxx'},"
     "'End':true}}},{'StartAt':'L','States':{'L':{'Type':'Wait','Seconds':500,"
     "'End':true}}},{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':2,"
     "'Next':'B'},'B':{'Type':'Task','Resource':'handler:bad','End':true}}}]}}}"},
    {"aborted", "null",
     "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':90,"
     "'End':true}}}"},
    {"timed-out", "{}",
     "{'StartAt':'W','TimeoutSeconds':3,'States':{'W':{'Type':'Wait','Timestamp':"
     "'2030-01-01T00:00:00Z','End':true}}}"},
    {"redriven", "{'list':['x','y']}",
     "{'StartAt':'P','States':{'P':{'Type':'Pass','Next':'M'},'M':{'Type':'Map','"
     "ItemsPath':"
     "'$$.Execution.Input.list','ItemProcessor':{'StartAt':'B','States':{'B':{'Type':'"
     "Task',"
     "'Resource':'handler:mend','Next':'W'},'W':{'Type':'Wait','Seconds':30,'End':true}}}"
     ","
     "'End':true}}}"},
    {"jsonata", "{'items':[1,2,3,4]}",
     "{'QueryLanguage':'JSONata','StartAt':'P','States':{'P':{'Type':'Pass','Assign':{"
     "'k':'{% $sum($states.input.items) %}','all':'{% $states.input %}'},'Next':'M'},"
     "'M':{'Type':'Map','Items':'{% $states.input.items %}','MaxConcurrency':3,"
     "'ItemProcessor':{'StartAt':'C','States':{'C':{'Type':'Choice','Choices':["
     "{'Condition':'{% $states.input = 1 %}','Output':{'one':'{% $k %}'},'Next':'D'},"
     "{'Condition':'{% $states.input = 2 %}','Next':'W'},"
     "{'Condition':'{% $states.input = 3 %}','Next':'R'}],'Default':'Q'},"
     "'D':{'Type':'Pass','End':true},"
     "'W':{'Type':'Wait','Seconds':'{% $k * 10 %}','Assign':{'own':'{% $k + 1 %}'},"
     "'Next':'X'},'X':{'Type':'Pass','Output':'{% $own %}','End':true},"
     "'R':{'Type':'Task','Resource':'handler:mend','Retry':[{'ErrorEquals':['Odd']},"
     "{'ErrorEquals':['Bad'],'IntervalSeconds':20,'MaxAttempts':4}],'End':true},"
     "'Q':{'Type':'Task','Resource':'" ASK "','Arguments':{'token':"
     "'{% $states.context.Task.Token %}'},'TimeoutSeconds':3600,'End':true}}},"
     "'Assign':{'done':true},'End':true}}}"},
    {"standard-children", "[1,2,3,4,5]",
     "{'StartAt':'M','States':{'M':{'Type':'Map','Label':'each','MaxConcurrency':3,"
     "'ToleratedFailureCount':2,'ItemProcessor':{'ProcessorConfig':{'Mode':'DISTRIBUTED',"
     "'ExecutionType':'STANDARD'},'StartAt':'C','States':{'C':{'Type':'Choice','Choices':"
     "["
     "{'Variable':'$','NumericEquals':1,'Next':'S'},{'Variable':'$','NumericEquals':2,"
     "'Next':'F'}],'Default':'W'},'S':{'Type':'Succeed'},'F':{'Type':'Fail',"
     "'Error':'Two','Cause':'it is 2'},'W':{'Type':'Wait','Seconds':45,'End':true}}},"
     "'End':true}}}"},
    {"express-children", "[1,2,3,4,5]",
     "{'StartAt':'M','States':{'M':{'Type':'Map','MaxConcurrency':3,"
     "'ToleratedFailurePercentage':50,'ItemBatcher':{'MaxItemsPerBatch':2},"
     "'ItemProcessor':{'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'EXPRESS'}"
     ","
     "'StartAt':'C','States':{'C':{'Type':'Choice','Choices':[{'Variable':'$.Items[0]',"
     "'NumericEquals':1,'Next':'S'},{'Variable':'$.Items[0]','NumericEquals':3,"
     "'Next':'F'}],'Default':'W'},'S':{'Type':'Succeed'},'F':{'Type':'Fail',"
     "'Error':'Three'},'W':{'Type':'Wait','Seconds':45,'End':true}}},'End':true}}}"},
    {"map-run-ended", "['a','b']",
     "{'StartAt':'M','States':{'M':{'Type':'Map','ItemProcessor':{'ProcessorConfig':{"
     "'Mode':'DISTRIBUTED','ExecutionType':'STANDARD'},'StartAt':'S','States':{'S':{"
     "'Type':'Pass','End':true}}},'End':true}}}"},
    {"express-pending", "{'e':1}",
     "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':100,'End':true}}}", true},
    {"removed", "{}", "{'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}}"},
    {"aliased", "{}",
     "{'StartAt':'P','States':{'P':{'Type':'Pass','Parameters':{'role.$':"
     "'$$.Execution.RoleArn'},'Next':'W'},'W':{'Type':'Wait','Seconds':70,'End':true}}}",
     .alias = "live"},
    {"express-aliased", "{'e':2}",
     "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':80,'End':true}}}", true,
     .alias = "live"},
};
#define GOLDEN (sizeof golden / sizeof *golden)

/* ---- what they run on ---- */

static int count_up(void *arg, void *buffer, size_t len)
{
    struct life *l = arg;
    unsigned char *p = buffer;
    l->draws++;
    for (size_t i = 0; i < len; i++)
        p[i] = (unsigned char)(l->draws >> (8 * (i % 2)));
    return 0;
}

static int echo(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

static int bad(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_fail(task, "Bad", "on purpose", NULL);
}

static int mend(asl_task *task, void *arg)
{
    return ((struct life *)arg)->mended ? echo(task, arg) : bad(task, arg);
}

static int ask(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_submitted(task, NULL, NULL);
}

static int keep(asl_task *task, void *arg)
{
    struct life *l = arg;
    if (l->mended)
        return echo(task, arg);
    l->kept = asl_task_ref(task); /* nobody ever completes it */
    return 0;
}

static void open_life(struct life *l)
{
    static const struct {
        const char *name;
        asl_handler_fn *fn;
    } handlers[] = {
        {"echo", echo}, {"bad", bad}, {"mend", mend}, {"keep", keep}, {"desk:ask", ask}};
    asl_options options = {.size = sizeof options,
                           .store = l->store,
                           .virtual_time = 1,
                           .random = count_up,
                           .arg = l};
    asl_error error = {0};
    golden_must(asl_engine_open(&options, &l->engine, &error), "open", &error);
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        golden_must(asl_handler(l->engine, handlers[i].name, handlers[i].fn, l,
                                ASL_HANDLER_INLINE, &error),
                    handlers[i].name, &error);
}

static void turn(struct life *l)
{
    asl_error error = {0};
    golden_must(asl_engine_run_ready(l->engine, l->now, &error), "run", &error);
    const asl_batch *batch = asl_engine_take_batch(l->engine, &error);
    if (!batch)
        return;
    golden_must(asl_store_apply(l->store, batch, &error), "apply", &error);
    asl_engine_batch_done(l->engine, 0, NULL);
}

/* Timer by timer. */
static void until(struct life *l, int64_t time)
{
    for (;;) {
        do
            turn(l);
        while (asl_engine_has_ready(l->engine));
        int64_t next = asl_engine_next_deadline(l->engine);
        if (next > time || next == INT64_MAX)
            break;
        l->now = next > l->now ? next : l->now;
    }
    if (time != INT64_MAX)
        l->now = time;
}

static void start(struct life *l, const struct golden *g)
{
    asl_error error = {0};
    asl_machine *machine;
    asl_machine_options options = {
        .size = sizeof options, .name = g->name, .express = g->express};
    asl_start_options how = {.size = sizeof how, .name = g->name, .alias = g->alias};
    if (g->alias) {
        options.role_arn = "arn:aws:iam::123456789012:role/golden";
        options.revision_id = "6b3f1a52-0000-4000-8000-00000000000a";
        options.updated = BEGIN - 1000;
        how.version = 7;
    }
    char *definition = kit_quoted(g->definition), *input = kit_quoted(g->input);
    golden_must(asl_machine_load(definition, strlen(definition), &options, &machine, NULL,
                                 &error),
                g->name, &error);
    golden_must(asl_start(l->engine, machine, input, strlen(input), &how, NULL, &error),
                g->name, &error);
    asl_machine_unref(machine);
    free(definition);
    free(input);
}

/* As a removal that takes several batches leaves it after the first: nobody sees the execution, and
 * its rows are still there. */
static void half_remove(asl_store *store, const char *name)
{
    struct asli_upkeep u;
    struct asli_summary s;
    asl_error error = {0};
    uint64_t id;
    void *snapshot;
    golden_must(asli_upkeep_open(&u, store, &error), "upkeep", &error);
    golden_must(asl_store_snapshot(store, &snapshot, &error), "snapshot", &error);
    golden_must(asli_find_execution(store, snapshot, name, &id, &error), name, &error);
    golden_must(asli_summary_get(store, snapshot, id, &s, &error), name, &error);
    asl_store_release(store, snapshot);
    struct asli_key keys[] = {asli_key_id(ASLI_KEY_EXECUTION, id),
                              asli_key_name(s.name, s.arn)};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        asli_upkeep_delete(&u, asli_key_slice(&keys[i]));
    asli_upkeep_mark(&u, id, s.row);
    golden_must(asli_upkeep_apply(&u), "apply", &error);
    asli_summary_done(&s);
    asli_upkeep_done(&u);
}

static void put_own_rows(struct life *l)
{
    static const asl_row rows[] = {{"own/1", 5, "value\x00\xff", 7}, {"own/2", 5, "", 0}};
    asl_error error = {0};
    golden_must(asl_engine_write_rows(l->engine, rows, 2, NULL, NULL, &error), "rows",
                &error);
}

void golden_make(asl_store *store)
{
    struct life l = {.store = store, .now = BEGIN};
    asl_error error = {0};
    open_life(&l);
    put_own_rows(&l);
    for (size_t i = 0; i < GOLDEN; i++) {
        start(&l, &golden[i]);
        until(&l, l.now + 10);
    }
    until(&l, BEGIN + 5000);
    golden_must(asl_stop(l.engine, "aborted", "Stop", "by hand", NULL, NULL, &error),
                "stop", &error);
    until(&l, BEGIN + 6000);
    l.mended = true;
    golden_must(asl_redrive(l.engine, "redriven", NULL, NULL, &error), "redrive", &error);
    until(&l, LEAVE);
    asl_engine_close(l.engine);
    asl_task_unref(l.kept);
    half_remove(store, "removed");
}

/* ---- going on ---- */

/* Everybody who waits for an answer. */
static size_t answer(struct life *l, const char *execution)
{
    asl_error error = {0};
    json_t *tasks, *task;
    size_t i, answered = 0;
    golden_must(asl_open_tasks(l->store, execution, &tasks, &error), execution, &error);
    json_array_foreach(tasks, i, task)
    {
        if (!json_is_true(json_object_get(task, "submitted")))
            continue;
        const char *token = json_string_value(json_object_get(task, "taskToken"));
        golden_must(asl_answer_success(l->engine, token, "{\"yes\":1}", (size_t)-1, NULL,
                                       NULL, &error),
                    token, &error);
        answered++;
    }
    json_decref(tasks);
    return answered;
}

void golden_go_on(asl_store *store)
{
    struct life l = {.store = store, .now = LEAVE, .draws = 1000, .mended = true};
    open_life(&l);
    until(&l, LEAVE);
    if (answer(&l, "callback") != 1 || answer(&l, "jsonata") != 1)
        golden_must(1, "a callback is missing", NULL);
    until(&l, INT64_MAX);
    asl_engine_close(l.engine);
}
