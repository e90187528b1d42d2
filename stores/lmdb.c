/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in a directory, on LMDB: data.mdb, its lock.mdb, and engine.lock, which the one
 * engine that may write holds locked and has written its process id into.
 *
 * A snapshot is a read transaction (MDB_NOTLS: free of its thread), an apply a write transaction.
 * The map that LMDB reads through has a fixed size and moves when it gets another: `lock` and
 * `changed` see to it that no snapshot lives then. Growing waits for those that live; who holds
 * none waits with taking one until the map has grown; nobody else ever waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asl/store.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "stores/lmdb_check.h"

enum { READERS_MAX = 126 }; /* snapshots at once, of all processes */

static const size_t map_default = (size_t)1 << 30, map_unit = (size_t)1 << 16;

struct snapshot {
    MDB_txn *txn;
    pthread_t taker;
    struct snapshot *before, *after;
};

struct lmdb {
    char *dir;
    MDB_env *env;
    MDB_dbi dbi;
    int lock_fd;
    bool read_only, no_sync;
    pthread_mutex_t lock; /* all below, and the map's place */
    pthread_cond_t
        changed; /* the last snapshot was released, or the map has its new size */
    struct snapshot *live;
    unsigned remaps; /* threads that wait to move the map */
    bool broken;     /* the map is lost: nothing can be read any more */
};

/* ---------------------------------------------------------------- errors */

static int code_of(int rc)
{
    switch (rc) {
    case ENOMEM:
        return ASL_ENOMEM;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL:
        return ASL_ENOSPACE;
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INCOMPATIBLE:
        return ASL_EFORMAT;
    case MDB_READERS_FULL:
        return ASL_ELIMIT;
    default:
        return rc > 0 ? ASL_ESYSTEM : ASL_ESTORE;
    }
}

/* `doing`: "open", "read", ... ; rc: LMDB's or errno's. */
static int failed(const struct lmdb *lmdb, int rc, const char *doing, asl_error *reterr)
{
    return asl_error_set(reterr, code_of(rc), "cannot %s the store in '%s': %s", doing,
                         lmdb->dir, mdb_strerror(rc));
}

/* ---------------------------------------------------------------- the map */

/* The calling thread has a snapshot that lives: to wait for its end would be to wait for ever. */
static bool holds_snapshot(const struct lmdb *lmdb)
{
    for (const struct snapshot *s = lmdb->live; s; s = s->after)
        if (pthread_equal(s->taker, pthread_self()))
            return true;
    return false;
}

/* LMDB unmaps before it maps again and cannot go back, so see first whether there is room. */
static bool has_room(size_t size)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *room = size ? mmap(NULL, size, PROT_NONE, flags, -1, 0) : NULL;
    if (room == MAP_FAILED)
        return false;
    if (room)
        munmap(room, size);
    return true;
}

static int set_map_size(struct lmdb *lmdb, size_t size, asl_error *reterr)
{
    if (!has_room(size))
        return asl_error_set(
            reterr, ASL_ENOSPACE,
            "there are no %zu bytes of address space for the store in '%s'", size,
            lmdb->dir);
    int rc = mdb_env_set_mapsize(lmdb->env, size);
    lmdb->broken = rc != 0;
    return rc ? failed(lmdb, rc, "grow the map of", reterr) : 0;
}

/* Gives the map another size, 0: the one the file asks for. Called with the lock held. */
static int remap(struct lmdb *lmdb, size_t size, asl_error *reterr)
{
    if (holds_snapshot(lmdb))
        return asl_error_set(
            reterr, ASL_ENOSPACE,
            "the map of the store in '%s' must grow, but this thread holds "
            "a snapshot; release it and try again",
            lmdb->dir);
    lmdb->remaps++;
    while (lmdb->live)
        pthread_cond_wait(&lmdb->changed, &lmdb->lock);
    int rc = set_map_size(lmdb, size, reterr);
    lmdb->remaps--;
    pthread_cond_broadcast(&lmdb->changed);
    return rc;
}

static size_t batch_bytes(const asl_batch *batch)
{
    size_t bytes = 0;
    for (size_t i = 0; i < batch->count; i++)
        bytes += batch->ops[i].key.len + batch->ops[i].value.len;
    return bytes;
}

