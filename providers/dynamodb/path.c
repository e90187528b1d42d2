/* SPDX-License-Identifier: Apache-2.0
 *
 * Document paths, a.b[0].c, in items: reading, changing, comparing, and projecting.
 *
 * An item is an object of values; below it a step goes through the payload of an M or an L.
 */
#include <string.h>

#include "engine/base/bytes.h"
#include "providers/dynamodb/expression.h"

static json_t *step_into(const json_t *payload, const struct asli_dyn_step *step)
{
    return step->name ? json_object_get(payload, step->name)
                      : json_array_get(payload, step->index);
}

/* The payload a further step goes through; NULL: the value has no parts. */
static json_t *inside(const json_t *value)
{
    enum asli_dyn_type type = value ? asli_dyn_type(value) : ASLI_DYN_S;
    return type == ASLI_DYN_M || type == ASLI_DYN_L ? asli_dyn_payload(value) : NULL;
}

json_t *asli_dyn_path_get(const json_t *item, const struct asli_dyn_path *path)
{
    json_t *value = step_into(item, &path->steps[0]);
    for (size_t i = 1; value && i < path->count; i++)
        value = step_into(inside(value), &path->steps[i]);
    return value;
}

/* What holds the last step, NULL when it is missing or of the other kind. */
static json_t *parent_of(json_t *item, const struct asli_dyn_path *path)
{
    struct asli_dyn_path head = {path->steps, path->count - 1};
    json_t *parent = head.count == 0 ? item : inside(asli_dyn_path_get(item, &head));
    bool named = path->steps[path->count - 1].name != NULL;
    return (named ? json_is_object(parent) : json_is_array(parent)) ? parent : NULL;
}

bool asli_dyn_path_set(json_t *item, const struct asli_dyn_path *path, json_t *value,
                       bool *ret_oom)
{
    json_t *parent = parent_of(item, path);
    const struct asli_dyn_step *last = &path->steps[path->count - 1];
    if (!parent)
        return false;
    if (last->name)
        *ret_oom = json_object_set(parent, last->name, value) != 0;
    else if (last->index < json_array_size(parent))
        *ret_oom = json_array_set(parent, last->index, value) != 0;
    else
        *ret_oom = json_array_append(parent, value) != 0;
    return true;
}

bool asli_dyn_path_remove(json_t *item, const struct asli_dyn_path *path)
{
    json_t *parent = parent_of(item, path);
    const struct asli_dyn_step *last = &path->steps[path->count - 1];
    if (!parent)
        return false;
    if (last->name)
        json_object_del(parent, last->name);
    else
        json_array_remove(parent, last->index);
    return true;
}

int asli_dyn_path_compare(const struct asli_dyn_path *a, const struct asli_dyn_path *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct asli_dyn_step *x = &a->steps[i], *y = &b->steps[i];
        int order = !x->name || !y->name ? (x->name != NULL) - (y->name != NULL)
                                         : strcmp(x->name, y->name);
        if (order == 0 && !x->name)
            order = (x->index > y->index) - (x->index < y->index);
        if (order)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

const char *asli_dyn_path_text(struct asli_dyn_arena *arena,
                               const struct asli_dyn_path *path)
{
    struct asli_bytes out = {0};
    for (size_t i = 0; i < path->count; i++) {
        asli_bytes_adds(&out, i ? ", " : "[");
        if (path->steps[i].name)
            asli_bytes_adds(&out, path->steps[i].name);
        else
            asli_bytes_addf(&out, "[%zu]", path->steps[i].index);
    }
    asli_bytes_adds(&out, "]");
    char *text = out.oom ? NULL : asli_dyn_copy(arena, out.data, out.len);
    asli_bytes_done(&out);
    return text;
}

/* ---- projecting ---- */

/* A path is a prefix of another only when they are the same: overlaps are refused. So paths
 * that share their first steps are projected together, one step at a time. */
struct group {
    const struct asli_dyn_path **paths; /* sorted */
    size_t count, depth;
};

static bool same_step(const struct asli_dyn_step *a, const struct asli_dyn_step *b)
{
    if (!a->name || !b->name)
        return !a->name && !b->name && a->index == b->index;
    return strcmp(a->name, b->name) == 0;
}

static bool project_into(json_t *out, const json_t *payload, const struct group *group);

/* The value at one step: whole where a path ends, else what the group's paths leave of it;
 * NULL with *ret_ok: nothing. */
static json_t *project_value(json_t *value, const struct group *group, bool *ret_ok)
{
    json_t *payload, *part, *made = NULL;
    if (group->paths[0]->count == group->depth)
        return json_incref(value);
    payload = inside(value);
    if (!payload)
        return NULL;
    part = json_is_object(payload) ? json_object() : json_array();
    *ret_ok = part && project_into(part, payload, group);
    if (*ret_ok && (json_object_size(part) || json_array_size(part))) {
        made = asli_dyn_make(asli_dyn_type(value), json_incref(part));
        *ret_ok = made != NULL;
    }
    json_decref(part);
    return made;
}

static bool project_into(json_t *out, const json_t *payload, const struct group *group)
{
    bool ok = true;
    for (size_t i = 0, next; ok && i < group->count; i = next) {
        const struct asli_dyn_step *step = &group->paths[i]->steps[group->depth];
        json_t *value = step_into(payload, step), *part;
        for (next = i + 1; next < group->count; next++) {
            if (!same_step(step, &group->paths[next]->steps[group->depth]))
                break;
        }
        struct group below = {group->paths + i, next - i, group->depth + 1};
        part = value ? project_value(value, &below, &ok) : NULL;
        if (part && step->name)
            ok = json_object_set_new(out, step->name, part) == 0;
        else if (part)
            ok = json_array_append_new(out, part) == 0;
    }
    return ok;
}

static void sort_paths(const struct asli_dyn_path **paths, size_t count)
{
    for (size_t i = 1; i < count; i++) { /* expressions are short */
        const struct asli_dyn_path *one = paths[i];
        size_t at = i;
        for (; at > 0 && asli_dyn_path_compare(paths[at - 1], one) > 0; at--)
            paths[at] = paths[at - 1];
        paths[at] = one;
    }
}

json_t *asli_dyn_project(const struct asli_dyn_paths *paths, const json_t *item)
{
    struct asli_dyn_arena arena = {0};
    const struct asli_dyn_path **sorted =
        asli_dyn_alloc(&arena, paths->count * sizeof *sorted);
    json_t *out = json_object();
    bool ok = sorted && out;
    for (size_t i = 0; ok && i < paths->count; i++)
        sorted[i] = &paths->paths[i];
    if (ok) {
        struct group all = {sorted, paths->count, 0};
        sort_paths(sorted, paths->count);
        ok = project_into(out, item, &all);
    }
    asli_dyn_arena_done(&arena);
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}
