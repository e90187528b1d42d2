/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th allocation fails, for every n, while items are read by every kind of source, batched and
 * written: a call says so, and nothing is leaked. Afterwards reading goes on at the last position
 * and gives the rest.
 */
#include "conformance/kit/fault_alloc.h"
#include "engine/items/batch.h"
#include "engine/items/fields.h"
#include "engine/items/items_test.h"
#include "engine/items/writer.h"

#define CSV "{\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"FIRST_ROW\"}"

static const struct {
    bool list;
    const char *key, *config;
} sources[] = {
    {false, "c.csv", CSV},
    {false, "l.jsonl", "{\"InputType\":\"JSONL\"}"},
    {false, "o.json", "{\"InputType\":\"JSON\",\"ItemsPointer\":\"/w\"}"},
    {true, "p/", "{}"},
    {true, "p/", "{\"InputType\":\"CSV\",\"Transformation\":\"LOAD_AND_FLATTEN\"}"},
    {false, "m.json", "{\"InputType\":\"MANIFEST\"}"},
    {false, "m.csv", "{\"InputType\":\"JSONL\",\"ManifestType\":\"ATHENA_DATA\"}"},
};
enum { SOURCES = sizeof sources / sizeof *sources };

static void put_all(void)
{
    put("c.csv", "a,b\n1,\"x\ny\"\n\xff,\n");
    put("l.jsonl", "1\n{\"a\":[2]}\n");
    put("o.json", "{\"w\":{\"p\":1, \"q\":{\"r\":2}}}");
    put("p/1.csv", "a\n1\n");
    put("p/2.csv", "a\n3\n");
    put("m.json", "{\"destinationBucket\":\"b\",\"fileFormat\":\"CSV\",\"fileSchema\":"
                  "\"K\",\"files\":[{\"key\":\"p/1.csv\"},{\"key\":\"p/2.csv\"}]}");
    put("m.csv", "s3://b/l.jsonl\n");
}

/* Reads on from `at`, which moves with every item. */
static int read_on(const struct asli_items_config *config, struct asli_bytes *at,
                   struct asli_bytes *out)
{
    struct asli_failure failure = {NULL, NULL};
    struct asli_items *items = NULL;
    int rc = asli_items_open(objects, config, at->data, at->len, &items, &failure, NULL);
    while (!rc) {
        struct asli_item item = {NULL, NULL};
        struct asli_bytes next = {0};
        rc = asli_items_next(items, &item, &failure, NULL);
        if (rc || !item.value)
            break;
        asli_items_position(items, &next);
        if (next.oom)
            rc = ASL_ENOMEM;
        size_t before = out->len;
        if (!rc) {
            add_item(out, &item);
            rc = out->oom ? ASL_ENOMEM : 0;
        } else {
            json_decref(item.value);
            asli_free(item.key);
        }
        if (rc) {
            out->oom = false;
            out->len = before;
            asli_bytes_done(&next);
        } else {
            asli_bytes_done(at);
            *at = next;
        }
    }
    asli_items_close(items);
    asli_failure_done(&failure);
    return rc;
}

START_TEST(reading_goes_on_after_any_failed_allocation)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_bytes whole = {0}, start = {0};
    put_all();
    ck_assert_int_eq(configure(sources[_i].list, sources[_i].key, sources[_i].config,
                               &config, &failure),
                     0);
    ck_assert_int_eq(read_from(&config, &start, &whole, &failure), 0);
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        struct asli_bytes at = {0}, out = {0};
        fault_alloc_arm(n);
        int rc = read_on(&config, &at, &out);
        failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
        if (failed)
            rc = read_on(&config, &at, &out);
        ck_assert_int_eq(rc, 0);
        ck_assert_int_eq(store.open, 0);
        ck_assert_uint_eq(out.len, whole.len);
        ck_assert_mem_eq(out.data, whole.data, whole.len);
        asli_bytes_done(&at);
        asli_bytes_done(&out);
    }
    asli_bytes_done(&whole);
    asli_items_config_done(&config);
}
END_TEST

static int batch_two(const struct asli_batcher_config *config, json_t *item,
                     json_t **ret_input, struct asli_failure *failure)
{
    struct asli_batcher *batcher = NULL;
    bool taken;
    int rc = asli_batcher_new(config, &batcher, NULL);
    for (int i = 0; i < 2 && !rc; i++)
        rc = asli_batcher_offer(batcher, item, &taken, failure, NULL);
    if (!rc)
        rc = asli_batcher_take(batcher, ret_input, NULL);
    asli_batcher_free(batcher);
    return rc;
}

