/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in a directory (asl_objects_dir): reading and writing them. A key is walked part by part
 * with O_NOFOLLOW from the bucket's descriptor on, so no link and no ".." leads out of it.
 *
 * A writer's file is made in .asl-tmp, which no bucket can be called, and renamed to its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "providers/objects_dir.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define TEMPORARY ".asl-tmp"

struct writer {
    int file, temporary, parent; /* descriptors, -1: none */
    char name[17];               /* in .asl-tmp */
    char *key;
};

int asli_dir_errno(int number, const char *what, asl_error *reterr)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
        return ASL_NO_SUCH_KEY;
    case EACCES:
    case EPERM:
        return ASL_ACCESS_DENIED;
    case ENOMEM:
        return asli_oom(reterr);
    default:
        return asl_error_set(reterr, ASL_ESYSTEM, "cannot %s: %s", what,
                             strerror(number));
    }
}

int asli_dir_open_at(int fd, const char *name)
{
    return openat(fd, name, DIRECTORY);
}

int asli_dir_bucket(const struct asli_objects_dir *dir, const char *bucket, int *ret_fd,
                    asl_error *reterr)
{
    if (bucket[0] == '.' || strchr(bucket, '/'))
        return ASL_NO_SUCH_BUCKET;
    int fd = asli_dir_open_at(dir->root, bucket);
    if (fd < 0) {
        int rc = asli_dir_errno(errno, "open a bucket", reterr);
        return rc == ASL_NO_SUCH_KEY ? ASL_NO_SUCH_BUCKET : rc;
    }
    *ret_fd = fd;
    return 0;
}

/* ---- from a key to its directory ---- */

static bool acceptable(const char *key)
{
    for (const char *part = key;; part++) {
        size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') ||
            (len == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part += len;
        if (!*part)
            return true;
    }
}

/* The directory `name` in fd, made when it is missing and `make` is set. */
static int step_into(int fd, const char *name, bool make)
{
    int next = asli_dir_open_at(fd, name);
    if (next >= 0 || errno != ENOENT || !make)
        return next;
    if (mkdirat(fd, name, 0777) && errno != EEXIST)
        return -1;
    if (fsync(fd))
        return -1;
    return asli_dir_open_at(fd, name);
}

/* The descriptor of the directory the object is in, and the last part of its key. */
static int walk(const struct asli_objects_dir *dir, const char *bucket, const char *key,
                bool make, int *ret_fd, const char **ret_name, asl_error *reterr)
{
    int fd = -1, rc = acceptable(key) ? 0 : ASL_ACCESS_DENIED;
    if (rc || (rc = asli_dir_bucket(dir, bucket, &fd, reterr)))
        return rc;
    for (const char *slash; (slash = strchr(key, '/')); key = slash + 1) {
        ASLI_AUTO(text) char *part = asli_strndup(key, (size_t)(slash - key));
        int next = part ? step_into(fd, part, make) : -1;
        int number = part ? errno : ENOMEM;
        close(fd);
        if (next < 0)
            return asli_dir_errno(number, "open a directory of objects", reterr);
        fd = next;
    }
    *ret_fd = fd;
    *ret_name = key;
    return 0;
}

/* ---- reading ---- */

static void *of_fd(int fd)
{
    return (void *)((intptr_t)fd + 1); /* never NULL */
}

static int to_fd(void *object)
{
    return (int)((intptr_t)object - 1);
}

static int dir_open(void *self, const char *bucket, const char *key, void **ret_object,
                    uint64_t *ret_bytes, asl_error *reterr)
{
    int parent;
    const char *name;
    struct stat status;
    int rc = walk(self, bucket, key, false, &parent, &name, reterr);
    if (rc)
        return rc;
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status))
        rc = asli_dir_errno(errno, "open an object", reterr);
    else if (!S_ISREG(status.st_mode))
        rc = ASL_NO_SUCH_KEY;
    close(parent);
    if (rc) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    *ret_object = of_fd(fd);
    *ret_bytes = (uint64_t)status.st_size;
    return 0;
}