/* Makes room in the map for a batch that did not fit. */
static int grow(struct lmdb *lmdb, const asl_batch *batch, asl_error *reterr)
{
    MDB_envinfo info;
    int dead;
    if (!mdb_reader_check(lmdb->env, &dead) && dead)
        return 0; /* readers that crashed kept pages from being used again */
    mdb_env_info(lmdb->env, &info);
    size_t need = batch_bytes(batch), size = info.me_mapsize;
    do {
        if (size > SIZE_MAX / 4)
            return failed(lmdb, MDB_MAP_FULL, "write to", reterr);
        size *= 2;
    } while (size - info.me_mapsize < need);
    pthread_mutex_lock(&lmdb->lock);
    int rc = remap(lmdb, size, reterr);
    pthread_mutex_unlock(&lmdb->lock);
    return rc;
}

/* ---------------------------------------------------------------- snapshots */

/* Begins a read transaction, whatever grew or died meanwhile. Called with the lock held. */
static int begin_read(struct lmdb *lmdb, MDB_txn **ret_txn, asl_error *reterr)
{
    while (lmdb->remaps && !holds_snapshot(lmdb))
        pthread_cond_wait(&lmdb->changed, &lmdb->lock);
    if (lmdb->broken)
        return failed(lmdb, MDB_PANIC, "read", reterr);
    int dead, rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, ret_txn);
    while (rc == MDB_MAP_RESIZED &&
           lmdb->read_only) { /* the engine beside us has grown it */
        int problem = remap(lmdb, 0, reterr);
        if (problem)
            return problem;
        rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, ret_txn);
    }
    if (rc == MDB_READERS_FULL && !mdb_reader_check(lmdb->env, &dead) && dead)
        rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, ret_txn);
    return rc ? failed(lmdb, rc, "read", reterr) : 0;
}

static int lmdb_snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    struct lmdb *lmdb = self;
    struct snapshot *snapshot = asli_alloc(sizeof(*snapshot));
    if (!snapshot)
        return asli_oom(reterr);
    pthread_mutex_lock(&lmdb->lock);
    int rc = begin_read(lmdb, &snapshot->txn, reterr);
    if (rc) {
        asli_free(snapshot);
    } else {
        snapshot->taker = pthread_self();
        snapshot->after = lmdb->live;
        if (lmdb->live)
            lmdb->live->before = snapshot;
        lmdb->live = snapshot;
        *ret_snapshot = snapshot;
    }
    pthread_mutex_unlock(&lmdb->lock);
    return rc;
}

static void lmdb_release(void *self, void *take_snapshot)
{
    struct lmdb *lmdb = self;
    struct snapshot *snapshot = take_snapshot;
    if (!snapshot)
        return;
    pthread_mutex_lock(&lmdb->lock);
    mdb_txn_abort(snapshot->txn);
    *(snapshot->before ? &snapshot->before->after : &lmdb->live) = snapshot->after;
    if (snapshot->after)
        snapshot->after->before = snapshot->before;
    if (!lmdb->live)
        pthread_cond_broadcast(&lmdb->changed);
    pthread_mutex_unlock(&lmdb->lock);
    asli_free(snapshot);
}

static MDB_val to_val(asl_slice slice)
{
    return (MDB_val){slice.len, (void *)slice.data};
}

static asl_slice to_slice(MDB_val val)
{
    return (asl_slice){val.mv_data, val.mv_size};
}

static int lmdb_get(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
                    asl_error *reterr)
{
    struct lmdb *lmdb = self;
    MDB_val k = to_val(key), v;
    int rc = mdb_get(((struct snapshot *)snapshot)->txn, lmdb->dbi, &k, &v);
    if (rc == MDB_NOTFOUND)
        return ASL_ENOTFOUND;
    if (rc)
        return failed(lmdb, rc, "read", reterr);
    *ret_value = to_slice(v);
    return 0;
}

static bool before(MDB_val a, asl_slice b)
{
    int order = memcmp(a.mv_data, b.data, a.mv_size < b.len ? a.mv_size : b.len);
    return order ? order < 0 : a.mv_size < b.len;
}

/* Puts the cursor on the first row of a scan. */
static int first_row(MDB_cursor *cursor, MDB_val *key, MDB_val *value, asl_slice start,
                     bool reverse)
{
    if (!start.len)
        return mdb_cursor_get(cursor, key, value, reverse ? MDB_LAST : MDB_FIRST);
    *key = to_val(start);
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (!reverse || (rc && rc != MDB_NOTFOUND))
        return rc;
    return mdb_cursor_get(cursor, key, value, rc ? MDB_LAST : MDB_PREV);
}

