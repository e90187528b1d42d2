/* SPDX-License-Identifier: Apache-2.0
 *
 * batch.h. Sizes are those of the compact text: an item is written once, to be measured.
 */
#include "engine/items/batch.h"

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/items/items.h"
#include "engine/items/settings.h"

struct asli_batcher {
    const struct asli_batcher_config *config;
    json_t *items;
    size_t empty_bytes; /* of the input's text without items */
    size_t bytes;       /* of the items, with the commas between them */
};

static int number(const char *field, const json_t *value, int64_t *ret_number,
                  struct asli_failure *failure, asl_error *reterr)
{
    return asli_setting_number(value, field, 1, ASLI_READER_FAILED, ret_number, failure,
                               reterr);
}

int asli_batcher_configure(const json_t *max_items, const json_t *max_bytes,
                           json_t *input, struct asli_batcher_config *ret_config,
                           struct asli_failure *failure, asl_error *reterr)
{
    struct asli_batcher_config config = {0};
    int rc = number("MaxItemsPerBatch", max_items, &config.max_items, failure, reterr);
    if (!rc)
        rc = number("MaxInputBytesPerBatch", max_bytes, &config.max_bytes, failure,
                    reterr);
    if (rc)
        return rc;
    config.input = json_incref(input);
    *ret_config = config;
    return 0;
}

void asli_batcher_config_done(struct asli_batcher_config *config)
{
    json_decref(config->input);
    *config = (struct asli_batcher_config){0};
}

static int measure(const json_t *value, size_t *ret_bytes, asl_error *reterr)
{
    struct asli_bytes text = {0};
    int rc = asli_json_write(value, &text, reterr);
    *ret_bytes = text.len;
    asli_bytes_done(&text);
    return rc;
}

/* The input with these items. */
static json_t *make_input(const struct asli_batcher *b, json_t *items)
{
    json_t *input = json_object();
    if (!input ||
        (b->config->input && json_object_set(input, "BatchInput", b->config->input)) ||
        json_object_set(input, "Items", items)) {
        json_decref(input);
        return NULL;
    }
    return input;
}

int asli_batcher_new(const struct asli_batcher_config *config,
                     struct asli_batcher **ret_batcher, asl_error *reterr)
{
    struct asli_batcher *b = asli_alloc(sizeof *b);
    if (!b)
        return asli_oom(reterr);
    b->config = config;
    b->items = json_array();
    ASLI_AUTO(json) json_t *input = b->items ? make_input(b, b->items) : NULL;
    int rc = input ? measure(input, &b->empty_bytes, reterr) : asli_oom(reterr);
    if (rc)
        asli_batcher_free(b);
    else
        *ret_batcher = b;
    return rc;
}

void asli_batcher_free(struct asli_batcher *batcher)
{
    if (!batcher)
        return;
    json_decref(batcher->items);
    asli_free(batcher);
}

bool asli_batcher_is_full(const struct asli_batcher *b)
{
    return b->config->max_items &&
           json_array_size(b->items) >= (size_t)b->config->max_items;
}

size_t asli_batcher_count(const struct asli_batcher *b)
{
    return json_array_size(b->items);
}

int asli_batcher_offer(struct asli_batcher *b, json_t *item, bool *ret_taken,
                       struct asli_failure *failure, asl_error *reterr)
{
    size_t bytes = 0, count = json_array_size(b->items);
    size_t max = b->config->max_bytes && b->config->max_bytes < ASLI_ITEM_BYTES
                     ? (size_t)b->config->max_bytes
                     : ASLI_ITEM_BYTES;
    *ret_taken = false;
    int rc = asli_batcher_is_full(b) ? 0 : measure(item, &bytes, reterr);
    if (rc || !bytes)
        return rc;
    bytes += b->bytes + (count > 0);
    if (b->empty_bytes + bytes > max)
        return count ? 0
                     : asli_fail(failure, reterr, "States.DataLimitExceeded",
                                 "A batch with a single item has a size exceeding the "
                                 "maximum of %zu bytes.",
                                 max);
    if (json_array_append(b->items, item))
        return asli_oom(reterr);
    b->bytes = bytes;
    *ret_taken = true;
    return 0;
}

int asli_batcher_take(struct asli_batcher *b, json_t **ret_input, asl_error *reterr)
{
    json_t *empty = json_array(), *input = empty ? make_input(b, b->items) : NULL;
    if (!input) {
        json_decref(empty);
        return asli_oom(reterr);
    }
    json_decref(b->items);
    b->items = empty;
    b->bytes = 0;
    *ret_input = input;
    return 0;
}
