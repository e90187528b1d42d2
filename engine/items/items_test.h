/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of items share: a source by the JSON of its ItemReader, and all it gives as one
 * text.
 */
#ifndef ASLI_ITEMS_TEST_H
#define ASLI_ITEMS_TEST_H

#include <stdio.h>
#include <string.h>

#include "conformance/kit/mem_objects.h"
#include "conformance/kit/need.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/items/items.h"

static struct mem_objects store;
static asl_objects *objects;

static inline void set_up(void)
{
    store = (struct mem_objects){.fail_code = ASL_ESYSTEM};
    objects = mem_objects_new(&store);
}

static inline void tear_down(void)
{
    ck_assert_int_eq(store.open, 0);
    asl_objects_free(objects);
    mem_objects_free(&store);
}

static inline void put(const char *key, const char *text)
{
    mem_objects_put(&store, "b", key, text, strlen(text));
}

static inline json_t *json_of(const char *text)
{
    json_t *value = NULL;
    ck_assert_msg(asli_json_read(text, strlen(text), &value, NULL) == 0, "%s", text);
    return value;
}

/* A configuration of bucket "b" and `key` (list: prefix), and the ReaderConfig's text. */
static inline int configure(bool list, const char *key, const char *reader_config,
                            struct asli_items_config *ret_config,
                            struct asli_failure *failure)
{
    json_t *arguments = json_object(), *config = json_of(reader_config);
    json_object_set_new(arguments, "Bucket", json_string("b"));
    json_object_set_new(arguments, list ? "Prefix" : "Key", json_string(key));
    int rc = asli_items_configure(list, arguments, config, ret_config, failure, NULL);
    json_decref(arguments);
    json_decref(config);
    return rc;
}

static inline void add_item(struct asli_bytes *out, struct asli_item *item)
{
    if (out->len)
        asli_bytes_addc(out, ' ');
    if (item->key)
        asli_bytes_addf(out, "%s=", item->key);
    asli_json_write(item->value, out, NULL);
    json_decref(item->value);
    asli_free(item->key);
}

/* Reads all that is left, from the position, into out. */
static inline int read_from(const struct asli_items_config *config,
                            const struct asli_bytes *position, struct asli_bytes *out,
                            struct asli_failure *failure)
{
    struct asli_items *items = NULL;
    struct asli_item item = {NULL, NULL};
    int rc = asli_items_open(objects, config, position->data, position->len, &items,
                             failure, NULL);
    while (!rc && !(rc = asli_items_next(items, &item, failure, NULL)) && item.value)
        add_item(out, &item);
    asli_items_close(items);
    return rc;
}

/* All items, by blanks; after a failure "ERROR: CAUSE". */
static inline const char *items_of(bool list, const char *key, const char *reader_config)
{
    static char text[4000];
    struct asli_items_config config = {0};
    struct asli_failure failure = {0};
    struct asli_bytes out = {0}, start = {0};
    int rc = configure(list, key, reader_config, &config, &failure);
    if (!rc)
        rc = read_from(&config, &start, &out, &failure);
    if (rc == ASLI_FAILED)
        snprintf(text, sizeof text, "%s: %s", failure.error, failure.cause);
    else if (rc)
        snprintf(text, sizeof text, "%s", asl_code_name(rc));
    else
        snprintf(text, sizeof text, "%.*s", (int)out.len, out.len ? out.data : "");
    asli_bytes_done(&out);
    asli_failure_done(&failure);
    asli_items_config_done(&config);
    return text;
}

#endif
