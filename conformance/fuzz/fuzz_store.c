/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole stores: any rows, with the checksums that they need to be looked at. The readers have to
 * bear with them whatever they are. What asl_check finds nothing wrong with could have come in by
 * asl_load, so it is also loaded, run to its end and pruned.
 *
 * An input is rows: length of the key, key without its partition; two bytes, lower first, length of
 * the value; value.
 */
#include <asl/control.h>
#include <asl/host.h>
#include <asl/maintain.h>

#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "engine/base/bytes.h"
#include "engine/record.h"

#define NOW 1700000010000

static void put(asl_store *store, asl_slice key, asl_slice value)
{
    asl_op op = {ASL_OP_PUT, key, value};
    if (asl_store_apply(store, &(asl_batch){&op, 1}, NULL))
        abort();
}

static void put_row(asl_store *store, struct asli_reader *r)
{
    struct asli_bytes key = {0}, value = {0};
    size_t left, len = asli_read_u8(r) & 63;
    asli_bytes_u8(&key, 0);
    left = (size_t)(r->end - r->p);
    asli_bytes_add(&key, r->p, len < left ? len : left);
    r->p += len < left ? len : left;
    len = asli_read_u8(r);
    len |= asli_read_u8(r) << 8;
    left = (size_t)(r->end - r->p);
    asli_bytes_add(&value, r->p, len < left ? len : left);
    r->p += len < left ? len : left;
    char kind = key.len > 1 ? key.data[1] : 0;
    if ((kind > ASLI_KEY_LEASE || kind == ASLI_KEY_OWN) && value.len) {
        asli_value_end(&value, 0);
        put(store, (asl_slice){key.data, key.len}, (asl_slice){value.data, value.len});
    }
    asli_bytes_done(&key);
    asli_bytes_done(&value);
}

static asl_store *store_of(const uint8_t *data, size_t len)
{
    static const unsigned char version[] = {ASLI_STORE_VERSION, 1};
    struct asli_key key = asli_key_of(ASLI_KEY_STORE);
    struct asli_reader r;
    asl_store *store;
    if (asl_store_mem(&store, NULL))
        abort();
    put(store, asli_key_slice(&key), (asl_slice){version, sizeof version});
    asli_reader_init(&r, data, len);
    while (r.p < r.end)
        put_row(store, &r);
    return store;
}

/* ---- reading ---- */

static void read_one(asl_store *store, const char *arn)
{
    json_t *value;
    if (!asl_describe(store, arn, &value, NULL))
        json_decref(value);
    if (!asl_history(store, arn, &value, NULL))
        json_decref(value);
    if (!asl_open_tasks(store, arn, &value, NULL))
        json_decref(value);
    if (!asl_map_runs(store, arn, &value, NULL))
        json_decref(value);
    if (!asl_list_map_runs(store, arn, &value, NULL))
        json_decref(value);
    asl_history_options back = {.size = sizeof back, .reverse = 1, .limit = 3};
    uint64_t next;
    if (!asl_history_page(store, arn, &back, &value, &next, NULL))
        json_decref(value);
    if (!asl_describe_machine(store, arn, &value, NULL))
        json_decref(value);
}

static int count_row(void *arg, const asl_row *row)
{
    *(size_t *)arg += row->key_len + row->value_len;
    return 0;
}

static void read_all(asl_store *store)
{
    json_t *list, *one;
    size_t i = 0;
    asl_rows_scan(store, NULL, 0, count_row, &i, NULL);
    if (asl_list(store, NULL, &list, NULL))
        return;
    json_array_foreach(json_object_get(list, "executions"), i, one)
        read_one(store, json_string_value(json_object_get(one, "executionArn")));
    json_decref(list);
}

/* ---- running ---- */

static int zeros(void *arg, void *buffer, size_t len)
{
    (void)arg;
    memset(buffer, 0, len);
    return 0;
}

static int succeed(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_true(), NULL);
}

static void run(asl_store *store)
{
    static const char *const handlers[] = {"echo", "keep", "mend"};
    asl_engine *engine;
    asl_options options = {
        .size = sizeof options, .store = store, .virtual_time = 1, .random = zeros};
    int64_t now = NOW;
    if (asl_engine_open(&options, &engine, NULL))
        return;
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (asl_handler(engine, handlers[i], succeed, NULL, ASL_HANDLER_INLINE, NULL))
            abort();
    for (int turn = 0; turn < 60 && now != INT64_MAX; turn++) {
        if (asl_engine_run_ready(engine, now, NULL))
            break;
        const asl_batch *batch = asl_engine_take_batch(engine, NULL);
        if (batch)
            asl_engine_batch_done(engine, asl_store_apply(store, batch, NULL), NULL);
        if (!asl_engine_has_ready(engine))
            now = asl_engine_next_deadline(engine);
    }
    asl_engine_close(engine);
}

static int load(void *arg, const char *line, size_t len)
{
    asl_load(arg, line, len, NULL, NULL);
    return 0;
}

static void use(asl_store *store)
{
    asl_prune_options all = {.size = sizeof all, .before = INT64_MAX};
    asl_store *copy;
    if (asl_store_mem(&copy, NULL))
        abort();
    asl_dump(store, NULL, load, copy, NULL);
    asl_store_free(copy);
    run(store);
    asl_prune(store, &all, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    asl_check_counts counts = {0};
    asl_store *store = store_of(data, len);
    int rc = asl_check(store, NULL, NULL, &counts, NULL);
    read_all(store);
    if (!rc && !counts.problems && counts.executions)
        use(store);
    asl_store_free(store);
    return 0;
}
