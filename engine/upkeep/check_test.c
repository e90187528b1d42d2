/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_check finds each kind of damage: every row of a store is changed by a bit, and every row is
 * left out, one at a time.
 */
#include <asl/maintain.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/unit.h"
#include "engine/engine.h"
#include "engine/record.h"

static struct kit k;
static asl_error err;

#define MAP(config)                                                                      \
    "{'StartAt':'M','States':{'M':{'Type':'Map','End':true,'ItemProcessor':{" config     \
    "'StartAt':'C','States':{'C':{'Type':'Choice','Choices':[{'Variable':'$','"          \
    "NumericEquals':1,"                                                                  \
    "'Next':'P'}],'Default':'W'},'P':{'Type':'Pass','End':true},"                        \
    "'W':{'Type':'Wait','Seconds':60,'End':true}}}}}}"

#define ASSIGN                                                                           \
    "{'StartAt':'P','States':{'P':{'Type':'Pass','Assign':{'x':1,'y':2},'Next':'W'},"    \
    "'W':{'Type':'Wait','Seconds':60,'End':true}}}"

static void setup(void)
{
    memset(&k, 0, sizeof k);
    kit_open_stored(&k);
    kit_start(&k, "done", KIT_PASS, "{\"a\": 1}");
    kit_start(&k, "wait", KIT_WAIT(60), NULL);
    kit_start(&k, "map", MAP(""), "[1,2,1]");
    kit_start(&k, "run",
              MAP("'ProcessorConfig':{'Mode':'DISTRIBUTED',"
                  "'ExecutionType':'STANDARD'},"),
              "[1,2,1]");
    kit_start(&k, "children",
              MAP("'ProcessorConfig':{'Mode':'DISTRIBUTED',"
                  "'ExecutionType':'EXPRESS'},"),
              "[1,2,1]");
    kit_start(&k, "ask", KIT_TASK(KIT_ASK, "'Parameters':{'t.$':'$$.Task.Token'},"),
              NULL);
    kit_start(&k, "assign", ASSIGN, NULL);
    kit_start_express(&k, "express", KIT_WAIT(61), NULL, 0);
    kit_settle(&k);
    kit_until(&k, 1000);
    kit_close(&k);
}

static void teardown(void)
{
    asl_store_free(k.store);
}

/* ---- a copy of the store with one row changed ---- */

struct copying {
    asl_op ops[256];
    size_t count;
};

static int add(void *arg, asl_slice key, asl_slice value)
{
    struct copying *c = arg;
    ck_assert_uint_lt(c->count, 256);
    c->ops[c->count++] = (asl_op){ASL_OP_PUT, key, value};
    return 0;
}

/* Row `n` without: left out; else with a bit of byte `at` changed. NULL: there is none. */
static asl_store *damaged(size_t n, int without, size_t at, char *ret_kind)
{
    struct copying c = {.count = 0};
    asl_slice from = {"", 1}, to = {NULL, 0};
    asl_store *store = NULL;
    void *snapshot;
    char bytes[4096];
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asl_store_scan(k.store, snapshot, from, to, 0, add, &c, NULL), 0);
    if (n < c.count && at < c.ops[n].value.len) {
        asl_op *op = &c.ops[n];
        *ret_kind = ((const char *)op->key.data)[1];
        ck_assert_uint_lt(op->value.len, sizeof bytes);
        memcpy(bytes, op->value.data, op->value.len);
        bytes[at] ^= 16;
        op->value.data = bytes;
        if (without)
            op->kind = ASL_OP_DELETE;
        ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
        asl_batch batch = {c.ops, c.count};
        ck_assert_int_eq(asl_store_apply(store, &batch, NULL), 0);
    }
    asl_store_release(k.store, snapshot);
    return store;
}

static void tell(void *arg, const asl_problem *p)
{
    char *said = arg;
    ck_assert(p->key[0] && p->text[0] && p->advice[0]);
    snprintf(said, 256, "%s: %s", p->key, p->text);
}

START_TEST(a_whole_store_has_no_problem)
{
    asl_check_counts counts;
    char said[256] = "";
    ck_assert_int_eq(asl_check(k.store, tell, said, &counts, &err), 0);
    ck_assert_str_eq(said, "");
    ck_assert_uint_eq(counts.executions, 7 + 3);
    ck_assert_uint_eq(counts.running, 6 + 1);
    ck_assert_uint_eq(counts.machines, 8);
}
END_TEST

