/* SPDX-License-Identifier: Apache-2.0
 *
 * ResultPath: a new value that is the old one but for one place. Only the containers on
 * the way to that place are copied, one level each; everything beside it is shared with
 * the old value, which nobody sees change.
 */
#include "engine/query/path_impl.h"

struct graft {
    const struct asli_path *path;
    json_t *value;
    asl_error *reterr;
};

static json_t *copy(const json_t *container, asl_error *reterr)
{
    json_t *made = container ? asli_json_copy(container) : json_object();
    if (!made)
        asli_oom(reterr);
    return made;
}

/* May parts[at] be set in `node` (NULL: nothing there yet)? Arrays do not grow. */
static bool settable(const struct asli_part *part, const json_t *node)
{
    if (part->kind == ASLI_PART_KEY)
        return !node || json_is_object(node);
    return json_is_array(node) && (size_t)part->index < json_array_size(node);
}

static int set(const struct asli_part *part, json_t *container, json_t *take_child)
{
    if (part->kind == ASLI_PART_KEY)
        return json_object_setn_new_nocheck(container, part->key.text, part->key.len,
                                            take_child);
    return json_array_set_new(container, (size_t)part->index, take_child);
}

/* Goes along the path once to see that it can be done; the values on the way. */
static bool possible(const struct asli_path *path, const json_t *root)
{
    const json_t *node = root;
    for (size_t at = 0; at < path->count; at++) {
        if (!settable(&path->parts[at], node))
            return false;
        node = node ? asli_part_step(&path->parts[at], node) : NULL;
    }
    return true;
}

/* A copy of `root` with the value in its place, made from the outside in: each new
 * container is put into the one before as soon as it is there. */
static int graft(const struct graft *g, const json_t *root, json_t **ret_root)
{
    ASLI_AUTO(json) json_t *top = copy(root, g->reterr);
    if (!top)
        return ASL_ENOMEM;
    json_t *container = top;
    const json_t *node = root;
    size_t last = g->path->count - 1;
    for (size_t at = 0; at < last; at++) {
        const struct asli_part *part = &g->path->parts[at];
        node = node ? asli_part_step(part, node) : NULL;
        json_t *child = copy(node, g->reterr);
        if (!child)
            return ASL_ENOMEM;
        if (set(part, container, child))
            return asli_oom(g->reterr);
        container = child;
    }
    if (set(&g->path->parts[last], container, json_incref(g->value)))
        return asli_oom(g->reterr);
    *ret_root = json_incref(top);
    return 0;
}

static int refuse(const struct asli_path *path, const json_t *root, char **ret_detail,
                  asl_error *reterr)
{
    char *text = NULL;
    if (!ret_detail)
        return ASLI_FAILED;
    int rc = asli_json_text(root, &text, NULL, reterr);
    if (rc)
        return rc;
    char *detail =
        asli_printf("Unable to apply ReferencePath %s to input %s", path->text, text);
    asli_free(text);
    if (!detail)
        return asli_oom(reterr);
    *ret_detail = detail;
    return ASLI_FAILED;
}

int asli_path_graft(const struct asli_path *path, const json_t *root, json_t *value,
                    json_t **ret_root, char **ret_detail, asl_error *reterr)
{
    struct graft g = {path, value, reterr};
    if (!path->reference || path->root != ASLI_ROOT_INPUT)
        return asl_error_set(reterr, ASL_EINTERNAL, "'%.300s' is no reference path",
                             path->text);
    if (!path->count) {
        *ret_root = json_incref(value);
        return 0;
    }
    if (!possible(path, root))
        return refuse(path, root, ret_detail, reterr);
    return graft(&g, root, ret_root);
}
