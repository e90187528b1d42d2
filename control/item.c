/* SPDX-License-Identifier: Apache-2.0
 *
 * Items and the shelves they stand on, in order: what finds one also gives pages of all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asl/provider.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/page.h"

/* ---- one item ---- */

static char *arn_of(const struct asl_control *control, const struct asli_item *item)
{
    const asl_engine *e = control->engine;
    if (item->kind == ASLI_VERSION)
        return asli_printf("%s:%u", item->owner->arn, item->number);
    if (item->kind == ASLI_ALIAS)
        return asli_printf("%s:%s", item->owner->arn, item->name);
    return asli_printf("arn:%s:states:%s:%s:%s:%s", asl_engine_partition(e),
                       asl_engine_region(e), asl_engine_account(e),
                       item->kind == ASLI_MACHINE ? "stateMachine" : "activity",
                       item->name);
}

struct asli_item *asli_item_new(const struct asl_control *control,
                                enum asli_item_kind kind, uint64_t id,
                                struct asli_item *owner, json_t *take_value)
{
    struct asli_item *item = take_value ? asli_alloc(sizeof *item) : NULL;
    if (!item) {
        json_decref(take_value);
        return NULL;
    }
    item->kind = kind;
    item->id = id;
    item->owner = owner;
    item->value = take_value;
    item->number = (unsigned)json_integer_value(json_object_get(take_value, "version"));
    const char *name = item->number ? "" : asli_item_text(item, "name");
    item->name = asli_strdup(name);
    item->arn = item->name ? arn_of(control, item) : NULL;
    if (item->arn)
        return item;
    asli_item_free(item);
    return NULL;
}

void asli_item_free(struct asli_item *item)
{
    if (!item)
        return;
    asli_shelf_done(&item->versions);
    asli_shelf_done(&item->aliases);
    asl_machine_unref(item->machine);
    json_decref(item->value);
    asli_free(item->name);
    asli_free(item->arn);
    asli_free(item);
}

void asli_item_set(struct asli_item *item, json_t *take_value)
{
    json_decref(item->value);
    item->value = take_value;
}

const char *asli_item_text(const struct asli_item *item, const char *member)
{
    return json_string_value(json_object_get(item->value, member));
}

size_t asli_item_key(const struct asli_item *item, char ret_key[ASLI_KEY_MAX])
{
    size_t len =
        (size_t)snprintf(ret_key, ASLI_KEY_MAX, ASLI_KEY_PREFIX "%c", item->kind);
    for (int shift = 56; shift >= 0; shift -= 8)
        ret_key[len++] = (char)(item->id >> shift & 0xff);
    return len;
}

/* ---- shelves ---- */

/* Of an item's place and (number, name). */
static int compare(const struct asli_item *item, unsigned number, const char *name,
                   size_t len)
{
    if (item->number != number)
        return item->number < number ? -1 : 1;
    int order = strncmp(item->name, name, len);
    return order ? order : item->name[len] ? 1 : 0;
}