START_TEST(an_empty_store_has_no_problem)
{
    asl_check_counts counts;
    asl_store *store;
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    ck_assert_int_eq(asl_check(store, NULL, NULL, &counts, &err), 0);
    ck_assert_uint_eq(counts.problems + counts.rows, 0);
    asl_store_free(store);
}
END_TEST

START_TEST(a_changed_bit_of_any_record_is_found)
{
    asl_store *store;
    char kind;
    for (size_t row = 0; row < 256; row++)
        for (size_t at = 0; (store = damaged(row, 0, at, &kind)); at += 5) {
            char said[256] = "";
            asl_check_counts counts = {0};
            int rc = asl_check(store, tell, said, &counts, &err);
            if (kind > 'b')
                ck_assert_msg(rc == 0 && counts.problems, "row %zu byte %zu", row, at);
            asl_store_free(store);
        }
}
END_TEST

START_TEST(a_missing_row_of_any_kind_is_found)
{
    asl_store *store;
    char kind;
    for (size_t row = 0; (store = damaged(row, 1, 0, &kind)); row++) {
        char said[256] = "";
        asl_check_counts counts = {0};
        ck_assert_int_eq(asl_check(store, tell, said, &counts, &err), 0);
        ck_assert_msg(kind == 'c' /* as if it had ended */ || counts.problems,
                      "row %zu, kind %c", row, kind);
        asl_store_free(store);
    }
}
END_TEST

struct first_child {
    struct asli_key key;
    struct asli_child_row row;
};

static int find_child(void *arg, asl_slice key, asl_slice value)
{
    struct first_child *c = arg;
    if (key.len != 27)
        return 0;
    memcpy(c->key.bytes, key.data, key.len);
    c->key.len = key.len;
    ck_assert_int_eq(asli_value_verify(&value, NULL), 0);
    ck_assert_int_eq(asli_decode_child(value, &c->row, NULL), 0);
    return 1;
}

static void put(asl_slice key, asl_slice value)
{
    asl_op op = {ASL_OP_PUT, key, value};
    ck_assert_int_eq(asl_store_apply(k.store, &(asl_batch){&op, 1}, NULL), 0);
}

/* What the first child's row says another. */
static const struct {
    uint64_t id, items; /* more */
    enum asl_status status;
    const char *said;
} forged[] = {
    {0, 0, ASL_FAILED, "counts are not those"},
    {0, 1, ASL_SUCCEEDED, "counts are not those"},
    {1, 0, ASL_SUCCEEDED, "its parent does not know"},
    {99, 0, ASL_SUCCEEDED, "its parent does not know"},
};

START_TEST(a_child_that_is_not_as_its_parent_says_is_found)
{
    char said[256] = "";
    asl_check_counts counts = {0};
    struct first_child c;
    struct asli_bytes value = {0};
    asl_slice from = {"\0h", 2}, to = {"\0i", 2};
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asl_store_scan(k.store, snapshot, from, to, 0, find_child, &c, NULL),
                     1);
    asl_store_release(k.store, snapshot);
    c.row.id += forged[_i].id;
    c.row.items += forged[_i].items;
    c.row.status = forged[_i].status;
    asli_encode_child(&value, &c.row);
    asli_value_end(&value, 0);
    put(asli_key_slice(&c.key), (asl_slice){value.data, value.len});
    asli_bytes_done(&value);
    ck_assert_int_eq(asl_check(k.store, tell, said, &counts, &err), 0);
    ck_assert_msg(strstr(said, forged[_i].said) != NULL, "%s", said);
    ck_assert_uint_eq(counts.problems, 2); /* and what follows from it */
}
END_TEST

