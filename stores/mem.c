/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in memory: a copy-on-write B-tree whose nodes and rows are never changed once an
 * apply has published them, so that a snapshot is just the root of its moment.
 *
 * A block (node or row) carries the number of the apply that made it. An apply changes its own
 * blocks in place, copies others before it changes them and retires the originals; retired
 * blocks are freed when no snapshot from before their retirement lives. An apply that fails
 * frees its own blocks and forgets what it retired: the old tree was not touched.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <asl/store.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

/* Rows of a full node, and the most that two nodes which are to be merged may each have. A node
 * but the root holds at least one row; appending leaves it nearly full (see split). */
enum { ROWS_MAX = 31, ROWS_FEW = ROWS_MAX / 2 };

struct block {
    uint64_t version;   /* of the apply that made it; once retired: that retired it */
    struct block *next; /* in the list of retired blocks; snapshots never look at it */
};

struct row {
    struct block block;
    uint32_t value_len;
    uint8_t key_len;
    char bytes[]; /* the key, then the value */
};

struct node {
    struct block block;
    uint16_t count;
    bool leaf;
    struct row *rows[ROWS_MAX];
    struct node *kids[]; /* ROWS_MAX + 1, count + 1 in use; a leaf has none */
};

struct snapshot {
    const struct node *root;
    uint64_t version;
    struct snapshot *older, *newer;
};

struct mem {
    pthread_mutex_t lock; /* root and version for writing, oldest and newest */
    struct node *root;    /* NULL: empty */
    uint64_t version;
    struct snapshot *oldest, *newest;
    struct block *dead,
        **dead_end; /* retired, in order of version; the applying thread's */
};

/* One apply in the making. */
struct edit {
    uint64_t version;
    struct node *root;
    struct block *retired;
};

/* ---------------------------------------------------------------- blocks */

static void retire(struct edit *edit, struct block *block)
{
    if (block->version == edit->version) {
        asli_free(block);
        return;
    }
    block->next = edit->retired;
    edit->retired = block;
}

static struct row *new_row(uint64_t version, asl_slice key, asl_slice value)
{
    struct row *row = asli_alloc(sizeof(*row) + key.len + value.len);
    if (!row)
        return NULL;
    row->block.version = version;
    row->key_len = (uint8_t)key.len;
    row->value_len = (uint32_t)value.len;
    memcpy(row->bytes, key.data, key.len);
    if (value.len)
        memcpy(row->bytes + key.len, value.data, value.len);
    return row;
}

static struct node *new_node(uint64_t version, bool leaf)
{
    size_t kids = leaf ? 0 : (ROWS_MAX + 1) * sizeof(struct node *);
    struct node *node = asli_alloc(sizeof(*node) + kids);
    if (!node)
        return NULL;
    node->block.version = version;
    node->leaf = leaf;
    return node;
}

static void copy_rows(struct node *to, size_t at, const struct node *from, size_t first,
                      size_t count)
{
    memcpy(to->rows + at, from->rows + first, count * sizeof(*to->rows));
    if (!to->leaf)
        memcpy(to->kids + at, from->kids + first, (count + 1) * sizeof(*to->kids));
}

/* Makes *slot a node that this edit may change; NULL: out of memory, nothing changed. */
static struct node *own(struct edit *edit, struct node **slot)
{
    struct node *old = *slot;
    if (old->block.version == edit->version)
        return old;
    struct node *node = new_node(edit->version, old->leaf);
    if (!node)
        return NULL;
    copy_rows(node, 0, old, 0, old->count);
    node->count = old->count;
    *slot = node;
    retire(edit, &old->block);
    return node;
}

/* Frees the tree under `node`: all of it, or only what the apply `version` made. A block of an
 * older apply never leads to one of a newer. */
static void free_tree(struct node *node, bool all, uint64_t version)
{
    if (!node || (!all && node->block.version != version))
        return;
    for (size_t i = 0; i < node->count; i++)
        if (all || node->rows[i]->block.version == version)
            asli_free(node->rows[i]);
    for (size_t i = 0; !node->leaf && i <= node->count; i++)
        free_tree(node->kids[i], all, version);
    asli_free(node);
}

/* ---------------------------------------------------------------- looking up */

static int compare(const struct row *row, asl_slice key)
{
    size_t len = row->key_len < key.len ? row->key_len : key.len;
    int order = memcmp(row->bytes, key.data, len);
    return order ? order : (row->key_len > key.len) - (row->key_len < key.len);
}

/* The first row of `node` that is not before `key`. */
static size_t lower_bound(const struct node *node, asl_slice key, bool *ret_equal)
{
    size_t low = 0, high = node->count;
    *ret_equal = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(node->rows[middle], key);
        if (order < 0) {
            low = middle + 1;
            continue;
        }
        high = middle;
        if (order == 0)
            *ret_equal = true;
    }
    return low;
}

