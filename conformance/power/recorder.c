/* SPDX-License-Identifier: Apache-2.0
 *
 * See recorder.h. A file is known by its inode, whatever descriptor leads to it. A write is taken
 * down before it is done, so that it may be cut short, and a flush after it returned, with what had
 * been taken down before it began. A way to write that is not here (a map, another call) does not
 * go unseen: the log would not give the file that is there (power_disk_matches).
 */
#undef _FORTIFY_SOURCE   /* its inline functions have the names that are defined here */
#undef _FILE_OFFSET_BITS /* it renames them; both names are defined here */
#include "conformance/power/recorder.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conformance/kit/need.h"

static struct {
    pthread_mutex_t lock; /* the log */
    struct power_log *log;
    const char *dir;
    char parent[512], data[512],
        draft[512]; /* draft: the data before they have the name */
    bool created;
} recorder = {.lock = PTHREAD_MUTEX_INITIALIZER};

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static size_t add(enum power_kind kind, uint64_t offset, const void *data, size_t size)
{
    int problem = errno;
    pthread_mutex_lock(&recorder.lock);
    size_t record = power_log_add(recorder.log, kind, offset, data, size);
    pthread_mutex_unlock(&recorder.lock);
    errno = problem;
    return record;
}

static size_t count(void)
{
    pthread_mutex_lock(&recorder.lock);
    size_t records = recorder.log ? recorder.log->count : 0;
    pthread_mutex_unlock(&recorder.lock);
    return records;
}

void power_record_begin(struct power_log *log, const char *dir)
{
    struct stat file;
    snprintf(recorder.parent, sizeof(recorder.parent), "%s/..", dir);
    snprintf(recorder.data, sizeof(recorder.data), "%s/data.mdb", dir);
    snprintf(recorder.draft, sizeof(recorder.draft), "%s/new.mdb", dir);
    recorder.dir = dir;
    recorder.created = !stat(recorder.data, &file);
    recorder.log = log;
}

void power_record_end(void)
{
    recorder.log = NULL;
}

void power_record_mark(json_t *take_mark)
{
    if (recorder.log && take_mark) {
        char *text = need(json_dumps(take_mark, JSON_COMPACT));
        add(POWER_MARK, 0, text, strlen(text));
        free(text);
    }
    json_decref(take_mark);
}

/* Whether a descriptor leads to what is at a path. */
static bool leads_to(int fd, const char *path)
{
    struct stat open_file, file;
    int problem = errno;
    bool same = recorder.log && !fstat(fd, &open_file) && !stat(path, &file) &&
                open_file.st_ino == file.st_ino && open_file.st_dev == file.st_dev;
    errno = problem;
    return same;
}

static bool leads_to_data(int fd)
{
    return leads_to(fd, recorder.data) || leads_to(fd, recorder.draft);
}

/* ---------------------------------------------------------------- names */

/* The data file may have got its name. */
static void named(void)
{
    struct stat file;
    int problem = errno;
    if (recorder.log && !recorder.created && !stat(recorder.data, &file)) {
        recorder.created = true;
        add(POWER_CREATE, 0, NULL, 0);
    }
    errno = problem;
}

#define OPEN(name)                                                                       \
    int name(const char *path, int flags, ...)                                           \
    {                                                                                    \
        va_list args;                                                                    \
        va_start(args, flags);                                                           \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;        \
        va_end(args);                                                                    \
        int fd = REAL(name)(path, flags, mode);                                          \
        named();                                                                         \
        return fd;                                                                       \
    }
OPEN(open)
OPEN(open64)

int rename(const char *from, const char *to)
{
    int rc = REAL(rename)(from, to);
    named();
    return rc;
}

int mkdir(const char *path, mode_t mode)
{
    int rc = REAL(mkdir)(path, mode);
    if (!rc && recorder.log && !strcmp(path, recorder.dir))
        add(POWER_MKDIR, 0, NULL, 0);
    return rc;
}

/* ---------------------------------------------------------------- writes */

/* Taken down before the write, of `size` bytes at `offset`. */
static size_t begins(const void *data, size_t size, off64_t offset)
{
    return add(POWER_WRITE, (uint64_t)offset, data, size);
}

/* A write came back. What was not written whole is no longer what was taken down. */
static ssize_t ends(int fd, size_t record, size_t size, ssize_t written)
{
    if (written != (ssize_t)size) {
        fputs("a write came back short: the log is of no use\n", stderr);
        exit(2);
    }
    if (fcntl(fd, F_GETFL) & O_DSYNC) /* O_SYNC has its bit too */
        add(POWER_FLUSH_ONE, record, NULL, 0);
    return written;
}

#define PWRITE(name, type)                                                               \
    ssize_t name(int fd, const void *data, size_t size, type offset)                     \
    {                                                                                    \
        if (!leads_to_data(fd))                                                          \
            return REAL(name)(fd, data, size, offset);                                   \
        size_t record = begins(data, size, offset);                                      \
        return ends(fd, record, size, REAL(name)(fd, data, size, offset));               \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t size)
{
    if (!leads_to_data(fd))
        return REAL(write)(fd, data, size);
    size_t record = begins(data, size, lseek(fd, 0, SEEK_CUR));
    return ends(fd, record, size, REAL(write)(fd, data, size));
}

ssize_t writev(int fd, const struct iovec *parts, int count_of)
{
    if (!leads_to_data(fd))
        return REAL(writev)(fd, parts, count_of);
    size_t size = 0, done = 0;
    for (int i = 0; i < count_of; i++)
        size += parts[i].iov_len;
    char *whole = need(malloc(size + 1));
    for (int i = 0; i < count_of; done += parts[i++].iov_len)
        memcpy(whole + done, parts[i].iov_base, parts[i].iov_len);
    size_t record = begins(whole, size, lseek(fd, 0, SEEK_CUR));
    free(whole);
    return ends(fd, record, size, REAL(writev)(fd, parts, count_of));
}

#define FTRUNCATE(name, type)                                                            \
    int name(int fd, type size)                                                          \
    {                                                                                    \
        if (leads_to_data(fd))                                                           \
            add(POWER_RESIZE, (uint64_t)size, NULL, 0);                                  \
        return REAL(name)(fd, size);                                                     \
    }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

/* ---------------------------------------------------------------- flushes */

static void flushed(int fd, size_t covers)
{
    if (leads_to_data(fd))
        add(POWER_FLUSH, covers, NULL, 0);
    else if (leads_to(fd, recorder.dir))
        add(POWER_SYNC_DIR, 0, NULL, 0);
    else if (leads_to(fd, recorder.parent))
        add(POWER_SYNC_PARENT, 0, NULL, 0);
}

int fdatasync(int fd)
{
    size_t covers = count();
    int rc = REAL(fdatasync)(fd);
    if (!rc)
        flushed(fd, covers);
    return rc;
}

int fsync(int fd)
{
    size_t covers = count();
    int rc = REAL(fsync)(fd);
    if (!rc)
        flushed(fd, covers);
    return rc;
}
