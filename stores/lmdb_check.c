/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a data.mdb as LMDB 0.9 lays it out (data version 1; another version is LMDB's to judge).
 *
 * Invariant: every number that comes from the file is checked before it is used as an offset, a
 * size or a depth.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "stores/lmdb_check.h"

#define MAGIC 0xBEEFC0DEu
#define NO_PAGE SIZE_MAX
enum { DATA_VERSION = 1, PAGE_MIN = 256, PAGE_LIMIT = 65536, DEPTH_MAX = 32 };
enum {
    BRANCH = 0x01,
    LEAF = 0x02,
    OVERFLOW = 0x04,
    META = 0x08
};                        /* struct page: flags */
enum { BIG_DATA = 0x01 }; /* struct entry: flags */

struct page {
    size_t number;
    uint16_t pad, flags;
    union {
        struct {
            uint16_t lower,
                upper; /* the free room between the entry offsets and the entries */
        };
        uint32_t pages; /* of an overflow page */
    };
};

struct tree {
    uint32_t pad; /* of a meta page's first tree: the page size */
    uint16_t flags, depth;
    size_t branch_pages, leaf_pages, overflow_pages, entries;
    size_t root;
};

struct meta {
    struct page page;
    uint32_t magic, version;
    void *address;
    size_t map_size;
    struct tree trees[2]; /* free pages, rows */
    size_t last_page, txn;
};

/* Of a leaf: the size of the data in low and high. Of a branch: a page number, in low, high and
 * on 64-bit machines flags. The key follows, then the data, or the page it starts on. */
struct entry {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint16_t low, high;
#else
    uint16_t high, low;
#endif
    uint16_t flags, key_size;
};

/* A check under way. */
struct check {
    int fd;
    const char *path;
    size_t page_size, pages; /* pages: whole ones in the file */
    size_t seen;             /* pages walked: each is met once */
    char *buffers;           /* one page for each level of a tree */
    asl_error *reterr;
};

static int damaged(struct check *check, const char *what, size_t page)
{
    return asl_error_set(
        check->reterr, ASL_EFORMAT,
        "'%s' is damaged: %s (page %zu of %zu); restore it from a backup", check->path,
        what, page, check->pages);
}

/* Reads all of `size` bytes. 1: the file ends before. */
static int read_at(struct check *check, void *to, size_t size, size_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t n =
            pread(check->fd, (char *)to + done, size - done, (off_t)(offset + done));
        if (n == 0)
            return 1;
        if (n < 0 && errno != EINTR)
            return asl_error_set(check->reterr, ASL_ESYSTEM, "cannot read '%s': %s",
                                 check->path, strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* Reads the newer of the two meta pages. Sets page_size 0 for an empty file and for one of a
 * data version that is not known here. */
static int read_meta(struct check *check, struct meta *ret_meta)
{
    struct meta metas[2];
    check->page_size = 0;
    for (size_t i = 0; i < 2; i++) {
        int rc = read_at(check, &metas[i], sizeof(metas[i]), i * check->page_size);
        if (rc)
            return rc < 0 ? rc : damaged(check, "its head is cut off", i);
        if (metas[i].magic != MAGIC || !(metas[i].page.flags & META))
            return damaged(check, "it is not a store", i);
        size_t size = metas[i].trees[0].pad;
        if (metas[i].version != DATA_VERSION) {
            check->page_size = 0;
            return 0;
        }
        if (size < PAGE_MIN || size > PAGE_LIMIT || (size & (size - 1)) ||
            (i && size != check->page_size))
            return damaged(check, "its page size is nonsense", i);
        check->page_size = size;
    }
    *ret_meta = metas[metas[1].txn > metas[0].txn];
    if (ret_meta->last_page >= (SIZE_MAX >> 1) / check->page_size)
        return damaged(check, "its size is nonsense", 0);
    return 0;
}

static int file_size(struct check *check, size_t *ret_size)
{
    struct stat file;
    if (fstat(check->fd, &file))
        return asl_error_set(check->reterr, ASL_ESYSTEM, "cannot look at '%s': %s",
                             check->path, strerror(errno));
    *ret_size = (size_t)file.st_size;
    return 0;
}

static int check_overflow(struct check *check, const char *data, size_t room, size_t size)
{
    struct page head;
    size_t first;
    if (room < sizeof(first))
        return damaged(check, "an entry leaves its page", 0);
    memcpy(&first, data, sizeof(first));
    size_t count = (sizeof(head) + size + check->page_size - 1) / check->page_size;
    if (first >= check->pages || count > check->pages - first)
        return damaged(check, "a value is cut off", first);
    int rc = read_at(check, &head, sizeof(head), first * check->page_size);
    if (rc < 0)
        return rc;
    if (rc || head.number != first || !(head.flags & OVERFLOW) || head.pages < count)
        return damaged(check, "a value is missing", first);
    return 0;
}

static int check_tree(struct check *check, size_t number, unsigned depth);

static int check_entry(struct check *check, const char *page, size_t offset, bool leaf,
                       unsigned depth)
{
    struct entry entry;
    if (offset < sizeof(struct page) || offset + sizeof(entry) > check->page_size)
        return damaged(check, "an entry leaves its page", 0);
    memcpy(&entry, page + offset, sizeof(entry));
    size_t number = entry.low | (size_t)entry.high << 16;
    if (leaf) {
        size_t data = offset + sizeof(entry) + entry.key_size;
        if (data > check->page_size)
            return damaged(check, "an entry leaves its page", 0);
        if (!(entry.flags & BIG_DATA))
            return 0;
        return check_overflow(check, page + data, check->page_size - data, number);
    }
#if SIZE_MAX > 0xFFFFFFFF
    number |= (size_t)entry.flags << 32;
#endif
    return check_tree(check, number, depth - 1);
}

/* Checks the page `number`, which is `depth` levels above the floor of its tree, and all below
 * it. The recursion ends with depth, whatever the file says. */
static int check_tree(struct check *check, size_t number, unsigned depth)
{
    char *page = check->buffers + depth * check->page_size;
    struct page head;
    if (number >= check->pages)
        return damaged(check, "it is cut off", number);
    if (check->seen++ == check->pages)
        return damaged(check, "its pages form a loop", number);
    int rc = read_at(check, page, check->page_size, number * check->page_size);
    if (rc)
        return rc < 0 ? rc : damaged(check, "it is cut off", number);
    memcpy(&head, page, sizeof(head));
    bool leaf = depth == 0;
    size_t offsets = head.lower - sizeof(head);
    if (head.number != number || !(head.flags & (leaf ? LEAF : BRANCH)) ||
        head.lower < sizeof(head) || head.lower > check->page_size)
        return damaged(check, "a page is missing", number);
    for (size_t i = 0; !rc && i < offsets / sizeof(uint16_t); i++) {
        uint16_t offset;
        memcpy(&offset, page + sizeof(head) + i * sizeof(offset), sizeof(offset));
        rc = check_entry(check, page, offset, leaf, depth);
    }
    return rc;
}

int asli_lmdb_check_meta(int fd, const char *path, bool *ret_empty, asl_error *reterr)
{
    struct check check = {.fd = fd, .path = path, .reterr = reterr};
    struct meta meta;
    size_t size = 0;
    int rc = file_size(&check, &size);
    if (!rc && size)
        rc = read_meta(&check, &meta);
    if (!rc)
        *ret_empty = size == 0;
    return rc;
}

int asli_lmdb_check_pages(int fd, const char *path, asl_error *reterr)
{
    struct check check = {.fd = fd, .path = path, .reterr = reterr};
    struct meta meta;
    size_t size = 0;
    int rc = read_meta(&check, &meta);
    if (!rc && check.page_size)
        rc = file_size(&check, &size);
    if (rc || !check.page_size)
        return rc;
    check.pages = size / check.page_size;
    if (check.pages > meta.last_page)
        return 0;
    check.buffers = asli_alloc(DEPTH_MAX * check.page_size);
    if (!check.buffers)
        return asli_oom(reterr);
    for (size_t i = 0; !rc && i < 2; i++) {
        const struct tree *tree = &meta.trees[i];
        if (tree->root == NO_PAGE)
            continue;
        if (tree->depth < 1 || tree->depth > DEPTH_MAX)
            rc = damaged(&check, "its depth is nonsense", 0);
        else
            rc = check_tree(&check, tree->root, tree->depth - 1u);
    }
    asli_free(check.buffers);
    return rc;
}