static const struct row *find(const struct node *node, asl_slice key)
{
    while (node) {
        bool equal;
        size_t i = lower_bound(node, key, &equal);
        if (equal)
            return node->rows[i];
        node = node->leaf ? NULL : node->kids[i];
    }
    return NULL;
}

/* ---------------------------------------------------------------- put */

static void open_gap(struct node *node, size_t i)
{
    size_t behind = node->count - i;
    memmove(node->rows + i + 1, node->rows + i, behind * sizeof(*node->rows));
    if (!node->leaf)
        memmove(node->kids + i + 2, node->kids + i + 1, behind * sizeof(*node->kids));
    node->count++;
}

/* Takes row i out, and with it the kid behind it. */
static void close_gap(struct node *node, size_t i)
{
    size_t behind = node->count - i - 1;
    memmove(node->rows + i, node->rows + i + 1, behind * sizeof(*node->rows));
    if (!node->leaf)
        memmove(node->kids + i + 1, node->kids + i + 2, behind * sizeof(*node->kids));
    node->count--;
}

/* Splits the full kid i of `node`, which is owned and not full. Where rows arrive in order the
 * left half stays nearly full, else both are half full. */
static bool split(struct edit *edit, struct node *node, size_t i, asl_slice key)
{
    struct node *left = own(edit, &node->kids[i]);
    struct node *right = left ? new_node(edit->version, left->leaf) : NULL;
    if (!right)
        return false;
    bool append = i == node->count && compare(left->rows[ROWS_MAX - 1], key) < 0;
    size_t middle = append ? ROWS_MAX - 2 : ROWS_MAX / 2;
    copy_rows(right, 0, left, middle + 1, ROWS_MAX - middle - 1);
    right->count = (uint16_t)(ROWS_MAX - middle - 1);
    left->count = (uint16_t)middle;
    open_gap(node, i);
    node->rows[i] = left->rows[middle];
    node->kids[i + 1] = right;
    return true;
}

/* The root, owned and with room for one more row. */
static struct node *root_for_put(struct edit *edit, asl_slice key)
{
    if (!edit->root)
        return edit->root = new_node(edit->version, true);
    if (edit->root->count < ROWS_MAX)
        return own(edit, &edit->root);
    struct node *top = new_node(edit->version, false);
    if (!top)
        return NULL;
    top->kids[0] = edit->root;
    edit->root = top;
    return split(edit, top, 0, key) ? top : NULL;
}

static bool put(struct edit *edit, asl_slice key, asl_slice value)
{
    struct row *row = new_row(edit->version, key, value);
    struct node *node = row ? root_for_put(edit, key) : NULL;
    while (node) {
        bool equal;
        size_t i = lower_bound(node, key, &equal);
        if (equal) {
            retire(edit, &node->rows[i]->block);
            node->rows[i] = row;
            return true;
        }
        if (node->leaf) {
            open_gap(node, i);
            node->rows[i] = row;
            return true;
        }
        if (node->kids[i]->count < ROWS_MAX)
            node = own(edit, &node->kids[i]);
        else if (!split(edit, node, i, key))
            node = NULL; /* else: look again, the row that came up may be the one */
    }
    asli_free(row);
    return false;
}

/* ---------------------------------------------------------------- delete */

/* Joins kid i, row i and kid i + 1 of `node`, which is owned, into kid i. */
static struct node *merge(struct edit *edit, struct node *node, size_t i)
{
    struct node *left = own(edit, &node->kids[i]), *right = node->kids[i + 1];
    if (!left)
        return NULL;
    left->rows[left->count] = node->rows[i];
    copy_rows(left, left->count + 1u, right, 0, right->count);
    left->count = (uint16_t)(left->count + 1 + right->count);
    close_gap(node, i);
    retire(edit, &right->block);
    return left;
}

static struct node *borrow_left(struct edit *edit, struct node *node, size_t i)
{
    struct node *left = own(edit, &node->kids[i - 1]);
    struct node *kid = left ? own(edit, &node->kids[i]) : NULL;
    if (!kid)
        return NULL;
    open_gap(kid, 0);
    kid->rows[0] = node->rows[i - 1];
    node->rows[i - 1] = left->rows[left->count - 1];
    if (!kid->leaf) {
        kid->kids[1] = kid->kids[0];
        kid->kids[0] = left->kids[left->count];
    }
    left->count--;
    return kid;
}

