/* SPDX-License-Identifier: Apache-2.0
 *
 * Records: what was encoded comes back, and damaged bytes are an error, whatever they are. The
 * rows are those of a real execution, taken from its store.
 */
#include "engine/record.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "conformance/kit/engine_kit.h"

static struct kit k;
static asl_machine *machine;

/* At 5 s: a Map with a result, a parked task, a back-off and a wait. */
static const char definition[] =
    "{'StartAt':'M','TimeoutSeconds':100,'States':{'M':{'Type':'Map','MaxConcurrency':3,"
    "'ItemProcessor':{'StartAt':'C','States':{'C':{'Type':'Choice','Choices':["
    "{'Variable':'$','NumericEquals':0,'Next':'P'},"
    "{'Variable':'$','NumericEquals':1,'Next':'A'},"
    "{'Variable':'$','NumericEquals':2,'Next':'F'}],'Default':'W'},"
    "'P':{'Type':'Pass','End':true},'W':{'Type':'Wait','Seconds':60,'End':true},"
    "'A':{'Type':'Task','Resource':'" KIT_ASK "','TimeoutSeconds':50,"
    "'HeartbeatSeconds':40,'Parameters':{'t.$':'$$.Task.Token'},'End':true},"
    "'F':{'Type':'Task','Resource':'handler:fail','Retry':[{'ErrorEquals':['X']},"
    "{'ErrorEquals':['E'],'IntervalSeconds':30}],'End':true}}},'End':true}}}";
static const char distributed[] =
    "{'StartAt':'M','States':{'M':{'Type':'Map','End':true,'ItemProcessor':{"
    "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'EXPRESS'},'StartAt':'W',"
    "'States':{'W':{'Type':'Wait','Seconds':30,'End':true}}}}}}";

static void setup(void)
{
    memset(&k, 0, sizeof k);
    kit_open_stored(&k);
    machine = kit_machine(definition, NULL);
    ck_assert_int_eq(kit_start_rc(&k, machine, "run", "[0,1,2,3,4]", NULL), 0);
    kit_start(&k, "parent", distributed,
              "[{\"a\":1}]"); /* its child's row: an Express one's */
    kit_until(&k, 5000);
}

static void teardown(void)
{
    asl_machine_unref(machine);
    kit_close_stored(&k);
}

/* ---- every row of the store ---- */

static int one_event(void *arg, struct asli_stored_event *event)
{
    (void)arg;
    ck_assert_int_lt(event->e.type, ASLI_EVENT_COUNT);
    return 0;
}

/* Decodes a row by its key; 1: a row without a decoder of its own. */
static int decode(asl_slice key, asl_slice value)
{
    const unsigned char *p = key.data;
    struct asli_summary summary;
    struct asli_frame_row row;
    struct asli_frame_data data;
    struct asli_running_row running;
    struct asli_machine_row m;
    struct asli_history_head head;
    struct asli_map_run *run;
    struct asli_child_row child;
    int rc = 1;
    if (p[1] == ASLI_KEY_EXECUTION) {
        rc = asli_decode_execution(value, 1, &summary, NULL);
        if (!rc)
            asli_summary_done(&summary);
    } else if (p[1] == ASLI_KEY_RUNNING) {
        rc = asli_decode_running(value, &running, NULL);
        if (!rc)
            rc = asli_decode_frame(running.root, machine, &row, &data, NULL);
        if (!rc)
            asli_frame_data_done(&data);
    } else if (p[1] == ASLI_KEY_MACHINE) {
        rc = asli_decode_machine(value, &m, NULL);
        if (!rc)
            asli_machine_row_done(&m);
    } else if (p[1] == ASLI_KEY_ROWS && p[10] == ASLI_ROW_FRAME) {
        rc = asli_decode_frame(value, machine, &row, &data, NULL);
        if (!rc)
            asli_frame_data_done(&data);
    } else if (p[1] == ASLI_KEY_ROWS && p[10] == ASLI_ROW_RUN) {
        rc = asli_decode_run(value, 1, &run, NULL, NULL);
        if (!rc)
            asli_map_run_unref(run);
    } else if (p[1] == ASLI_KEY_ROWS && p[10] == ASLI_ROW_CHILD) {
        rc = asli_decode_child(value, &child, NULL);
        if (!rc && !child.id)
            rc = asli_decode_express(&child, &summary, NULL, NULL);
        if (!rc && !child.id)
            asli_summary_done(&summary);
    } else if (p[1] == ASLI_KEY_HISTORY) {
        uint64_t batch = asli_key_read_u64(key, 2);
        asli_decode_history_head(value, batch, &head, NULL);
        rc = asli_decode_history(value, batch, one_event, NULL, NULL);
    }
    return rc;
}

