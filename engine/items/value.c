/* SPDX-License-Identifier: Apache-2.0
 *
 * Items that are at hand: the elements of an array or the members of an object that the state's
 * data holds. What a distributed Map without ItemReader runs over.
 */
#include "engine/base/alloc.h"
#include "engine/items/source.h"

struct value {
    struct asli_items base;
    json_t *value;
    void *member; /* the next one of an object */
};

static const struct asli_items_config config = {0}; /* all items, of nowhere */

static int value_next(struct asli_items *items, struct asli_item *ret_item,
                      struct asli_failure *failure, asl_error *reterr)
{
    struct value *v = (struct value *)items;
    if (json_is_array(v->value)) {
        ret_item->value = json_incref(json_array_get(v->value, (size_t)items->index));
        return 0;
    }
    if (!v->member)
        return 0;
    ret_item->key = asli_strndup(json_object_iter_key(v->member),
                                 json_object_iter_key_len(v->member));
    if (!ret_item->key)
        return asli_oom(reterr);
    ret_item->value = json_incref(json_object_iter_value(v->member));
    v->member = json_object_iter_next(v->value, v->member);
    return 0;
}

/* The index is all there is to it. */
static void value_position(const struct asli_items *items, struct asli_bytes *out)
{
    (void)items;
    (void)out;
}

static int value_open(struct asli_items *items, struct asli_reader *position,
                      struct asli_failure *failure, asl_error *reterr)
{
    struct value *v = (struct value *)items;
    v->member = json_object_iter(v->value);
    for (uint64_t i = 0; i < items->index && v->member; i++)
        v->member = json_object_iter_next(v->value, v->member);
    return 0;
}

static void value_close(struct asli_items *items)
{
    json_decref(((struct value *)items)->value);
}

static const struct asli_item_source_ops ops = {
    .tag = 'v',
    .size = sizeof(struct value),
    .open = value_open,
    .next = value_next,
    .position = value_position,
    .close = value_close,
};

int asli_items_open_value(json_t *value, const void *position, size_t len,
                          struct asli_items **ret_items, asl_error *reterr)
{
    struct value *v = asli_alloc(sizeof *v);
    if (!v)
        return asli_oom(reterr);
    v->base = (struct asli_items){.ops = &ops, .config = &config};
    v->value = json_incref(value);
    int rc = asli_items_open_variant(&v->base, position, len, NULL, reterr);
    if (rc)
        asli_items_close(&v->base);
    else
        *ret_items = &v->base;
    return rc;
}