START_TEST(batching_survives_any_failed_allocation)
{
    ASLI_AUTO(json) json_t *item = json_of("{\"a\":[1]}");
    struct asli_batcher_config config = {.max_items = 2, .input = json_of("{\"b\":2}")};
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        struct asli_failure failure = {NULL, NULL};
        json_t *input = NULL;
        fault_alloc_arm(n);
        int rc = batch_two(&config, item, &input, &failure);
        failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
        json_decref(input);
    }
    asli_batcher_config_done(&config);
}
END_TEST

static int write_two(json_t *arguments, json_t *written, json_t **ret_result)
{
    static const struct asli_child_result all[] = {
        {.status = "SUCCEEDED", .name = "n", .output = "[1]", .input = "1", .start = 1},
        {.status = "FAILED", .name = "m", .error = "E", .cause = "C", .stop = 2},
    };
    struct asli_writer_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_writer *w = NULL;
    int rc = asli_writer_configure(arguments, written, &config, &failure, NULL);
    if (!rc)
        rc = asli_writer_new(objects, &config, "arn:x:u", &w, &failure, NULL);
    for (int i = 0; i < 2 && !rc; i++)
        rc = asli_writer_add(w, &all[i], &failure, NULL);
    if (!rc)
        rc = asli_writer_finish(w, ret_result, &failure, NULL);
    asli_writer_free(w);
    asli_writer_config_done(&config);
    asli_failure_done(&failure);
    return rc;
}

START_TEST(writing_survives_any_failed_allocation)
{
    ASLI_AUTO(json) json_t *arguments = json_of("{\"Bucket\":\"b\",\"Prefix\":\"p\"}");
    static const char *const configs[] = {
        "{}", "{\"Transformation\":\"FLATTEN\",\"OutputType\":\"JSONL\"}"};
    ASLI_AUTO(json) json_t *written = json_of(configs[_i]);
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        json_t *result = NULL;
        fault_alloc_arm(n);
        int rc = write_two(arguments, written, &result);
        failed = fault_alloc_disarm();
        ck_assert_int_eq(store.open, 0);
        ck_assert(rc == 0 || (failed && rc == ASL_ENOMEM));
        if (!rc) { /* a text whose block could not be made smaller is still a text */
            const char *manifest = mem_objects_get(&store, "b", "p/u/manifest.json");
            ck_assert_ptr_nonnull(strstr(manifest, "SUCCEEDED_0"));
            ck_assert_ptr_nonnull(strstr(manifest, "FAILED_0"));
            ck_assert_ptr_nonnull(result);
        }
        json_decref(result);
    }
}
END_TEST

static int load_and_evaluate(json_t *value, json_t *input)
{
    struct asli_scope scope = {.index = 0};
    struct asli_state state = {.name = "M", .scope = &scope, .value = value};
    struct asli_load load = {.loader = {.diags = asli_diags_new()}};
    struct asli_item_reader reader = {NULL};
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_env env = {.input = input};
    int rc = load.loader.diags ? 0 : ASL_ENOMEM;
    if (!rc)
        rc = asli_item_reader_load(&load.loader, &state, false, &reader);
    if (!rc)
        rc = asli_item_reader_eval(&reader, &env, &config, &failure, NULL);
    asli_items_config_done(&config);
    asli_item_reader_done(&reader);
    asli_failure_done(&failure);
    asl_diagnostics_free(load.loader.diags);
    return rc;
}

START_TEST(loading_survives_any_failed_allocation)
{
    ASLI_AUTO(json) json_t *input = json_of("{\"n\":2}");
    ASLI_AUTO(json)
    json_t *value = json_of("{\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:"
                            "getObject\",\"Parameters\":{\"Bucket\":\"b\",\"Key\":\"k\"},"
                            "\"ReaderConfig\":{\"InputType\":\"JSON\",\"MaxItemsPath\":"
                            "\"$.n\"}}}");
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        fault_alloc_arm(n);
        int rc = load_and_evaluate(value, input);
        failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("oom");
    TCase *t = tcase_create("oom");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, reading_goes_on_after_any_failed_allocation, 0, SOURCES);
    tcase_add_test(t, batching_survives_any_failed_allocation);
    tcase_add_loop_test(t, writing_survives_any_failed_allocation, 0, 2);
    tcase_add_test(t, loading_survives_any_failed_allocation);
    suite_add_tcase(suite, t);
    return suite;
}
