/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of workflow variables, and where a frame finds the value of one.
 */
#include "engine/variables.h"

#include "engine/base/alloc.h"
#include "engine/execution.h"

struct asli_variables *asli_variables_new(size_t count)
{
    struct asli_variables *set =
        asli_alloc(sizeof *set + count * sizeof(struct asli_variable));
    if (set)
        set->refs = 1;
    return set;
}

struct asli_variables *asli_variables_ref(struct asli_variables *set)
{
    if (set)
        set->refs++;
    return set;
}

void asli_variables_unref(struct asli_variables *set)
{
    if (!set || --set->refs)
        return;
    for (uint32_t i = 0; i < set->count; i++)
        asli_payload_unref(set->items[i].value);
    asli_free(set);
}

struct asli_payload *asli_variables_get(const struct asli_variables *set, uint32_t name)
{
    for (uint32_t i = 0; set && i < set->count; i++)
        if (set->items[i].name == name)
            return set->items[i].value;
    return NULL;
}

static void add(struct asli_variables *set, const struct asli_variable *variable)
{
    set->items[set->count++] =
        (struct asli_variable){variable->name, asli_payload_ref(variable->value)};
}

struct asli_variables *asli_variables_merge(struct asli_variables *under,
                                            struct asli_variables *over)
{
    if (!under || !over)
        return asli_variables_ref(under ? under : over);
    struct asli_variables *set = asli_variables_new((size_t)under->count + over->count);
    if (!set)
        return NULL;
    for (uint32_t i = 0; i < under->count; i++)
        if (!asli_variables_get(over, under->items[i].name))
            add(set, &under->items[i]);
    for (uint32_t i = 0; i < over->count; i++)
        add(set, &over->items[i]);
    return set;
}

int asli_frame_variable(void *arg, const char *name, size_t len, const json_t **ret_value,
                        asl_error *reterr)
{
    struct asli_frame *f = arg;
    uint32_t number;
    json_t *tree = NULL;
    *ret_value = NULL;
    if (!asli_machine_variable(f->x->machine, name, len, &number))
        return 0;
    for (; f; f = f->parent) {
        struct asli_payload *value = asli_variables_get(f->d.variables, number);
        if (!value)
            continue;
        int rc = asli_payload_tree(value, f->x, &tree, reterr);
        *ret_value = tree;
        return rc;
    }
    return 0;
}
