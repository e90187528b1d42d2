/* SPDX-License-Identifier: Apache-2.0
 *
 * A store that keeps all rows in one file and writes it anew for each batch: to another file, which
 * is flushed and then renamed over it. rename(2) is atomic, so a batch is there or it is not.
 *
 * Invariant: a version (the image of the file, and its rows in order of their keys) never changes
 * once it is `current`; it lives while it is current or a snapshot holds it.
 */
#include "file_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "rows:1\n" /* 8 bytes with its end */

struct row {
    asl_slice key, value;
};

struct version {
    size_t holders, len, count;
    char *image;      /* MAGIC, then per row: key length, value length, key, value */
    struct row *rows; /* they point into the image */
};

struct file_store {
    int dir;              /* locked while the store is open */
    pthread_mutex_t lock; /* `current`, and the holders of all versions */
    struct version *current;
};

/* ---- versions ---- */

static void version_free(struct version *v)
{
    if (v != NULL) {
        free(v->image);
        free(v->rows);
        free(v);
    }
}

static struct version *version_new(size_t len, size_t count)
{
    struct version *v = calloc(1, sizeof *v);
    if (v == NULL)
        return NULL;
    v->holders = 1;
    v->len = len;
    v->image = malloc(len);
    v->rows = calloc(count + 1, sizeof *v->rows);
    if (v->image != NULL && v->rows != NULL)
        return v;
    version_free(v);
    return NULL;
}

static struct version *hold(struct file_store *s)
{
    pthread_mutex_lock(&s->lock);
    struct version *v = s->current;
    v->holders++;
    pthread_mutex_unlock(&s->lock);
    return v;
}

static void let_go(struct file_store *s, struct version *v)
{
    pthread_mutex_lock(&s->lock);
    size_t left = --v->holders;
    pthread_mutex_unlock(&s->lock);
    if (left == 0)
        version_free(v);
}

/* ---- rows ---- */