static struct node *borrow_right(struct edit *edit, struct node *node, size_t i)
{
    struct node *right = own(edit, &node->kids[i + 1]);
    struct node *kid = right ? own(edit, &node->kids[i]) : NULL;
    if (!kid)
        return NULL;
    kid->rows[kid->count] = node->rows[i];
    node->rows[i] = right->rows[0];
    if (!kid->leaf) {
        kid->kids[kid->count + 1] = right->kids[0];
        right->kids[0] = right->kids[1];
    }
    kid->count++;
    close_gap(right, 0);
    return kid;
}

/* Kid i of `node`, owned and with a row to spare, after moving rows between its neighbours. */
static struct node *kid_to_shrink(struct edit *edit, struct node *node, size_t i)
{
    if (node->kids[i]->count > ROWS_FEW)
        return own(edit, &node->kids[i]);
    if (i > 0 && node->kids[i - 1]->count > ROWS_FEW)
        return borrow_left(edit, node, i);
    if (i < node->count && node->kids[i + 1]->count > ROWS_FEW)
        return borrow_right(edit, node, i);
    return merge(edit, node, i < node->count ? i : i - 1);
}

/* Takes the row of `key` (its data NULL: the first row, or the last) out of the tree under
 * `node`, which is owned and holds it. NULL: out of memory, no row is lost. */
static struct row *detach(struct edit *edit, struct node *node, asl_slice key, bool last)
{
    while (node) {
        bool equal = false;
        size_t i = key.data ? lower_bound(node, key, &equal)
                   : last   ? node->count - (size_t)node->leaf
                            : 0;
        if (!node->leaf && !equal) {
            node = kid_to_shrink(edit, node, i);
            continue;
        }
        struct row *row = node->rows[i], *spare;
        if (node->leaf) {
            close_gap(node, i);
            return row;
        }
        size_t from = node->kids[i]->count > ROWS_FEW ? i : i + 1;
        if (node->kids[from]->count <= ROWS_FEW) {
            node = merge(edit, node, i); /* the row went down into it */
            continue;
        }
        /* The row before, or behind, takes its place. */
        struct node *kid = own(edit, &node->kids[from]);
        spare = kid ? detach(edit, kid, (asl_slice){0}, from == i) : NULL;
        if (!spare)
            return NULL;
        node->rows[i] = spare;
        return row;
    }
    return NULL;
}

static bool erase(struct edit *edit, asl_slice key)
{
    if (!find(edit->root, key))
        return true;
    struct node *root = own(edit, &edit->root);
    struct row *row = root ? detach(edit, root, key, false) : NULL;
    if (!row)
        return false;
    retire(edit, &row->block);
    if (root->count == 0) {
        edit->root = root->leaf ? NULL : root->kids[0];
        retire(edit, &root->block);
    }
    return true;
}

/* ---------------------------------------------------------------- apply */

static int check_expects(const struct mem *mem, const asl_batch *batch, asl_error *reterr)
{
    for (size_t i = 0; i < batch->count; i++) {
        const asl_op *op = &batch->ops[i];
        if (op->kind != ASL_OP_EXPECT)
            continue;
        const struct row *row = find(mem->root, op->key);
        bool holds = !row == !op->value.data;
        if (holds && row)
            holds = row->value_len == op->value.len &&
                    !memcmp(row->bytes + row->key_len, op->value.data, op->value.len);
        if (!holds)
            return asl_error_set(
                reterr, ASL_EFENCED,
                "a row of the store in memory is not what this batch was "
                "made for; nothing was written");
    }
    return 0;
}

static void publish(struct mem *mem, const struct edit *edit)
{
    struct block *next;
    for (struct block *block = edit->retired; block; block = next) {
        next = block->next;
        block->version = edit->version;
        block->next = NULL;
        *mem->dead_end = block;
        mem->dead_end = &block->next;
    }
    pthread_mutex_lock(&mem->lock);
    mem->root = edit->root;
    mem->version = edit->version;
    uint64_t oldest = mem->oldest ? mem->oldest->version : mem->version;
    pthread_mutex_unlock(&mem->lock);
    while (mem->dead && mem->dead->version <= oldest) {
        next = mem->dead->next;
        asli_free(mem->dead);
        mem->dead = next;
    }
    if (!mem->dead)
        mem->dead_end = &mem->dead;
}

static int mem_apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    struct mem *mem = self;
    int rc = check_expects(mem, batch, reterr);
    if (rc)
        return rc;
    struct edit edit = {.version = mem->version + 1, .root = mem->root};
    for (size_t i = 0; i < batch->count; i++) {
        const asl_op *op = &batch->ops[i];
        bool done = op->kind == ASL_OP_PUT      ? put(&edit, op->key, op->value)
                    : op->kind == ASL_OP_DELETE ? erase(&edit, op->key)
                                                : true;
        if (!done) {
            free_tree(edit.root, false, edit.version);
            return asli_oom(reterr);
        }
    }
    publish(mem, &edit);
    return 0;
}

