/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in a directory: listing them by rising bytes of their keys, in bounded memory.
 *
 * A directory's name counts as ending in '/', which makes the order of names in one directory the
 * order of keys. Of each directory on the way the WINDOW smallest names beyond the last are held;
 * when they are used up it is read again. Directories that cannot hold a key of the listing are
 * never opened.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/id.h"
#include "engine/base/utf8.h"
#include "providers/objects_dir.h"

#define WINDOW 32768

struct level {
    struct level *outer;
    DIR *dir;
    size_t path_len;     /* of the keys in it: "a/b/" */
    char **names;        /* sorted */
    size_t count, taken; /* taken: given out already */
    bool more;           /* names were left out */
    char *last;          /* the greatest name ever taken */
};

struct list {
    struct level *top; /* the innermost */
    char *prefix, *after;
    struct asli_bytes
        key; /* of the directory, then of the object; NUL-terminated when given out */
    char etag[36];
};

/* ---- one directory ---- */

static void drop_names(struct level *level)
{
    for (size_t i = level->taken; i < level->count; i++)
        asli_free(level->names[i]);
    level->count = level->taken = 0;
}

static void pop(struct list *list)
{
    struct level *level = list->top;
    list->top = level->outer;
    drop_names(level);
    asli_free(level->names);
    asli_free(level->last);
    closedir(level->dir);
    asli_free(level);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps the WINDOW smallest. */
static void narrow(struct level *level)
{
    if (level->count)
        qsort(level->names, level->count, sizeof *level->names, compare_names);
    while (level->count > WINDOW) {
        asli_free(level->names[--level->count]);
        level->more = true;
    }
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* May `key` ("a/b", or "a/b/": all keys below it) be in the listing? */
static bool wanted(const struct list *list, const char *key, bool directory)
{
    if (list->after && strcmp(key, list->after) <= 0 &&
        !(directory && begins(list->after, key)))
        return false;
    return begins(key, list->prefix) || (directory && begins(list->prefix, key));
}

/* Is the entry a directory (1), an object (0), or neither (-1)? */
static int kind_of(const struct level *level, const struct dirent *entry)
{
    struct stat status;
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        asli_utf8_check(name, name + strlen(name)))
        return -1;
    if (entry->d_type == DT_DIR || entry->d_type == DT_REG)
        return entry->d_type == DT_DIR;
    if (entry->d_type != DT_UNKNOWN ||
        fstatat(dirfd(level->dir), name, &status, AT_SYMLINK_NOFOLLOW))
        return -1;
    return S_ISDIR(status.st_mode) ? 1 : S_ISREG(status.st_mode) ? 0 : -1;
}

/* Adds one name to the window, when it belongs there. */
static int add_name(struct list *list, struct level *level, const struct dirent *entry)
{
    int directory = kind_of(level, entry);
    if (directory < 0)
        return 0;
    char *name = asli_printf("%s%s", entry->d_name, directory ? "/" : "");
    ASLI_AUTO(text)
    char *key = name ? asli_printf("%.*s%s", (int)level->path_len,
                                   list->key.data ? list->key.data : "", name)
                     : NULL;
    if (!key) {
        asli_free(name);
        return ASL_ENOMEM;
    }
    if ((level->last && strcmp(name, level->last) <= 0) ||
        !wanted(list, key, directory)) {
        asli_free(name);
        return 0;
    }
    if (level->count == 2 * WINDOW)
        narrow(level);
    if (!level->names &&
        !(level->names = asli_alloc(2 * WINDOW * sizeof *level->names))) {
        asli_free(name);
        return ASL_ENOMEM;
    }
    level->names[level->count++] = name;
    return 0;
}

static int fill(struct list *list, struct level *level, asl_error *reterr)
{
    drop_names(level);
    level->more = false;
    rewinddir(level->dir);
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(level->dir);
        if (!entry && errno)
            return asli_dir_errno(errno, "list a bucket", reterr);
        if (!entry)
            break;
        if (add_name(list, level, entry))
            return asli_oom(reterr);
    }
    narrow(level);
    return 0;
}

/* Goes into the directory of descriptor `take_fd`, whose keys begin with list->key. */
static int push(struct list *list, int take_fd, asl_error *reterr)
{
    struct level *level = asli_alloc(sizeof *level);
    DIR *dir = level ? fdopendir(take_fd) : NULL;
    if (!dir) {
        int rc =
            level ? asli_dir_errno(errno, "list a bucket", reterr) : asli_oom(reterr);
        asli_free(level);
        close(take_fd);
        return rc;
    }
    *level = (struct level){.outer = list->top, .dir = dir, .path_len = list->key.len};
    list->top = level;
    return fill(list, level, reterr);
}