static int count;

/* Hands a record on without its checksum (engine/row.c). */
static int bare(void *arg, asl_slice key, asl_slice value)
{
    unsigned char kind = ((const unsigned char *)key.data)[1];
    if (kind == ASLI_KEY_STORE || kind == ASLI_KEY_LEASE)
        return 0;
    value.len -= 4;
    return (*(asl_scan_fn **)arg)(NULL, key, value);
}

static void each_row(asl_scan_fn *fn)
{
    void *snapshot;
    count = 0;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asl_store_scan(k.store, snapshot, (asl_slice){"", 0},
                                    (asl_slice){NULL, 0}, 0, bare, &fn, NULL),
                     0);
    asl_store_release(k.store, snapshot);
    ck_assert_int_ge(count, 8);
}

static int decodes(void *arg, asl_slice key, asl_slice value)
{
    int rc = decode(key, value);
    (void)arg;
    ck_assert_int_ge(rc, 0);
    count += rc == 0;
    return 0;
}

START_TEST(every_row_can_be_read)
{
    each_row(decodes);
}
END_TEST

static int truncated(void *arg, asl_slice key, asl_slice value)
{
    (void)arg;
    if (decode(key, value))
        return 0;
    for (size_t len = 0; len < value.len; len++) {
        void *copy =
            malloc(len ? len : 1); /* exactly, so that a sanitizer sees its end */
        memcpy(copy, value.data, len);
        ck_assert_int_eq(decode(key, (asl_slice){copy, len}), ASL_EFORMAT);
        free(copy);
    }
    count++;
    return 0;
}

START_TEST(a_row_cut_at_any_length_is_damaged)
{
    each_row(truncated);
}
END_TEST

static int longer(void *arg, asl_slice key, asl_slice value)
{
    (void)arg;
    if (decode(key, value))
        return 0;
    char *copy = calloc(1, value.len + 1);
    memcpy(copy, value.data, value.len);
    ck_assert_int_eq(decode(key, (asl_slice){copy, value.len + 1}), ASL_EFORMAT);
    free(copy);
    count++;
    return 0;
}

START_TEST(a_row_with_more_behind_it_is_damaged)
{
    each_row(longer);
}
END_TEST

static int other_format(void *arg, asl_slice key, asl_slice value)
{
    (void)arg;
    if (decode(key, value))
        return 0;
    char *copy = malloc(value.len);
    memcpy(copy, value.data, value.len);
    copy[0] = ASLI_FORMAT + 1;
    ck_assert_int_eq(decode(key, (asl_slice){copy, value.len}), ASL_EFORMAT);
    free(copy);
    count++;
    return 0;
}

START_TEST(a_row_of_another_format_is_refused)
{
    each_row(other_format);
}
END_TEST