static int lmdb_scan(void *self, void *snapshot, asl_slice from, asl_slice to,
                     int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    struct lmdb *lmdb = self;
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(((struct snapshot *)snapshot)->txn, lmdb->dbi, &cursor);
    if (rc)
        return failed(lmdb, rc, "read", reterr);
    int ended = 0;
    rc = first_row(cursor, &key, &value, reverse ? to : from, reverse);
    while (!rc && !ended) {
        if (reverse ? from.len && before(key, from) : to.len && !before(key, to))
            break;
        ended = fn(arg, to_slice(key), to_slice(value));
        if (!ended)
            rc = mdb_cursor_get(cursor, &key, &value, reverse ? MDB_PREV : MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return rc && rc != MDB_NOTFOUND ? failed(lmdb, rc, "read", reterr) : ended;
}

/* ---------------------------------------------------------------- apply */

/* 0: it holds; MDB_KEYEXIST: it does not. */
static int check_expect(struct lmdb *lmdb, MDB_txn *txn, const asl_op *op)
{
    MDB_val key = to_val(op->key), value;
    int rc = mdb_get(txn, lmdb->dbi, &key, &value);
    if (rc == MDB_NOTFOUND)
        return op->value.data ? MDB_KEYEXIST : 0;
    if (rc)
        return rc;
    bool same = op->value.data && value.mv_size == op->value.len &&
                !memcmp(value.mv_data, op->value.data, op->value.len);
    return same ? 0 : MDB_KEYEXIST;
}

static int write_ops(struct lmdb *lmdb, MDB_txn *txn, const asl_batch *batch)
{
    MDB_cursor
        *cursor; /* one for all: rows that follow each other are found where it stands */
    int rc = mdb_cursor_open(txn, lmdb->dbi, &cursor);
    if (rc)
        return rc;
    for (size_t i = 0; !rc && i < batch->count; i++) {
        const asl_op *op = &batch->ops[i];
        MDB_val key = to_val(op->key), value = to_val(op->value);
        if (op->kind == ASL_OP_EXPECT) {
            rc = check_expect(lmdb, txn, op);
        } else if (op->kind == ASL_OP_PUT) {
            rc = mdb_cursor_put(cursor, &key, &value, 0);
        } else {
            rc = mdb_cursor_get(cursor, &key, &value, MDB_SET);
            if (!rc)
                rc = mdb_cursor_del(cursor, 0);
            else if (rc == MDB_NOTFOUND)
                rc = 0;
        }
    }
    mdb_cursor_close(cursor);
    return rc;
}

/* Brings the file to the length its meta page claims (see lmdb_check.h): then opening it needs
 * no walk. Only a service to the next opening: failing is fine. */
static void fill_up(struct lmdb *lmdb)
{
    MDB_envinfo info;
    MDB_stat pages;
    struct stat file;
    int fd;
    if (mdb_env_info(lmdb->env, &info) || mdb_env_stat(lmdb->env, &pages) ||
        mdb_env_get_fd(lmdb->env, &fd) || fstat(fd, &file))
        return;
    off_t size = (off_t)((info.me_last_pgno + 1) * pages.ms_psize);
    if (file.st_size < size && ftruncate(fd, size))
        return;
}

static int write_batch(struct lmdb *lmdb, const asl_batch *batch)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(lmdb->env, NULL, 0, &txn);
    if (rc)
        return rc;
    rc = write_ops(lmdb, txn, batch);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    rc = mdb_txn_commit(txn);
    if (!rc)
        fill_up(lmdb);
    return rc;
}

/* LMDB answers EIO where a file system took less than it was given. Whether it is full we learn
 * from trying to add as much as the batch has: 0, or errno's. */
static int find_room(struct lmdb *lmdb, const asl_batch *batch)
{
    static const char zeros[1 << 16];
    struct stat file;
    int fd, problem = 0;
    if (mdb_env_get_fd(lmdb->env, &fd) || fstat(fd, &file))
        return EIO;
    off_t end = file.st_size, wanted = end + (off_t)batch_bytes(batch);
    while (!problem && end < wanted) {
        ssize_t n = pwrite(fd, zeros, sizeof(zeros), end);
        if (n > 0)
            end += n;
        else if (n == 0 || errno != EINTR)
            problem = n ? errno : ENOSPC;
    }
    /* Behind the end there was nothing that anyone could be reading. */
    return ftruncate(fd, file.st_size) ? EIO : problem;
}

static int not_applied(struct lmdb *lmdb, int rc, asl_error *reterr)
{
    if (rc == MDB_KEYEXIST)
        return asl_error_set(reterr, ASL_EFENCED,
                             "a row of the store in '%s' is not what this batch was made "
                             "for; nothing was written",
                             lmdb->dir);
    if (code_of(rc) == ASL_ENOSPACE) {
        /* Was it the meta page that did not fit? Then LMDB refuses all writing from here on, and
         * it must not be said that nothing was applied. */
        int problem = write_batch(lmdb, &(asl_batch){0});
        rc = problem ? problem : rc;
    }
    return failed(lmdb, rc, "write to", reterr);
}

static int lmdb_apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    struct lmdb *lmdb = self;
    int rc;
    if (lmdb->read_only)
        return asl_error_set(reterr, ASL_EINVAL,
                             "the store in '%s' is open for reading only", lmdb->dir);
    if (lmdb->broken)
        return failed(lmdb, MDB_PANIC, "write to", reterr);
    while ((rc = write_batch(lmdb, batch)) == MDB_MAP_FULL) {
        rc = grow(lmdb, batch, reterr);
        if (rc)
            return rc;
    }
    if (rc == EIO && !(rc = find_room(lmdb, batch)))
        rc = write_batch(lmdb, batch); /* somebody has made room meanwhile */
    return rc ? not_applied(lmdb, rc, reterr) : 0;
}

