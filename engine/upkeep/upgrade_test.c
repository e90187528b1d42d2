/* SPDX-License-Identifier: Apache-2.0
 *
 * Upgrading, by a step that is made up: the version before this one had a byte more behind the
 * format byte of every row, and rows of a kind that are gone. A store of today is aged by it, and
 * has to come out as it was.
 */
#include "engine/upkeep/upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"
#include "engine/base/json.h"
#include "engine/upkeep/record_text.h"
#include "engine/upkeep/upkeep.h"
#include "torture/faulty_store.h"

#define OLD (ASLI_STORE_VERSION - 1)
#define MORE 9000 /* rows: more than two batches take */
#define GONE 0x55

static struct kit k;
static struct faulty_store *faulty;
static asl_error err;

static int shorten(asl_slice key, asl_slice value, struct asli_bytes *out,
                   asl_error *reterr)
{
    const unsigned char *p = value.data;
    (void)key;
    if (value.len < 2 || p[0] != OLD)
        return asli_damaged(reterr, "old record");
    if (p[1] == GONE)
        return 0;
    asli_bytes_u8(out, OLD + 1);
    asli_bytes_add(out, p + 2, value.len - 2);
    return 0;
}
static const struct asli_upgrade_step steps[] = {{OLD, shorten}, {0}};

static void setup(void)
{
    asl_store *inner;
    memset(&k, 0, sizeof k);
    memset(&err, 0, sizeof err);
    k.options.virtual_time = 1;
    ck_assert_int_eq(asl_store_mem(&inner, NULL), 0);
    ck_assert_int_eq(faulty_store_new(inner, &k.store, &faulty, NULL), 0);
    kit_open(&k);
    kit_start(&k, "waits", KIT_WAIT(60), "{\"a\":1}");
    kit_start(&k, "ended", KIT_PASS, "[1,2]");
    kit_until(&k, 5000);
    kit_close(&k);
}

static void teardown(void)
{
    asl_store_free(k.store);
}

/* ---- the rows ---- */

/* Between two marks, for comparison; the lease is left out. */
static int add_row(void *arg, asl_slice key, asl_slice value)
{
    struct asli_bytes *all = arg;
    if (((const char *)key.data)[1] == ASLI_KEY_LEASE)
        return 0;
    asli_bytes_blob(all, key.data, key.len);
    asli_bytes_blob(all, value.data, value.len);
    return 0;
}

static void scan(asl_scan_fn *fn, void *arg)
{
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asl_store_scan(k.store, snapshot, (asl_slice){"", 0},
                                    (asl_slice){"", 0}, 0, fn, arg, NULL),
                     0);
    asl_store_release(k.store, snapshot);
}

static struct asli_bytes rows(void)
{
    struct asli_bytes all = {0};
    scan(add_row, &all);
    ck_assert(!all.oom);
    return all;
}

/* Are the rows those, which are consumed? */
static void assert_rows(struct asli_bytes *take_were)
{
    struct asli_bytes are = rows();
    ck_assert_uint_eq(are.len, take_were->len);
    ck_assert_mem_eq(are.data, take_were->data, are.len);
    asli_bytes_done(&are);
    asli_bytes_done(take_were);
}

static void put(asl_slice key, const void *value, size_t len)
{
    asl_op op = {ASL_OP_PUT, key, {value, len}};
    ck_assert_int_eq(asl_store_apply(k.store, &(asl_batch){&op, 1}, NULL), 0);
}

/* ---- the version before ---- */

/* Appends a value of today as it was then. */
static void age_value(asl_slice value, unsigned mark, struct asli_bytes *out)
{
    size_t start = out->len;
    asli_bytes_u8(out, OLD);
    asli_bytes_u8(out, mark);
    asli_bytes_add(out, (const char *)value.data + 1, value.len - 5);
    asli_value_end(out, start);
}

static int age_row(void *arg, asl_slice key, asl_slice value)
{
    const unsigned char *p = key.data;
    struct asli_upkeep *u = arg;
    if (p[1] == ASLI_KEY_STORE || p[1] == ASLI_KEY_LEASE)
        return 0;
    asli_upkeep_begin(u, key);
    age_value(value, 0, &u->bytes);
    asli_upkeep_end(u);
    return 0;
}

static void put_version(unsigned version)
{
    struct asli_key key = asli_key_of(ASLI_KEY_STORE);
    unsigned char value[2] = {(unsigned char)version, 1};
    put(asli_key_slice(&key), value, sizeof value);
}