/* Its row ends with the last variable's reference, which ends with its part, and no results. */
START_TEST(a_variable_that_no_event_assigned_is_found)
{
    char said[256] = "";
    struct asli_bytes forged_value = {0};
    asl_slice value;
    uint64_t id;
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asli_find_execution(k.store, snapshot, "assign", &id, &err), 0);
    struct asli_key key = asli_key_id(ASLI_KEY_RUNNING, id);
    ck_assert_int_eq(asli_get(k.store, snapshot, &key, &value, &err), 0);
    asli_bytes_add(&forged_value, value.data, value.len);
    asl_store_release(k.store, snapshot);
    char *part = forged_value.data + forged_value.len - 2;
    ck_assert_int_eq(*part, 2);
    *part = 3;
    asli_value_end(&forged_value, 0);
    put(asli_key_slice(&key), (asl_slice){forged_value.data, forged_value.len});
    asli_bytes_done(&forged_value);
    ck_assert_int_eq(asl_check(k.store, tell, said, NULL, &err), 0);
    ck_assert_msg(strstr(said, "refers to a payload that is missing") != NULL, "%s",
                  said);
}
END_TEST

static int copy_far(void *arg, asl_slice key, asl_slice value)
{
    char later[18];
    (void)arg;
    memcpy(later, key.data, sizeof later);
    later[4] = 1; /* of its batch */
    put((asl_slice){later, sizeof later}, value);
    return 1;
}

START_TEST(history_that_its_execution_does_not_name_is_found)
{
    char said[256] = "";
    asl_check_counts counts = {0};
    asl_slice from = {"\0j", 2}, to = {NULL, 0};
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asl_store_scan(k.store, snapshot, from, to, 0, copy_far, NULL, NULL),
                     1);
    asl_store_release(k.store, snapshot);
    ck_assert_int_eq(asl_check(k.store, tell, said, &counts, &err), 0);
    ck_assert_uint_eq(counts.problems, 1);
    ck_assert_ptr_nonnull(strstr(said, "does not name"));
}
END_TEST

static int spoil(void *arg, asl_slice key, asl_slice value)
{
    (void)arg;
    (void)value;
    put(key, (asl_slice){"\xff", 1});
    return 0;
}

START_TEST(an_execution_whose_history_is_damaged_can_be_deleted)
{
    char said[256] = "";
    asl_check_counts counts = {0};
    asl_slice from = {"\0j", 2}, to = {NULL, 0};
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asl_store_scan(k.store, snapshot, from, to, 0, spoil, NULL, NULL),
                     0);
    asl_store_release(k.store, snapshot);
    ck_assert_int_eq(asl_delete(k.store, "done", &err), 0);
    ck_assert_int_eq(asl_check(k.store, tell, said, &counts, &err), 0);
    ck_assert_uint_eq(counts.executions, 6 + 3);
}
END_TEST

START_TEST(a_store_of_another_format_is_refused_by_all)
{
    unsigned char version[2] = {1, 1};
    asl_op op = {ASL_OP_PUT, {"\0a", 2}, {version, 2}};
    asl_batch batch = {&op, 1};
    asl_prune_options o = {.size = sizeof o, .before = INT64_MAX};
    ck_assert_int_eq(asl_store_apply(k.store, &batch, NULL), 0);
    ck_assert_int_eq(asl_check(k.store, NULL, NULL, NULL, &err), ASL_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "version 1"));
    ck_assert_int_eq(asl_prune(k.store, &o, NULL, &err), ASL_EFORMAT);
    ck_assert_int_eq(asl_delete(k.store, "done", &err), ASL_EFORMAT);
    ck_assert_int_eq(asl_dump(k.store, NULL, NULL, NULL, &err), ASL_EFORMAT);
    ck_assert_int_eq(asl_load(k.store, "{}", 2, NULL, &err), ASL_EFORMAT);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("check");
    TCase *c = tcase_create("check");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, a_whole_store_has_no_problem);
    tcase_add_test(c, an_empty_store_has_no_problem);
    tcase_add_test(c, a_changed_bit_of_any_record_is_found);
    tcase_add_test(c, a_missing_row_of_any_kind_is_found);
    tcase_add_loop_test(c, a_child_that_is_not_as_its_parent_says_is_found, 0,
                        sizeof forged / sizeof *forged);
    tcase_add_test(c, a_variable_that_no_event_assigned_is_found);
    tcase_add_test(c, history_that_its_execution_does_not_name_is_found);
    tcase_add_test(c, an_execution_whose_history_is_damaged_can_be_deleted);
    tcase_add_test(c, a_store_of_another_format_is_refused_by_all);
    suite_add_tcase(suite, c);
    return suite;
}