/* ---------------------------------------------------------------- engine.lock */

static int no_store(const struct lmdb *lmdb, asl_error *reterr)
{
    return asl_error_set(reterr, ASL_ENOTFOUND, "there is no store in '%s'", lmdb->dir);
}

static int open_in(const struct lmdb *lmdb, const char *name, int flags, int *ret_fd,
                   asl_error *reterr)
{
    ASLI_AUTO(text) char *path = asli_printf("%s/%s", lmdb->dir, name);
    if (!path)
        return asli_oom(reterr);
    *ret_fd = open(path, flags | O_CLOEXEC, 0600);
    if (*ret_fd >= 0)
        return 0;
    if (errno == ENOENT)
        return asl_error_set(reterr, ASL_ENOTFOUND, "there is no store in '%s'",
                             lmdb->dir);
    return asl_error_set(reterr, code_of(errno), "cannot open '%s': %s", path,
                         strerror(errno));
}

static long holder(int lock_fd)
{
    char text[32];
    ssize_t len = pread(lock_fd, text, sizeof(text) - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    return strtol(text, NULL, 10);
}

static int busy(const struct lmdb *lmdb, int lock_fd, asl_error *reterr)
{
    return asl_error_set(
        reterr, ASL_EBUSY,
        "the store is in use by another engine, process %ld; stop it, or "
        "open '%s' for reading only from another process",
        holder(lock_fd), lmdb->dir);
}

static int take_lock(struct lmdb *lmdb, asl_error *reterr)
{
    int rc = open_in(lmdb, "engine.lock", O_RDWR | O_CREAT, &lmdb->lock_fd, reterr);
    if (rc)
        return rc;
    if (flock(lmdb->lock_fd, LOCK_EX | LOCK_NB)) {
        if (errno == EWOULDBLOCK)
            return busy(lmdb, lmdb->lock_fd, reterr);
        return failed(lmdb, errno, "lock", reterr);
    }
    ASLI_AUTO(text) char *pid = asli_printf("%-10ld\n", (long)getpid());
    if (!pid)
        return asli_oom(reterr);
    /* The number is for people only; a full disk must not keep a store from being opened. */
    ssize_t written = pwrite(lmdb->lock_fd, pid, strlen(pid), 0);
    (void)written;
    return 0;
}

/* LMDB cannot have a store open twice in one process: closing one would end the other's locks.
 * A process id left by a dead engine may be ours by chance, hence the look at the lock. */
static int refuse_own(struct lmdb *lmdb, asl_error *reterr)
{
    int fd, rc = open_in(lmdb, "engine.lock", O_RDONLY, &fd, NULL);
    if (rc)
        return rc == ASL_ENOMEM ? asli_oom(reterr) : 0;
    if (holder(fd) == (long)getpid() && flock(fd, LOCK_SH | LOCK_NB))
        rc = busy(lmdb, fd, reterr);
    close(fd);
    return rc;
}

/* ---------------------------------------------------------------- opening */

/* Looks at data.mdb before LMDB does. */
static int check_meta(const struct lmdb *lmdb, bool may_miss, asl_error *reterr)
{
    int fd = -1;
    bool empty = false;
    asl_error error;
    int rc = open_in(lmdb, "data.mdb", O_RDONLY, &fd, &error);
    if (rc)
        return rc == ASL_ENOTFOUND && may_miss ? 0 : asli_error_pass(reterr, &error);
    rc = asli_lmdb_check_meta(fd, lmdb->dir, &empty, reterr);
    close(fd);
    return empty && !may_miss ? no_store(lmdb, reterr) : rc;
}

/* Makes sure that there is a store, or a place for one, and that it is ours to use. */
static int enter(struct lmdb *lmdb, bool create, asl_error *reterr)
{
    int rc;
    if (create && mkdir(lmdb->dir, 0700) && errno != EEXIST)
        return asl_error_set(reterr, ASL_ESYSTEM, "cannot make the directory '%s': %s",
                             lmdb->dir, strerror(errno));
    if (lmdb->read_only) {
        rc = refuse_own(lmdb, reterr);
        return rc ? rc : check_meta(lmdb, false, reterr);
    }
    /* A lock file must not appear where there is no store. */
    rc = create ? 0 : check_meta(lmdb, false, reterr);
    if (!rc)
        rc = take_lock(lmdb, reterr);
    return rc ? rc : check_meta(lmdb, create, reterr);
}

/* LMDB makes a file in steps that a power cut can tear, and what they leave cannot be told from
 * damage. So the file is made under another name and gets its own when it is whole and flushed. */
static int make_file(struct lmdb *lmdb, asl_error *reterr)
{
    ASLI_AUTO(text) char *path = asli_printf("%s/data.mdb", lmdb->dir);
    ASLI_AUTO(text) char *draft = asli_printf("%s/new.mdb", lmdb->dir);
    struct stat file;
    MDB_env *env = NULL;
    if (!path || !draft)
        return asli_oom(reterr);
    if (!stat(path, &file) && file.st_size > 0)
        return 0;
    unlink(draft); /* of one who was interrupted */
    int rc = mdb_env_create(&env);
    if (!rc)
        rc = mdb_env_open(env, draft, MDB_NOSUBDIR | MDB_NOLOCK, 0600);
    if (!rc && !lmdb->no_sync)
        rc = mdb_env_sync(env, 1);
    mdb_env_close(env);
    if (!rc && rename(draft, path))
        rc = errno;
    if (rc)
        unlink(draft);
    return rc ? failed(lmdb, rc, "make", reterr) : 0;
}

/* LMDB 0.9 opens data.mdb without O_CLOEXEC, and a second time for its meta pages without
 * telling where: all descriptors of that file are closed on exec. */
static void keep_from_children(const struct lmdb *lmdb)
{
    struct stat data, other;
    int last;
    if (mdb_env_get_fd(lmdb->env, &last) || fstat(last, &data))
        return;
    for (int fd = 0; fd <= last + 16; fd++)
        if (!fstat(fd, &other) && other.st_ino == data.st_ino &&
            other.st_dev == data.st_dev)
            fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int open_env(struct lmdb *lmdb, size_t map_bytes, asl_error *reterr)
{
    unsigned flags = MDB_NOTLS | (lmdb->read_only ? MDB_RDONLY : 0u) |
                     (lmdb->no_sync ? MDB_NOSYNC : 0u);
    size_t size =
        map_bytes ? (map_bytes + map_unit - 1) / map_unit * map_unit : map_default;
    int dead, rc = mdb_env_create(&lmdb->env);
    if (!rc)
        rc = mdb_env_set_maxreaders(lmdb->env, READERS_MAX);
    if (!rc)
        rc = mdb_env_set_mapsize(lmdb->env, size);
    if (!rc)
        rc = mdb_env_open(lmdb->env, lmdb->dir, flags, 0600);
    if (!rc)
        rc = mdb_reader_check(lmdb->env, &dead);
    if (rc)
        return rc == ENOENT ? no_store(lmdb, reterr) : failed(lmdb, rc, "open", reterr);
    keep_from_children(lmdb);
    return 0;
}

static int check_pages(struct lmdb *lmdb, asl_error *reterr)
{
    MDB_txn *txn;
    pthread_mutex_lock(&lmdb->lock);
    int fd, rc = begin_read(lmdb, &txn, reterr);
    pthread_mutex_unlock(&lmdb->lock);
    if (rc)
        return rc;
    rc = mdb_env_get_fd(lmdb->env, &fd);
    rc = rc ? failed(lmdb, rc, "open", reterr)
            : asli_lmdb_check_pages(fd, lmdb->dir, reterr);
    int problem = rc ? 0 : mdb_dbi_open(txn, NULL, 0, &lmdb->dbi);
    mdb_txn_abort(txn);
    return problem ? failed(lmdb, problem, "open", reterr) : rc;
}

/* A new file survives a power cut only when its directory does, and that one's parent. */
static int sync_dirs(const struct lmdb *lmdb, asl_error *reterr)
{
    int dir = open(lmdb->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return failed(lmdb, errno, "open", reterr);
    int problem = fsync(dir) ? errno : 0;
    int parent = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) { /* it may be closed to us; then somebody else made our directory */
        if (fsync(parent) && !problem)
            problem = errno;
        close(parent);
    }
    close(dir);
    if (!problem ||
        problem == EINVAL) /* EINVAL: a file system that has nothing to sync */
        return 0;
    return failed(lmdb, problem, "write to", reterr);
}

static void lmdb_close(void *self)
{
    struct lmdb *lmdb = self;
    if (lmdb->env)
        mdb_env_close(lmdb->env);
    if (lmdb->lock_fd >= 0)
        close(lmdb->lock_fd);
    pthread_cond_destroy(&lmdb->changed);
    pthread_mutex_destroy(&lmdb->lock);
    asli_free(lmdb->dir);
    asli_free(lmdb);
}

static struct lmdb *new_lmdb(const char *dir, const asl_lmdb_options *options)
{
    struct lmdb *lmdb = asli_alloc(sizeof(*lmdb));
    if (!lmdb)
        return NULL;
    lmdb->lock_fd = -1;
    lmdb->read_only = options->read_only;
    lmdb->no_sync = options->no_sync;
    pthread_mutex_init(&lmdb->lock, NULL); /* without attributes neither can fail */
    pthread_cond_init(&lmdb->changed, NULL);
    lmdb->dir = asli_strdup(dir);
    if (lmdb->dir)
        return lmdb;
    lmdb_close(lmdb);
    return NULL;
}

static const asl_store_ops lmdb_ops = {
    .size = sizeof(asl_store_ops),
    .name = "lmdb",
    .snapshot = lmdb_snapshot,
    .get = lmdb_get,
    .scan = lmdb_scan,
    .release = lmdb_release,
    .apply = lmdb_apply,
    .close = lmdb_close,
};

int asl_store_lmdb(const char *dir, const asl_lmdb_options *options,
                   asl_store **ret_store, asl_error *reterr)
{
    asl_lmdb_options own = {.create = !options};
    if (options)
        memcpy(&own, options, options->size < sizeof(own) ? options->size : sizeof(own));
    if (!dir || !*dir || (options && !options->size))
        return asl_error_set(reterr, ASL_EINVAL, "%s",
                             dir && *dir ? "the size of the options is not set"
                                         : "the directory of a store has no name");
    struct lmdb *lmdb = new_lmdb(dir, &own);
    if (!lmdb)
        return asli_oom(reterr);
    bool create = own.create && !own.read_only;
    int rc = enter(lmdb, create, reterr);
    if (!rc && create)
        rc = make_file(lmdb, reterr);
    if (!rc)
        rc = open_env(lmdb, own.map_bytes, reterr);
    if (!rc)
        rc = check_pages(lmdb, reterr);
    if (!rc && !own.read_only && !own.no_sync)
        rc = sync_dirs(lmdb, reterr);
    if (!rc)
        return asl_store_new(&lmdb_ops, lmdb, ret_store, reterr);
    lmdb_close(lmdb);
    return rc;
}