static int any_byte(void *arg, asl_slice key, asl_slice value)
{
    static const unsigned char bad[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    (void)arg;
    if (decode(key, value))
        return 0;
    unsigned char *copy = malloc(value.len);
    memcpy(copy, value.data, value.len);
    for (size_t i = 0; i < value.len; i++)
        for (size_t b = 0; b < sizeof bad; b++) {
            unsigned char was = copy[i];
            copy[i] = bad[b];
            int rc = decode(key, (asl_slice){copy, value.len});
            ck_assert(rc == 0 || rc == ASL_EFORMAT);
            copy[i] = was;
        }
    free(copy);
    count++;
    return 0;
}

START_TEST(no_wrong_byte_crashes)
{
    each_row(any_byte);
}
END_TEST

static int flipped(void *arg, asl_slice key, asl_slice value)
{
    static const unsigned char name[] = {0, 'z'};
    struct asli_key spot = {.bytes = {0, 'z'}, .len = 2};
    unsigned char *copy = malloc(value.len + 4);
    (void)arg;
    (void)key;
    memcpy(copy, value.data, value.len + 4); /* with its checksum */
    for (size_t i = 0; i < value.len + 4; i++) {
        void *snapshot;
        asl_slice got;
        copy[i] ^= (unsigned char)(1u << (i % 8));
        asl_op op = {ASL_OP_PUT, {name, sizeof name}, {copy, value.len + 4}};
        ck_assert_int_eq(asl_store_apply(k.store, &(asl_batch){&op, 1}, NULL), 0);
        ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
        ck_assert_int_eq(asli_get(k.store, snapshot, &spot, &got, NULL), ASL_EFORMAT);
        asl_store_release(k.store, snapshot);
        copy[i] ^= (unsigned char)(1u << (i % 8));
    }
    free(copy);
    count++;
    return 0;
}

START_TEST(a_flipped_bit_anywhere_fails_the_checksum)
{
    each_row(flipped);
}
END_TEST

START_TEST(a_time_beyond_all_times_is_damaged)
{
    struct asli_bytes row = {0};
    asli_bytes_u8(&row, ASLI_FORMAT);
    asli_bytes_uint(&row, 1);
    asli_bytes_uint(&row, 1);
    asli_bytes_int(&row, INT64_MAX);
    asli_bytes_uint(&row, 0);
    asli_bytes_uint(&row, 0);
    asli_bytes_u8(&row, 0);
    asli_bytes_u8(&row, 0);
    asli_bytes_int(&row, 1); /* after that */
    asli_bytes_uint(&row, 0);
    ck_assert_int_eq(
        asli_decode_history((asl_slice){row.data, row.len}, 1, one_event, NULL, NULL),
        ASL_EFORMAT);
    asli_bytes_done(&row);
}
END_TEST

/* ---- whole executions ---- */

static int spoil(void *arg, asl_slice key, asl_slice value)
{
    const unsigned char *p = key.data;
    int *n = arg; /* which one; counted down */
    if (p[1] == ASLI_KEY_STORE || p[1] == ASLI_KEY_LEASE || p[1] == ASLI_KEY_RUNNING ||
        (*n)-- > 0)
        return 0;
    asl_op op = {ASL_OP_PUT, key, {value.data, value.len / 2}};
    ck_assert_int_eq(asl_store_apply(k.store, &(asl_batch){&op, 1}, NULL), 0);
    return 1;
}

START_TEST(whatever_row_is_damaged_the_engine_goes_on)
{
    int broken = 0, rc = 1;
    for (int row = 0; rc == 1; row++) {
        int n = row;
        void *snapshot;
        json_t *any = NULL;
        teardown();
        setup();
        ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
        rc = asl_store_scan(k.store, snapshot, (asl_slice){"", 0}, (asl_slice){NULL, 0},
                            0, spoil, &n, NULL);
        asl_store_release(k.store, snapshot);
        kit_reopen(&k);
        kit_start(&k, "fine", KIT_WAIT(1), NULL);
        kit_until(&k, 100000);
        ck_assert_str_eq(kit_status(&k, "fine"), "SUCCEEDED");
        broken += asl_history(k.store, "run", &any, NULL) == ASL_EFORMAT;
        json_decref(any);
        any = NULL;
        asl_describe(k.store, "run", &any, NULL);
        json_decref(any);
        any = NULL;
        asl_open_tasks(k.store, "run", &any, NULL);
        json_decref(any);
        any = NULL;
        asl_list(k.store, NULL, &any, NULL);
        json_decref(any);
    }
    ck_assert_int_ge(broken, 2);
}
END_TEST

/* ---- round trips ---- */

START_TEST(frames_come_back_as_they_were)
{
    struct asli_execution x = {.id = 7, .machine = machine};
    struct asli_frame parent = {.serial = 3}, f = {.x = &x, .parent = &parent};
    struct asli_bytes out = {0};
    struct asli_frame_row row;
    struct asli_frame_data d = {0};
    f.scope = machine->scopes[1];
    f.index = 300;
    f.serial = 9;
    for (size_t i = 0; i < machine->state_count; i++)
        if (machine->states[i]->retrier_count == 2)
            f.d.state = machine->states[i];
    ck_assert_ptr_nonnull(f.d.state);
    uint32_t n;
    ck_assert_int_eq(asli_frame_count_try(&f, 1, &n), 0);
    f.d.phase = ASLI_PHASE_BACKOFF;
    f.d.task_phase = ASLI_TASK_SUBMITTED;
    f.d.own_token = true;
    memset(f.d.secret, 0xa5, sizeof f.d.secret);
    f.d.input = asli_payload_stored(40, 43, 0);
    ck_assert_int_eq(asli_payload_parse("[ 1]", 4, &f.d.work, NULL), 0);
    f.d.head = 1u << 20;
    f.d.entered_event = 12;
    f.d.entered_time = KIT_EPOCH;
    f.d.retry_count = 5;
    f.d.wake_at = -1;
    f.d.timeout_at = INT64_MAX;
    f.d.heartbeat_at = INT64_MIN;
    f.d.timeout_ms = 1;
    f.d.heartbeat_ms = 2;
    f.d.scheduled_event = 99;
    asli_encode_frame(&out, &f);
    ck_assert_int_eq(
        asli_decode_frame((asl_slice){out.data, out.len}, machine, &row, &d, NULL), 0);
    ck_assert(!row.root && row.parent == 3 && row.scope == 1 && row.index == 300);
    ck_assert_ptr_eq(d.state, f.d.state);
    ck_assert(d.phase == f.d.phase && d.task_phase == f.d.task_phase && d.own_token);
    ck_assert_mem_eq(d.secret, f.d.secret, sizeof d.secret);
    ck_assert(d.input->row == 40 && d.input->event == 43);
    ck_assert_uint_eq(d.work->len, 4);
    ck_assert(d.head == f.d.head && d.entered_event == 12 && d.retry_count == 5);
    ck_assert(d.wake_at == -1 && d.timeout_at == INT64_MAX);
    ck_assert(d.heartbeat_at == INT64_MIN && d.timeout_ms == 1 && d.heartbeat_ms == 2);
    ck_assert(d.entered_time == KIT_EPOCH && d.scheduled_event == 99);
    ck_assert(d.tries->n[0] == 0 && d.tries->n[1] == 1);
    asli_frame_data_done(&d);
    asli_frame_data_done(&f.d);
    asli_bytes_done(&out);
}
END_TEST

START_TEST(executions_come_back_as_they_were)
{
    struct asli_execution x = {.machine = machine,
                               .status = ASL_FAILED,
                               .start_time = KIT_EPOCH,
                               .stop_time = KIT_EPOCH + 1,
                               .timeout_at = KIT_EPOCH + 2,
                               .name = (char *)"n",
                               .arn = (char *)"arn:n",
                               .error = (char *)"",
                               .input = asli_payload_stored(1, 1, 0)};
    struct asli_bytes out = {0};
    struct asli_summary s;
    asli_encode_execution(&out, &x, 9);
    ck_assert_int_eq(asli_decode_execution((asl_slice){out.data, out.len}, 7, &s, NULL),
                     0);
    ck_assert(s.id == 7 && s.status == ASL_FAILED && s.start_time == KIT_EPOCH);
    ck_assert(s.stop_time == KIT_EPOCH + 1 && s.timeout_at == KIT_EPOCH + 2);
    ck_assert_str_eq(s.name, "n");
    ck_assert_str_eq(s.arn, "arn:n");
    ck_assert_str_eq(s.error, ""); /* not the same as none */
    ck_assert_ptr_null(s.cause);
    ck_assert_ptr_null(s.output);
    ck_assert_mem_eq(s.machine_hash, machine->hash, 16);
    asli_summary_done(&s);
    asli_payload_unref(x.input);
    asli_bytes_done(&out);
}
END_TEST

START_TEST(where_an_execution_stands_comes_back_as_it_was)
{
    static const int64_t deadlines[] = {1, KIT_EPOCH, INT64_MAX};
    struct asli_wake wake = {.count = {1, 200, 3, 70000}};
    struct asli_execution x = {.wake = &wake,
                               .next_event = 1u << 20,
                               .next_serial = 300,
                               .tail = {1u << 30, 70000, KIT_EPOCH}};
    struct asli_frame f = {.x = &x, .scope = machine->scopes[0]};
    x.root = &f;
    f.d.state = machine->states[0];
    f.d.input = asli_payload_stored(40, 43, 0);
    for (size_t i = 0; i < 3; i++) {
        struct asli_bytes out = {0};
        struct asli_running_row row;
        struct asli_frame_row root;
        struct asli_frame_data d;
        wake.timer.deadline = deadlines[i];
        wake.timer.slot = deadlines[i] != INT64_MAX;
        asli_encode_running(&out, &x, 7);
        ck_assert_int_eq(asli_decode_running((asl_slice){out.data, out.len}, &row, NULL),
                         0);
        ck_assert(row.deadline == deadlines[i] && row.flags == ASLI_ATTENTION);
        ck_assert_mem_eq(row.count, wake.count, sizeof row.count);
        ck_assert(row.next_event == x.next_event && row.next_serial == x.next_serial);
        ck_assert(row.tail.row == x.tail.row && row.tail.landmark == x.tail.landmark &&
                  row.tail.time == x.tail.time);
        ck_assert_int_eq(asli_decode_frame(row.root, machine, &root, &d, NULL), 0);
        ck_assert(root.root && d.input->event == 43);
        asli_frame_data_done(&d);
        asli_bytes_done(&out);
    }
    asli_frame_data_done(&f.d);
}
END_TEST

START_TEST(keys_sort_as_their_numbers_and_history_comes_last)
{
    struct asli_key keys[] = {
        asli_key_id(ASLI_KEY_RUNNING, 256),
        asli_key_frame(1, 1),
        asli_key_frame(1, 256),
        asli_key_result(1, 0, 0),
        asli_key_result(1, 0, 70000),
        asli_key_result(1, 1, 0),
        asli_key_frame(2, 1),
        asli_key_id(ASLI_KEY_REMOVAL, 1),
        asli_key_history(1, 1u << 30),
        asli_key_history(256, 1),
        asli_key_history(1u << 30, 0),
        asli_key_of(ASLI_KEY_HISTORY + 1),
    };
    for (size_t i = 1; i < sizeof keys / sizeof *keys; i++)
        ck_assert_int_lt(memcmp(keys[i - 1].bytes, keys[i].bytes, 64), 0);
    struct asli_key after = asli_key_after(asli_key_row(255, 255));
    ck_assert_int_gt(memcmp(after.bytes, asli_key_row(255, 255).bytes, 11), 0);
}
END_TEST

/* ---- the chain of a history ---- */

#define STEPS 300 /* a batch of five events each, and the start */

static void assert_rows(const struct asli_summary *s, void *snapshot, uint64_t end,
                        uint64_t first, uint64_t last)
{
    struct asli_bytes rows = {0};
    uint64_t after = 0; /* the newest row comes first, and no event is missing */
    ck_assert_int_eq(
        asli_history_rows(k.store, snapshot, s->id, end, first, last, &rows, NULL), 0);
    ck_assert_uint_gt(rows.len, 0);
    for (size_t at = 0; at < rows.len; at += sizeof(uint64_t)) {
        struct asli_history_head head;
        uint64_t row;
        memcpy(&row, rows.data + at, sizeof row);
        ck_assert_int_eq(asli_history_head(k.store, snapshot, s->id, row, &head, NULL),
                         0);
        if (after)
            ck_assert_uint_eq(head.first + head.count, after);
        else
            ck_assert(head.first <= last);
        after = head.first;
    }
    ck_assert(after <= first);
    asli_bytes_done(&rows);
}

START_TEST(the_rows_of_any_events_are_found)
{
    struct asli_summary s;
    void *snapshot;
    uint64_t id, end;
    kit_start(&k, "long",
              "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':1,'Next':'C'},"
              "'C':{'Type':'Choice','Choices':[{'Variable':'$$.State.EnteredTime',"
              "'TimestampGreaterThan':'2099-01-01T00:00:00Z','Next':'S'}],"
              "'Default':'W'},'S':{'Type':'Succeed'}}}",
              NULL);
    kit_until(&k, 5000 + 1000 * STEPS);
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asli_find_execution(k.store, snapshot, "long", &id, NULL), 0);
    ck_assert_int_eq(asli_summary_get(k.store, snapshot, id, &s, NULL), 0);
    ck_assert_int_eq(asli_history_end(k.store, snapshot, &s, &end, NULL), 0);
    for (uint64_t first = 1; first < 4 * STEPS; first += 97) {
        assert_rows(&s, snapshot, end, first, first);
        assert_rows(&s, snapshot, end, first, first + 100);
        assert_rows(&s, snapshot, end, first, UINT64_MAX);
    }
    asli_summary_done(&s);
    asl_store_release(k.store, snapshot);
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        every_row_can_be_read,
        a_row_cut_at_any_length_is_damaged,
        a_row_with_more_behind_it_is_damaged,
        a_row_of_another_format_is_refused,
        no_wrong_byte_crashes,
        a_flipped_bit_anywhere_fails_the_checksum,
        a_time_beyond_all_times_is_damaged,
        whatever_row_is_damaged_the_engine_goes_on,
        frames_come_back_as_they_were,
        executions_come_back_as_they_were,
        where_an_execution_stands_comes_back_as_it_was,
        keys_sort_as_their_numbers_and_history_comes_last,
        the_rows_of_any_events_are_found,
    };
    Suite *s = suite_create("record");
    TCase *t = tcase_create("record");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