/* ---------------------------------------------------------------- snapshots */

static int mem_snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    struct mem *mem = self;
    struct snapshot *snapshot = asli_alloc(sizeof(*snapshot));
    if (!snapshot)
        return asli_oom(reterr);
    pthread_mutex_lock(&mem->lock);
    snapshot->root = mem->root;
    snapshot->version = mem->version;
    snapshot->older = mem->newest;
    *(mem->newest ? &mem->newest->newer : &mem->oldest) = snapshot;
    mem->newest = snapshot;
    pthread_mutex_unlock(&mem->lock);
    *ret_snapshot = snapshot;
    return 0;
}

static void mem_release(void *self, void *take_snapshot)
{
    struct mem *mem = self;
    struct snapshot *snapshot = take_snapshot;
    if (!snapshot)
        return;
    pthread_mutex_lock(&mem->lock);
    *(snapshot->older ? &snapshot->older->newer : &mem->oldest) = snapshot->newer;
    *(snapshot->newer ? &snapshot->newer->older : &mem->newest) = snapshot->older;
    pthread_mutex_unlock(&mem->lock);
    asli_free(snapshot);
}

static int mem_get(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
                   asl_error *reterr)
{
    const struct row *row = find(((struct snapshot *)snapshot)->root, key);
    if (!row)
        return ASL_ENOTFOUND;
    *ret_value = (asl_slice){row->bytes + row->key_len, row->value_len};
    return 0;
}

/* A scan under way. A bound is cleared once it holds for all that is still to come. */
struct walk {
    asl_slice from, to;
    asl_scan_fn *fn;
    void *arg;
    bool ended; /* the far bound was met */
};

static int visit(struct walk *walk, const struct row *row)
{
    asl_slice key = {row->bytes, row->key_len};
    asl_slice value = {row->bytes + row->key_len, row->value_len};
    return walk->fn(walk->arg, key, value);
}

static int walk_up(struct walk *walk, const struct node *node)
{
    bool equal;
    size_t i = walk->from.len ? lower_bound(node, walk->from, &equal) : 0;
    for (int rc;; i++) {
        if (!node->leaf && ((rc = walk_up(walk, node->kids[i])) || walk->ended))
            return rc;
        walk->from.len = 0;
        if (i == node->count)
            return 0;
        if (walk->to.len && compare(node->rows[i], walk->to) >= 0) {
            walk->ended = true;
            return 0;
        }
        if ((rc = visit(walk, node->rows[i])))
            return rc;
    }
}

static int walk_down(struct walk *walk, const struct node *node)
{
    bool equal;
    size_t i = walk->to.len ? lower_bound(node, walk->to, &equal) : node->count;
    for (int rc;; i--) {
        if (!node->leaf && ((rc = walk_down(walk, node->kids[i])) || walk->ended))
            return rc;
        walk->to.len = 0;
        if (i == 0)
            return 0;
        if (walk->from.len && compare(node->rows[i - 1], walk->from) < 0) {
            walk->ended = true;
            return 0;
        }
        if ((rc = visit(walk, node->rows[i - 1])))
            return rc;
    }
}

static int mem_scan(void *self, void *snapshot, asl_slice from, asl_slice to, int reverse,
                    asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    const struct node *root = ((struct snapshot *)snapshot)->root;
    struct walk walk = {.from = from, .to = to, .fn = fn, .arg = arg};
    if (!root)
        return 0;
    return reverse ? walk_down(&walk, root) : walk_up(&walk, root);
}

/* ---------------------------------------------------------------- the store */

static void mem_close(void *self)
{
    struct mem *mem = self;
    free_tree(mem->root, true, 0);
    for (struct block *block = mem->dead, *next; block; block = next) {
        next = block->next;
        asli_free(block);
    }
    pthread_mutex_destroy(&mem->lock);
    asli_free(mem);
}

static const asl_store_ops mem_ops = {
    .size = sizeof(asl_store_ops),
    .name = "mem",
    .snapshot = mem_snapshot,
    .get = mem_get,
    .scan = mem_scan,
    .release = mem_release,
    .apply = mem_apply,
    .close = mem_close,
};

int asl_store_mem(asl_store **ret_store, asl_error *reterr)
{
    struct mem *mem = asli_alloc(sizeof(*mem));
    if (!mem)
        return asli_oom(reterr);
    mem->dead_end = &mem->dead;
    if (pthread_mutex_init(&mem->lock, NULL)) {
        asli_free(mem);
        return asli_oom(reterr);
    }
    return asl_store_new(&mem_ops, mem, ret_store, reterr);
}