/* ---- the listing ---- */

int asli_dir_list(void *self, const char *bucket, const char *prefix, const char *after,
                  void **ret_list, asl_error *reterr)
{
    int fd, rc = asli_dir_bucket(self, bucket, &fd, reterr);
    if (rc)
        return rc;
    struct list *list = asli_alloc(sizeof *list);
    if (!list || !(list->prefix = asli_strdup(prefix)) ||
        (after && !(list->after = asli_strdup(after)))) {
        close(fd);
        rc = asli_oom(reterr);
    } else {
        rc = push(list, fd, reterr);
    }
    if (rc && list)
        asli_dir_list_end(self, list);
    else if (!rc)
        *ret_list = list;
    return rc;
}

void asli_dir_list_end(void *self, void *arg)
{
    struct list *list = arg;
    while (list->top)
        pop(list);
    asli_bytes_done(&list->key);
    asli_free(list->prefix);
    asli_free(list->after);
    asli_free(list);
}

/* The next name of the innermost directory into list->key; NULL: it has no more. */
static int take_name(struct list *list, const char **ret_name, asl_error *reterr)
{
    struct level *level = list->top;
    *ret_name = NULL;
    if (level->taken == level->count && level->more) {
        int rc = fill(list, level, reterr);
        if (rc)
            return rc;
    }
    if (level->taken == level->count)
        return 0;
    asli_free(level->last);
    level->last = level->names[level->taken++];
    list->key.len = level->path_len;
    asli_bytes_adds(&list->key, level->last);
    if (list->key.oom)
        return asli_oom(reterr);
    *ret_name = level->last;
    return 0;
}

/* Nobody digests files to list them: what is known of the file stands for its content. */
static void make_etag(struct list *list, const struct stat *status)
{
    uint64_t known[] = {(uint64_t)status->st_size, (uint64_t)status->st_mtim.tv_sec,
                        (uint64_t)status->st_mtim.tv_nsec, (uint64_t)status->st_ino, 0};
    uint64_t high = asli_hash(known, sizeof known);
    known[4] = high;
    snprintf(list->etag, sizeof list->etag, "\"%016llx%016llx\"",
             (unsigned long long)high,
             (unsigned long long)asli_hash(known, sizeof known));
}

static int tell(struct list *list, const struct stat *status, asl_object_info *ret_info,
                asl_error *reterr)
{
    make_etag(list, status);
    asli_bytes_addc(&list->key, '\0');
    if (list->key.oom)
        return asli_oom(reterr);
    *ret_info = (asl_object_info){
        .key = list->key.data,
        .bytes = (uint64_t)status->st_size,
        .modified =
            (int64_t)status->st_mtim.tv_sec * 1000 + status->st_mtim.tv_nsec / 1000000,
        .etag = list->etag,
        .storage_class = "STANDARD",
    };
    return 0;
}

/* Into a directory; one that has gone meanwhile is empty. */
static int enter(struct list *list, const char *name, asl_error *reterr)
{
    ASLI_AUTO(text) char *plain = asli_strndup(name, strlen(name) - 1);
    if (!plain)
        return asli_oom(reterr);
    int fd = asli_dir_open_at(dirfd(list->top->dir), plain);
    if (fd >= 0)
        return push(list, fd, reterr);
    int rc = asli_dir_errno(errno, "list a bucket", reterr);
    return rc == ASL_NO_SUCH_KEY ? 0 : rc;
}

int asli_dir_list_next(void *self, void *arg, asl_object_info *ret_info,
                       asl_error *reterr)
{
    struct list *list = arg;
    struct stat status;
    while (list->top) {
        const char *name;
        int rc = take_name(list, &name, reterr);
        if (rc)
            return rc;
        if (!name)
            pop(list);
        else if (name[strlen(name) - 1] == '/')
            rc = enter(list, name, reterr);
        else if (!fstatat(dirfd(list->top->dir), name, &status, AT_SYMLINK_NOFOLLOW))
            return tell(list, &status, ret_info, reterr);
        if (rc)
            return rc;
    }
    *ret_info = (asl_object_info){0};
    return 0;
}