static int dir_read(void *self, void *object, uint64_t offset, void *buffer, size_t len,
                    size_t *ret_len, asl_error *reterr)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pread(to_fd(object), (char *)buffer + done, len - done,
                          (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return asl_error_set(reterr, ASL_ESYSTEM, "cannot read an object: %s",
                                 strerror(errno));
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *ret_len = done;
    return 0;
}

static void dir_release(void *self, void *object)
{
    close(to_fd(object));
}

/* ---- writing ---- */

static void writer_free(struct writer *w)
{
    if (w->file >= 0)
        close(w->file);
    if (w->temporary >= 0)
        close(w->temporary);
    if (w->parent >= 0)
        close(w->parent);
    asli_free(w->key);
    asli_free(w);
}

/* A new file in .asl-tmp. */
static int make_file(const struct asli_objects_dir *dir, struct writer *w)
{
    unsigned char random[8];
    w->temporary = step_into(dir->root, TEMPORARY, true);
    if (w->temporary < 0 || getrandom(random, sizeof random, 0) != sizeof random)
        return -1;
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(w->name + 2 * i, 3, "%02x", random[i]);
    w->file = openat(w->temporary, w->name,
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return w->file < 0 ? -1 : 0;
}

static int dir_create(void *self, const char *bucket, const char *key, void **ret_writer,
                      asl_error *reterr)
{
    struct writer *w = asli_alloc(sizeof *w);
    if (!w)
        return asli_oom(reterr);
    const char *name = NULL;
    w->file = w->temporary = w->parent = -1;
    int rc = walk(self, bucket, key, true, &w->parent, &name, reterr);
    if (!rc && !(w->key = asli_strdup(name)))
        rc = asli_oom(reterr);
    if (!rc && make_file(self, w))
        rc = asl_error_set(reterr, ASL_ESYSTEM, "cannot make a file for an object: %s",
                           strerror(errno));
    if (rc)
        writer_free(w);
    else
        *ret_writer = w;
    return rc;
}

static int dir_write(void *self, void *writer, const void *data, size_t len,
                     asl_error *reterr)
{
    struct writer *w = writer;
    for (size_t done = 0; done < len;) {
        ssize_t n = write(w->file, (const char *)data + done, len - done);
        if (n < 0 && errno != EINTR)
            return asl_error_set(reterr, ASL_ESYSTEM, "cannot write an object: %s",
                                 strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static void dir_discard(void *self, void *take_writer)
{
    struct writer *w = take_writer;
    unlinkat(w->temporary, w->name, 0);
    writer_free(w);
}

static int dir_commit(void *self, void *take_writer, asl_error *reterr)
{
    struct writer *w = take_writer;
    if (fsync(w->file) || renameat(w->temporary, w->name, w->parent, w->key) ||
        fsync(w->parent)) {
        int rc = asl_error_set(reterr, ASL_ESYSTEM, "cannot store an object: %s",
                               strerror(errno));
        dir_discard(self, w);
        return rc;
    }
    writer_free(w);
    return 0;
}

/* ---- the provider ---- */

static void dir_close(void *self)
{
    struct asli_objects_dir *dir = self;
    close(dir->root);
    asli_free(dir);
}

static const asl_objects_ops ops = {
    .size = sizeof ops,
    .name = "dir",
    .open = dir_open,
    .read = dir_read,
    .release = dir_release,
    .list = asli_dir_list,
    .list_next = asli_dir_list_next,
    .list_end = asli_dir_list_end,
    .create = dir_create,
    .write = dir_write,
    .commit = dir_commit,
    .discard = dir_discard,
    .close = dir_close,
};

int asl_objects_dir(const char *dir, asl_objects **ret_objects, asl_error *reterr)
{
    struct asli_objects_dir *self = asli_alloc(sizeof *self);
    if (!self)
        return asli_oom(reterr);
    self->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->root < 0) {
        int number = errno;
        asli_free(self);
        return asl_error_set(reterr, number == ENOENT ? ASL_ENOTFOUND : ASL_ESYSTEM,
                             "cannot open the directory of objects '%s': %s", dir,
                             strerror(number));
    }
    return asl_objects_new(&ops, self, ret_objects, reterr);
}
