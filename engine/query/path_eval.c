/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluating paths. Values are borrowed all the way: a definite path is a walk along
 * pointers that allocates nothing; an indefinite one makes the array of what it finds and
 * nothing else.
 *
 * The rule that decides what a miss is (Jayway's "upstream definite"): keys and indexes
 * before the first wildcard, slice, union, filter or ".." must be there; after it what is
 * not there is just not found. Under scope->require (existence tests) a missing key
 * always is a miss.
 */
#include "engine/query/path_impl.h"

struct walk {
    const struct asli_path *path;
    size_t end; /* parts to go along: all, or all but the function of an inverted path */
    struct asli_scope *scope;
    json_t *results;
    const char *why;
};

static int walk(struct walk *w, size_t at, const json_t *node);

static const json_t *element(const json_t *array, json_int_t index)
{
    json_int_t size = (json_int_t)json_array_size(array); /* 0 when it is no array */
    if (index < 0)
        index += size;
    return index >= 0 && index < size ? json_array_get(array, (size_t)index) : NULL;
}

static const json_t *member(const json_t *object, const struct asli_path_key *key)
{
    return json_object_getn(object, key->text, key->len); /* NULL when it is no object */
}

const json_t *asli_part_step(const struct asli_part *part, const json_t *node)
{
    return part->kind == ASLI_PART_KEY ? member(node, &part->key)
                                       : element(node, part->index);
}

static int add_new(struct walk *w, json_t *take_value)
{
    return json_array_append_new(w->results, take_value) ? asli_oom(w->scope->reterr) : 0;
}

static bool missing_key(const struct asli_part *part, const json_t *node)
{
    return part->kind == ASLI_PART_KEY && json_is_object(node);
}

/* ['a','b'] at the end: one object of those that are there. */
static int merged(const struct asli_part *part, const json_t *node,
                  struct asli_scope *scope, json_t **ret_object)
{
    json_t *object = json_object();
    if (!object)
        return asli_oom(scope->reterr);
    for (size_t i = 0; i < part->count; i++) {
        const struct asli_path_key *key = &part->keys[i];
        json_t *value = (json_t *)member(node, key);
        if (!value && scope->require) {
            json_decref(object);
            return ASLI_FAILED;
        }
        if (value && json_object_setn_nocheck(object, key->text, key->len, value)) {
            json_decref(object);
            return asli_oom(scope->reterr);
        }
    }
    *ret_object = object;
    return 0;
}

static int visit_keys(struct walk *w, size_t at, const json_t *node)
{
    const struct asli_part *part = &w->path->parts[at];
    if (!json_is_object(node))
        return 0;
    if (at + 1 == w->end) {
        json_t *object;
        int rc = merged(part, node, w->scope, &object);
        return rc ? rc : add_new(w, object);
    }
    int rc = 0;
    for (size_t i = 0; !rc && i < part->count; i++) {
        const json_t *value = member(node, &part->keys[i]);
        if (value)
            rc = walk(w, at + 1, value);
        else if (w->scope->require)
            rc = ASLI_FAILED;
    }
    return rc;
}

static int visit_indexes(struct walk *w, size_t at, const json_t *node)
{
    const struct asli_part *part = &w->path->parts[at];
    int rc = 0;
    for (size_t i = 0; !rc && i < part->count; i++) {
        const json_t *value = element(node, part->indexes[i]);
        rc = value ? walk(w, at + 1, value) : 0;
    }
    return rc;
}

/* Only [-n:] and [:-n] count from the end; with two bounds Jayway counts up from the
 * first, and each place below 0 is one from the end. */
static int visit_slice(struct walk *w, size_t at, const json_t *node)
{
    const struct asli_part *part = &w->path->parts[at];
    json_int_t size = (json_int_t)json_array_size(node);
    json_int_t from = part->slice.from, to = part->slice.has_to ? part->slice.to : size;
    if (!part->slice.has_to && from < 0)
        from = from + size > 0 ? from + size : 0;
    if (!part->slice.has_from && to < 0)
        to += size;
    if (to > size)
        to = size;
    if (from < -size)
        from = -size; /* nothing there, and it may be far */
    int rc = 0;
    for (json_int_t i = from; !rc && i < to; i++) {
        const json_t *value = element(node, i);
        rc = value ? walk(w, at + 1, value) : 0;
    }
    return rc;
}

/* Calls `visit` for all children in order. */
static int each_child(struct walk *w, size_t at, const json_t *node,
                      int (*visit)(struct walk *w, size_t at, const json_t *child))
{
    int rc = 0;
    for (size_t i = 0; !rc && i < json_array_size(node); i++)
        rc = visit(w, at, json_array_get(node, i));
    json_t *object = json_is_object(node) ? (json_t *)node : NULL;
    for (void *it = json_object_iter(object); !rc && it;
         it = json_object_iter_next(object, it))
        rc = visit(w, at, json_object_iter_value(it));
    return rc;
}

static int accept(struct walk *w, size_t at, const json_t *node, bool *ret_match)
{
    struct asli_scope scope = *w->scope;
    scope.item = node;
    return asli_filter_test(w->path->parts[at].filter, &scope, ret_match);
}

static int visit_if(struct walk *w, size_t at, const json_t *node)
{
    bool match;
    int rc = accept(w, at, node, &match);
    return !rc && match ? walk(w, at + 1, node) : rc;
}

/* An object is tested itself, of an array each element. */
static int visit_filter(struct walk *w, size_t at, const json_t *node)
{
    if (json_is_object(node))
        return visit_if(w, at, node);
    return json_is_array(node) ? each_child(w, at, node, visit_if) : 0;
}

static int visit_call(struct walk *w, size_t at, const json_t *node)
{
    json_t *value;
    int rc = asli_path_call_eval(w->path->parts[at].call, node, NULL, w->scope, &value,
                                 &w->why);
    return rc ? rc : add_new(w, value);
}

/* Is the part after ".." to be applied to this node? */
static int scan_hit(struct walk *w, size_t at, const json_t *node, bool *ret_match)
{
    const struct asli_part *part = &w->path->parts[at];
    bool leaf = at + 1 == w->end;
    *ret_match = json_is_object(node);
    switch (part->kind) {
    case ASLI_PART_KEY:
        *ret_match = *ret_match && (w->scope->require || member(node, &part->key));
        return 0;
    case ASLI_PART_KEYS:
        for (size_t i = 0; leaf && !w->scope->require && i < part->count; i++)
            *ret_match = *ret_match && member(node, &part->keys[i]);
        return 0;
    case ASLI_PART_INDEX:
    case ASLI_PART_INDEXES:
    case ASLI_PART_SLICE:
        *ret_match = json_is_array(node);
        return 0;
    case ASLI_PART_FILTER:
        return accept(w, at, node, ret_match);
    case ASLI_PART_WILD:
        *ret_match = true;
        return 0;
    case ASLI_PART_SCAN:
    case ASLI_PART_CALL:
        break;
    }
    *ret_match = false;
    return 0;
}

/* Jayway's walk, parents first. Its oddity is kept: a part that hits an array and is not
 * the last is skipped, and what follows it is applied to every element ($..[0].a finds
 * all a). */
static int scan(struct walk *w, size_t at, const json_t *node)
{
    if (!json_is_object(node) && !json_is_array(node))
        return 0;
    if (++w->scope->depth > ASLI_PATH_DEPTH)
        return asl_error_set(w->scope->reterr, ASL_ELIMIT,
                             "The path '%.300s' goes too deep into the value",
                             w->path->text);
    bool match;
    int rc = scan_hit(w, at, node, &match);
    if (!rc && match)
        rc = json_is_object(node) || at + 1 == w->end ? walk(w, at, node)
                                                      : each_child(w, at + 1, node, walk);
    if (!rc)
        rc = each_child(w, at, node, scan);
    w->scope->depth--;
    return rc;
}

static int visit(struct walk *w, size_t at, const json_t *node)
{
    switch (w->path->parts[at].kind) {
    case ASLI_PART_KEYS:
        return visit_keys(w, at, node);
    case ASLI_PART_INDEXES:
        return visit_indexes(w, at, node);
    case ASLI_PART_SLICE:
        return visit_slice(w, at, node);
    case ASLI_PART_WILD:
        return each_child(w, at + 1, node, walk);
    case ASLI_PART_SCAN:
        return scan(w, at + 1, node);
    case ASLI_PART_FILTER:
        return visit_filter(w, at, node);
    case ASLI_PART_CALL:
        return visit_call(w, at, node);
    case ASLI_PART_KEY:
    case ASLI_PART_INDEX:
        break;
    }
    return asl_error_set(w->scope->reterr, ASL_EINTERNAL,
                         "A path part of an unknown kind");
}

/* Adds to the results all that parts[at...] find from `node`. */
static int walk(struct walk *w, size_t at, const json_t *node)
{
    for (; at < w->end; at++) {
        const struct asli_part *part = &w->path->parts[at];
        if (part->kind != ASLI_PART_KEY && part->kind != ASLI_PART_INDEX)
            break;
        const json_t *next = asli_part_step(part, node);
        if (!next)
            return w->scope->require && missing_key(part, node) ? ASLI_FAILED : 0;
        node = next;
    }
    if (at == w->end)
        return json_array_append(w->results, (json_t *)node) ? asli_oom(w->scope->reterr)
                                                             : 0;
    if (++w->scope->depth > ASLI_PATH_DEPTH)
        return asl_error_set(w->scope->reterr, ASL_ELIMIT,
                             "The path '%.300s' goes too deep into the value",
                             w->path->text);
    int rc = visit(w, at, node);
    w->scope->depth--;
    return rc;
}

/* Can the first indefinite part do nothing with what the definite ones led to? */
static bool refuses(const struct asli_part *part, const json_t *node)
{
    switch (part->kind) {
    case ASLI_PART_KEYS:
        return !json_is_object(node);
    case ASLI_PART_INDEXES:
    case ASLI_PART_SLICE:
        return !json_is_array(node);
    case ASLI_PART_FILTER:
        return !json_is_object(node) && !json_is_array(node);
    default:
        return false;
    }
}

static int collect(struct walk *w, size_t at, struct asli_found *found)
{
    w->results = json_array();
    if (!w->results)
        return asli_oom(w->scope->reterr);
    int rc = walk(w, at, found->node);
    if (rc) {
        json_decref(w->results);
        found->why = w->why;
        return rc;
    }
    found->owned = w->results;
    return 0;
}

/* parts[at...], of which the first is neither key nor index */
static int find_more(const struct asli_path *path, struct asli_scope *scope,
                     struct asli_found *found)
{
    struct walk w = {.path = path, .end = path->count, .scope = scope};
    const struct asli_part *part = &path->parts[found->at];
    if (refuses(part, found->node))
        return ASLI_FAILED;
    int rc;
    if (path->inverted) {
        w.end--;
        struct asli_found all = *found;
        if ((rc = collect(&w, 0, &all)))
            return rc;
        rc = asli_path_call_eval(path->parts[w.end].call, found->node, all.owned, scope,
                                 &found->owned, &found->why);
        json_decref(all.owned);
    } else if (!path->definite) {
        rc = collect(&w, found->at, found);
    } else if (part->kind == ASLI_PART_KEYS) {
        rc = merged(part, found->node, scope, &found->owned);
    } else {
        rc = asli_path_call_eval(part->call, found->node, NULL, scope, &found->owned,
                                 &found->why);
    }
    found->value = found->owned;
    return rc;
}

int asli_path_find(const struct asli_path *path, struct asli_scope *scope,
                   struct asli_found *ret_found)
{
    const json_t *node = path->item ? scope->item : scope->root;
    struct asli_found *found = ret_found;
    *found = (struct asli_found){.node = node};
    for (; found->at < path->straight; found->at++) {
        found->node = node;
        node = asli_part_step(&path->parts[found->at], node);
        if (!node)
            return ASLI_FAILED;
    }
    found->node = found->value = node;
    return found->at == path->count ? 0 : find_more(path, scope, found);
}

static int root_of(const struct asli_path *path, const struct asli_env *env,
                   const json_t **ret_root, asl_error *reterr)
{
    switch (path->root) {
    case ASLI_ROOT_INPUT:
        *ret_root = env->input;
        return 0;
    case ASLI_ROOT_CONTEXT:
        *ret_root = env->context(env->arg);
        return *ret_root ? 0 : asli_oom(reterr);
    case ASLI_ROOT_VARIABLE:
        *ret_root = NULL;
        return env->variable ? env->variable(env->arg, path->text + 1, path->variable,
                                             ret_root, reterr)
                             : 0;
    }
    return asl_error_set(reterr, ASL_EINTERNAL, "a path without a root");
}

static int no_value(const struct asli_path *path, char **ret_detail, asl_error *reterr)
{
    if (ret_detail &&
        !(*ret_detail = asli_printf("No value is assigned to the variable: $%.*s",
                                    (int)path->variable, path->text + 1)))
        return asli_oom(reterr);
    return ASLI_FAILED;
}

int asli_path_eval(const struct asli_path *path, const struct asli_env *env,
                   enum asli_path_mode mode, json_t **ret_value, char **ret_detail,
                   asl_error *reterr)
{
    struct asli_scope scope = {.reterr = reterr};
    struct asli_found found;
    int rc = root_of(path, env, &scope.root, reterr);
    if (rc)
        return rc;
    if (!scope.root)
        return no_value(path, ret_detail, reterr);
    scope.item = scope.root;
    rc = asli_path_find(path, &scope, &found);
    if (!rc) {
        *ret_value = found.owned ? found.owned : json_incref((json_t *)found.value);
        return 0;
    }
    if (rc != ASLI_FAILED)
        return rc;
    if (mode == ASLI_PATH_LENIENT && json_is_array(found.node) &&
        found.at + 1 == path->count && path->parts[found.at].kind == ASLI_PART_INDEX) {
        *ret_value = json_null();
        return 0;
    }
    if (ret_detail && (rc = asli_path_sentence(path, &found, ret_detail, reterr)))
        return rc;
    return ASLI_FAILED;
}