static void age(void)
{
    struct asli_upkeep u;
    ck_assert_int_eq(asli_upkeep_open(&u, k.store, NULL), 0);
    scan(age_row, &u);
    ck_assert_int_eq(asli_upkeep_apply(&u), 0);
    asli_upkeep_done(&u);
    put_version(OLD);
}

/* Rows that no execution has: an upgrade knows nothing of executions. */
static void put_more(void)
{
    for (uint32_t i = 0; i < MORE; i++) {
        struct asli_key key = asli_key_result(1u << 20, 1, i);
        struct asli_bytes value = {0};
        asli_bytes_u8(&value, ASLI_FORMAT);
        asli_bytes_uint(&value, i);
        asli_value_end(&value, 0);
        put(asli_key_slice(&key), value.data, value.len);
        asli_bytes_done(&value);
    }
}

/* What everybody else says of the store; its text is in err. */
static void assert_refused(void)
{
    asl_engine *engine;
    struct asli_upkeep u;
    json_t *list;
    asl_options options = {.size = sizeof options, .store = k.store, .virtual_time = 1};
    ck_assert_int_eq(asl_list(k.store, NULL, &list, &err), ASL_EFORMAT);
    ck_assert_int_eq(asli_upkeep_open(&u, k.store, &err), ASL_EFORMAT);
    ck_assert_int_eq(asl_engine_open(&options, &engine, &err), ASL_EFORMAT);
}

/* ---- tests ---- */

START_TEST(an_older_store_becomes_one_of_today)
{
    asl_upgrade_counts counts;
    struct asli_bytes were = rows();
    age();
    assert_refused();
    ck_assert_ptr_nonnull(strstr(err.text, "format version"));
    ck_assert_msg(asli_upgrade(k.store, steps, &counts, &err) == 0, "%s", err.text);
    ck_assert(counts.from == OLD && counts.to == OLD + 1 && counts.rows > 5);
    assert_rows(&were);
    kit_open(&k);
    kit_until(&k, 100000);
    ck_assert_str_eq(kit_status(&k, "waits"), "SUCCEEDED");
    kit_close(&k);
}
END_TEST

START_TEST(a_step_may_leave_a_row_out)
{
    struct asli_bytes were = rows(), value = {0};
    struct asli_key key = asli_key_result(7, 1, 1);
    age();
    age_value((asl_slice){"xxxxxx", 6}, GONE, &value);
    put(asli_key_slice(&key), value.data, value.len);
    ck_assert_int_eq(asli_upgrade(k.store, steps, NULL, &err), 0);
    assert_rows(&were);
    asli_bytes_done(&value);
}
END_TEST

START_TEST(a_store_of_today_is_left_as_it_is)
{
    asl_upgrade_counts counts;
    ck_assert_int_eq(asl_upgrade(k.store, &counts, &err), 0);
    ck_assert(counts.from == counts.to && !counts.rows);
    ck_assert_uint_eq(faulty_store_failed(faulty), 0);
}
END_TEST

static void put_damaged(void)
{
    struct asli_key key = asli_key_result(UINT64_MAX / 2, 1, 1);
    put(asli_key_slice(&key), "damaged", 7);
}

START_TEST(a_damaged_row_leaves_the_store_as_it_was)
{
    age();
    put_damaged();
    struct asli_bytes were = rows();
    ck_assert_int_eq(asli_upgrade(k.store, steps, NULL, &err), ASL_EFORMAT);
    assert_rows(&were);
}
END_TEST

START_TEST(versions_without_a_way_are_refused)
{
    put_version(ASLI_STORE_VERSION + 1);
    ck_assert_int_eq(asl_upgrade(k.store, NULL, &err), ASL_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "newer"));
    assert_refused();
    put_version(OLD); /* with the table that there is: 1 was never released */
    ck_assert_int_eq(asl_upgrade(k.store, NULL, &err), ASL_EFORMAT);
}
END_TEST