static int compare(asl_slice a, asl_slice b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Where the key stands, or would stand. */
static size_t place(const struct row *rows, size_t count, asl_slice key, int *ret_found)
{
    size_t low = 0, high = count;
    *ret_found = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(rows[middle].key, key);
        if (order == 0)
            *ret_found = 1;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int expected(const struct version *v, const asl_op *op)
{
    int found;
    size_t i = place(v->rows, v->count, op->key, &found);
    if (op->value.data == NULL || !found)
        return op->value.data == NULL && !found;
    return v->rows[i].value.len == op->value.len &&
           memcmp(v->rows[i].value.data, op->value.data, op->value.len) == 0;
}

/* Does one operation on a list of rows that has room for one more. */
static void change(struct row *rows, size_t *count, const asl_op *op)
{
    int found;
    size_t i = place(rows, *count, op->key, &found);
    if (op->kind == ASL_OP_PUT) {
        if (!found)
            memmove(rows + i + 1, rows + i, ((*count)++ - i) * sizeof *rows);
        rows[i] = (struct row){op->key, op->value};
    } else if (op->kind == ASL_OP_DELETE && found) {
        memmove(rows + i, rows + i + 1, (--*count - i) * sizeof *rows);
    }
}

/* ---- the image ---- */

static char *put(char *to, asl_slice bytes)
{
    if (bytes.len > 0)
        memcpy(to, bytes.data, bytes.len);
    return to + bytes.len;
}

static struct version *encode(const struct row *rows, size_t count)
{
    size_t len = sizeof MAGIC;
    for (size_t i = 0; i < count; i++)
        len += 1 + sizeof(uint32_t) + rows[i].key.len + rows[i].value.len;
    struct version *v = version_new(len, count);
    char *at = v != NULL ? put(v->image, (asl_slice){MAGIC, sizeof MAGIC}) : NULL;
    for (size_t i = 0; v != NULL && i < count; i++) {
        uint8_t key_len = (uint8_t)rows[i].key.len;
        uint32_t value_len = (uint32_t)rows[i].value.len;
        at = put(at, (asl_slice){&key_len, sizeof key_len});
        at = put(at, (asl_slice){&value_len, sizeof value_len});
        v->rows[i].key = (asl_slice){at, key_len};
        at = put(at, rows[i].key);
        v->rows[i].value = (asl_slice){at, value_len};
        at = put(at, rows[i].value);
        v->count++;
    }
    return v;
}

/* Finds the rows of an image that was read. 0: it is not one of ours. */
static int decode(struct version *v)
{
    size_t at = sizeof MAGIC;
    if (v->len < at || memcmp(v->image, MAGIC, at) != 0)
        return 0;
    while (at < v->len) {
        uint32_t value_len;
        size_t head = 1 + sizeof value_len, key_len = (uint8_t)v->image[at];
        if (v->len - at < head + key_len)
            return 0;
        memcpy(&value_len, v->image + at + 1, sizeof value_len);
        at += head;
        if (v->len - at - key_len < value_len)
            return 0;
        v->rows[v->count++] =
            (struct row){{v->image + at, key_len}, {v->image + at + key_len, value_len}};
        at += key_len + value_len;
    }
    return 1;
}

/* ---- the file ---- */

static int trouble(asl_error *reterr, const char *what)
{
    int code = errno == ENOSPC || errno == EDQUOT ? ASL_ENOSPACE : ASL_ESYSTEM;
    return asl_error_set(reterr, code, "%s: %s", what, strerror(errno));
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR)
            return -1;
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int save(const struct file_store *s, const struct version *v, asl_error *reterr)
{
    int fd = openat(s->dir, "rows.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return trouble(reterr, "rows.new cannot be made");
    if (write_all(fd, v->image, v->len) != 0 || fsync(fd) != 0) {
        int rc = trouble(reterr, "rows.new cannot be written");
        close(fd);
        return rc;
    }
    close(fd);
    if (renameat(s->dir, "rows.new", s->dir, "rows") != 0)
        return trouble(reterr, "rows cannot be replaced");
    if (fsync(s->dir) != 0) /* it was replaced, but for how long? */
        return asl_error_set(reterr, ASL_ESTORE, "the directory cannot be flushed");
    return 0;
}

static int read_all(int fd, char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, bytes, len);
        if (n == 0 || (n < 0 && errno != EINTR))
            return -1;
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int read_image(int fd, struct version **ret_version, asl_error *reterr)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return trouble(reterr, "rows cannot be read");
    /* No row is shorter than its two lengths and a key of one byte. */
    struct version *v = version_new((size_t)st.st_size, (size_t)st.st_size / 6);
    if (v == NULL)
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    if (read_all(fd, v->image, v->len) != 0 || !decode(v)) {
        version_free(v);
        return asl_error_set(reterr, ASL_EFORMAT, "rows is not a file of this store");
    }
    *ret_version = v;
    return 0;
}

static int load(struct file_store *s, asl_error *reterr)
{
    int fd = openat(s->dir, "rows", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        int rc = read_image(fd, &s->current, reterr);
        close(fd);
        return rc;
    }
    if (errno != ENOENT)
        return trouble(reterr, "rows cannot be opened");
    s->current = encode(NULL, 0);
    return s->current != NULL ? 0 : asl_error_set(reterr, ASL_ENOMEM, "out of memory");
}

/* ---- asl_store_ops ---- */

static int on_snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    *ret_snapshot = hold(self);
    return 0;
}

static int on_get(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
                  asl_error *reterr)
{
    const struct version *v = snapshot;
    int found;
    size_t i = place(v->rows, v->count, key, &found);
    if (!found)
        return ASL_ENOTFOUND;
    *ret_value = v->rows[i].value;
    return 0;
}

static int on_scan(void *self, void *snapshot, asl_slice from, asl_slice to, int reverse,
                   asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    const struct version *v = snapshot;
    int found, rc = 0;
    size_t first = from.len > 0 ? place(v->rows, v->count, from, &found) : 0;
    size_t end = to.len > 0 ? place(v->rows, v->count, to, &found) : v->count;
    for (size_t n = first; rc == 0 && n < end; n++) {
        const struct row *row = &v->rows[reverse ? end - 1 - (n - first) : n];
        rc = fn(arg, row->key, row->value);
    }
    return rc;
}

static void on_release(void *self, void *snapshot)
{
    let_go(self, snapshot);
}

/* Only this one, of which one runs at a time, changes `current`: it reads it without the lock. */
static int on_apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    struct file_store *s = self;
    struct version *old = s->current;
    size_t count = old->count;
    struct row *rows = malloc((count + batch->count + 1) * sizeof *rows);
    if (rows == NULL)
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    memcpy(rows, old->rows, count * sizeof *rows);
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->ops[i].kind == ASL_OP_EXPECT && !expected(old, &batch->ops[i])) {
            free(rows);
            return asl_error_set(reterr, ASL_EFENCED, "a row is not what it was");
        }
        change(rows, &count, &batch->ops[i]);
    }
    struct version *v = encode(rows, count);
    free(rows);
    int rc = v != NULL ? save(s, v, reterr)
                       : asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    if (rc != 0) {
        version_free(v);
        return rc;
    }
    pthread_mutex_lock(&s->lock);
    s->current = v;
    pthread_mutex_unlock(&s->lock);
    let_go(s, old);
    return 0;
}

static void on_close(void *self)
{
    struct file_store *s = self;
    version_free(s->current);
    if (s->dir >= 0)
        close(s->dir); /* and with it the lock goes */
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static const asl_store_ops ops = {
    .size = sizeof ops,
    .name = "file",
    .snapshot = on_snapshot,
    .get = on_get,
    .scan = on_scan,
    .release = on_release,
    .apply = on_apply,
    .close = on_close,
};

int file_store(const char *dir, asl_store **ret_store, asl_error *reterr)
{
    struct file_store *s = calloc(1, sizeof *s);
    int rc = 0;
    if (s == NULL)
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    pthread_mutex_init(&s->lock, NULL);
    s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir < 0)
        rc = trouble(reterr, dir);
    else if (flock(s->dir, LOCK_EX | LOCK_NB) != 0)
        rc = asl_error_set(reterr, ASL_EBUSY, "%s is in use by another engine", dir);
    else
        rc = load(s, reterr);
    if (rc != 0) {
        on_close(s);
        return rc;
    }
    return asl_store_new(&ops, s, ret_store, reterr); /* which closes it when it fails */
}