/* How many items come before this place. */
static size_t place(const struct asli_shelf *shelf, unsigned number, const char *name,
                    size_t len)
{
    size_t low = 0, high = shelf->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(shelf->items[middle], number, name, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct asli_item *asli_shelf_find(const struct asli_shelf *shelf, unsigned number,
                                  const char *name, size_t len)
{
    size_t at = place(shelf, number, name, len);
    if (at == shelf->count || compare(shelf->items[at], number, name, len) != 0)
        return NULL;
    return shelf->items[at];
}

int asli_shelf_reserve(struct asli_shelf *shelf, asl_error *reterr)
{
    if (shelf->count < shelf->cap)
        return 0;
    size_t cap = shelf->cap ? shelf->cap * 2 : 4;
    struct asli_item **items = asli_realloc(shelf->items, cap * sizeof *items);
    if (!items)
        return asli_oom(reterr);
    shelf->items = items;
    shelf->cap = cap;
    return 0;
}

void asli_shelf_add(struct asli_shelf *shelf, struct asli_item *item)
{
    size_t at = place(shelf, item->number, item->name, strlen(item->name));
    memmove(shelf->items + at + 1, shelf->items + at,
            (shelf->count++ - at) * sizeof *shelf->items);
    shelf->items[at] = item;
}

void asli_shelf_remove(struct asli_shelf *shelf, const struct asli_item *item)
{
    size_t at = place(shelf, item->number, item->name, strlen(item->name));
    memmove(shelf->items + at, shelf->items + at + 1,
            (--shelf->count - at) * sizeof *shelf->items);
}

static int by_place(const void *a, const void *b)
{
    const struct asli_item *one = *(struct asli_item *const *)a;
    const struct asli_item *other = *(struct asli_item *const *)b;
    return compare(one, other->number, other->name, strlen(other->name));
}

void asli_shelf_sort(struct asli_shelf *shelf)
{
    if (shelf->count)
        qsort(shelf->items, shelf->count, sizeof *shelf->items, by_place);
}

void asli_shelf_done(struct asli_shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        asli_item_free(shelf->items[i]);
    asli_free(shelf->items);
    *shelf = (struct asli_shelf){0};
}

/* ---- pages ---- */

struct paging {
    const struct asli_shelf *shelf;
    bool downwards;
    size_t left; /* items of the shelf that are not yet looked at */
};

static const struct asli_item *take(struct paging *p)
{
    size_t i = --p->left;
    return p->shelf->items[p->downwards ? i : p->shelf->count - 1 - i];
}

/* Goes to what comes after the position, "NUMBER/NAME" of an item, which may be gone by now. */
static void go_to(struct paging *p, const char *position)
{
    char *end = NULL;
    unsigned number = (unsigned)strtoul(position, &end, 10);
    const char *name = *end ? end + 1 : end;
    size_t at = place(p->shelf, number, name, strlen(name));
    if (p->downwards)
        p->left = at;
    else
        p->left = p->shelf->count - at -
                  (asli_shelf_find(p->shelf, number, name, strlen(name)) != NULL);
}

static int set_token(const struct asli_request *r, json_t *page,
                     const struct asli_item *last, asl_error *reterr)
{
    ASLI_AUTO(text) char *token = NULL;
    ASLI_AUTO(text) char *position = asli_printf("%u/%s", last->number, last->name);
    if (!position)
        return asli_oom(reterr);
    int rc = asli_page_token(r->action, r->params, position, &token, reterr);
    if (!rc && json_object_set_new(page, "nextToken", json_string(token)) != 0)
        rc = asli_oom(reterr);
    return rc;
}

/* The item as the list shows it: its ARN by the first name, then members. */
static json_t *shown(const struct asli_item *item, const char *const *names)
{
    json_t *object = asli_pick(item->value, names + 1);
    if (object && json_object_set_new(object, names[0], json_string(item->arn)) == 0)
        return object;
    json_decref(object);
    return NULL;
}

int asli_list(struct asli_request *r, const struct asli_shelf *shelf, const char *list,
              const char *const *names, bool downwards,
              bool (*only)(const struct asli_item *item, const void *arg),
              const void *arg, asl_error *reterr)
{
    ASLI_AUTO(text) char *position = NULL;
    struct paging p = {shelf, downwards, shelf->count};
    size_t most = asli_page_size(r->params);
    const struct asli_item *last = NULL;
    json_t *items = json_array();
    int rc = asli_page_position(r->action, r->params, &position, reterr);
    r->response = json_object();
    if (json_object_set_new(r->response, list, items) != 0)
        rc = asli_oom(reterr);
    if (!rc && position)
        go_to(&p, position);
    while (!rc && p.left) {
        const struct asli_item *item = take(&p);
        if (only && !only(item, arg))
            continue;
        if (json_array_size(items) == most) /* there is one more */
            return set_token(r, r->response, last, reterr);
        last = item;
        if (json_array_append_new(items, shown(item, names)) != 0)
            rc = asli_oom(reterr);
    }
    return rc;
}