/* _i: the write that fails, and whether it was done. */
START_TEST(an_upgrade_cut_off_at_any_write_goes_on)
{
    put_more();
    struct asli_bytes were = rows();
    age();
    faulty_store_plan(faulty, &(struct faulty_plan){.call = FAULTY_APPLY,
                                                    .n = (unsigned long)_i / 2 + 1,
                                                    .code = ASL_ESTORE,
                                                    .after = _i % 2});
    bool cut = asli_upgrade(k.store, steps, NULL, &err) == ASL_ESTORE;
    faulty_store_plan(faulty, NULL);
    ck_assert_int_eq(cut, _i < 8); /* the lease, then three batches of rows */
    if (cut && _i == 7)
        cut = false; /* it was the last one, and it was done */
    if (cut)
        assert_refused();
    if (cut && _i > 0)
        ck_assert_ptr_nonnull(strstr(err.text, "interrupted"));
    ck_assert_msg(asli_upgrade(k.store, steps, NULL, &err) == 0, "%s", err.text);
    assert_rows(&were);
}
END_TEST

START_TEST(when_any_allocation_fails_it_goes_on)
{
    struct asli_bytes were = rows();
    age();
    for (unsigned long n = 1;; n++) {
        fault_alloc_arm(n);
        int rc = asli_upgrade(k.store, steps, NULL, NULL);
        if (!fault_alloc_disarm()) {
            ck_assert_int_eq(rc, 0);
            break;
        }
        ck_assert_int_eq(rc, ASL_ENOMEM);
    }
    assert_rows(&were);
}
END_TEST

START_TEST(one_that_another_version_began_is_left_to_it)
{
    struct asli_key key = asli_key_of(ASLI_KEY_STORE);
    static const unsigned char value[] = {ASLI_UPGRADING,         1, ASLI_STORE_VERSION,
                                          ASLI_STORE_VERSION + 1, 0, 'c'};
    put(asli_key_slice(&key), value, sizeof value);
    ck_assert_int_eq(asl_upgrade(k.store, NULL, &err), ASL_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "interrupted"));
    put(asli_key_slice(&key), value, 3);
    ck_assert_int_eq(asl_upgrade(k.store, NULL, &err), ASL_EFORMAT);
}
END_TEST

/* ---- dumps ---- */

static int age_line(void *arg, const char *line, size_t len)
{
    json_t *tree, *pair;
    size_t i;
    ck_assert_int_eq(asli_json_read(line, len, &tree, NULL), 0);
    json_object_set_new(json_object_get(tree, "libasl"), "storeVersion",
                        json_integer(OLD));
    json_array_foreach(json_object_get(tree, "records"), i, pair)
    {
        struct asli_bytes value = {0}, old = {0};
        const json_t *text = json_array_get(pair, 1);
        ck_assert(
            asli_base64_read(json_string_value(text), json_string_length(text), &value));
        age_value((asl_slice){value.data, value.len}, 0, &old);
        char *base64 = asli_base64_text((asl_slice){old.data, old.len});
        json_array_set_new(pair, 1, json_string(base64));
        asl_free(base64);
        asli_bytes_done(&value);
        asli_bytes_done(&old);
    }
    ck_assert_int_eq(asli_json_text(tree, arg, NULL, NULL), 0);
    json_decref(tree);
    return 0;
}

START_TEST(a_dump_of_an_older_store_is_loaded)
{
    char *line, *arn;
    ck_assert_int_eq(asl_dump(k.store, "ended", age_line, &line, NULL), 0);
    ck_assert_int_eq(asl_delete(k.store, "ended", NULL), 0);
    ck_assert_int_eq(asl_load(k.store, line, (size_t)-1, NULL, &err), ASL_EFORMAT);
    ck_assert_msg(asli_load(k.store, line, (size_t)-1, steps, &arn, &err) == 0, "%s",
                  err.text);
    ck_assert_ptr_nonnull(strstr(arn, "ended"));
    kit_open(&k);
    ck_assert_str_eq(kit_status(&k, "ended"), "SUCCEEDED");
    kit_close(&k);
    asl_free(arn);
    asl_free(line);
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        an_older_store_becomes_one_of_today, a_step_may_leave_a_row_out,
        a_store_of_today_is_left_as_it_is,   a_damaged_row_leaves_the_store_as_it_was,
        versions_without_a_way_are_refused,  one_that_another_version_began_is_left_to_it,
        a_dump_of_an_older_store_is_loaded,  when_any_allocation_fails_it_goes_on,
    };
    Suite *s = suite_create("upgrade");
    TCase *t = tcase_create("upgrade");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    tcase_add_loop_test(t, an_upgrade_cut_off_at_any_write_goes_on, 0, 9);
    suite_add_tcase(s, t);
    return s;
}
