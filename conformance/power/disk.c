/* SPDX-License-Identifier: Apache-2.0
 *
 * See disk.h. What is pending stands in the order of the log; an image is the flushed bytes with some
 * of it laid over them.
 */
#include "conformance/power/disk.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/kit/need.h"
#include "torture/random.h"

const char *power_fate_text(enum power_fate fate)
{
#define X(name, text) text,
    static const char *const texts[] = {POWER_FATES(X)};
#undef X
    return texts[fate];
}

static const struct power_record *record_of(const struct power_disk *disk, size_t i)
{
    return &disk->log->records[disk->pending[i].record];
}

static uint64_t end_of(const struct power_record *r)
{
    return r->kind == POWER_RESIZE ? r->offset : r->offset + r->size;
}

/* ---------------------------------------------------------------- the log */

static void make_room(struct power_disk *disk, uint64_t size)
{
    if (size <= disk->room)
        return;
    uint64_t room = (size * 2 + POWER_SECTOR) / POWER_SECTOR * POWER_SECTOR;
    size_t old = disk->room / POWER_SECTOR, sectors = room / POWER_SECTOR;
    disk->bytes = need(realloc(disk->bytes, room));
    memset(disk->bytes + disk->room, 0, room - disk->room);
    disk->versions = need(realloc(disk->versions, sectors * sizeof(size_t)));
    memset(disk->versions + old, 0, (sectors - old) * sizeof(size_t));
    disk->room = room;
}

static uint64_t size_now(const struct power_disk *disk)
{
    uint64_t size = disk->pending_count ? disk->pending[disk->pending_count - 1].size : 0;
    return size > disk->size ? size : disk->size;
}

static void add_pending(struct power_disk *disk, size_t record)
{
    const struct power_record *r = &disk->log->records[record];
    uint64_t size = size_now(disk);
    if (r->kind == POWER_RESIZE && r->offset < size) {
        fputs("the store was made shorter: the model does not know what that does\n",
              stderr);
        exit(2);
    }
    disk->pending = need_room(disk->pending, disk->pending_count, &disk->pending_cap,
                              sizeof(*disk->pending));
    uint64_t end = end_of(r);
    disk->pending[disk->pending_count++] =
        (struct power_pending){record, end > size ? end : size};
    make_room(disk, end);
}

/* Puts what the i-th sector gets of a write into `bytes`. */
static void put_sector(char *bytes, const struct power_record *r, uint64_t sector)
{
    uint64_t from = sector * POWER_SECTOR, to = from + POWER_SECTOR;
    uint64_t end = r->offset + r->size;
    from = from > r->offset ? from : r->offset;
    to = to < end ? to : end;
    memcpy(bytes + from, r->data + (from - r->offset), to - from);
}

static bool is_write(const struct power_record *r)
{
    return r->kind == POWER_WRITE && r->size;
}

static void flush_record(struct power_disk *disk, size_t record)
{
    const struct power_record *r = &disk->log->records[record];
    if (!is_write(r))
        return;
    for (uint64_t s = r->offset / POWER_SECTOR; s * POWER_SECTOR < end_of(r); s++) {
        if (disk->versions[s] > record)
            continue;
        put_sector(disk->bytes, r, s);
        disk->versions[s] = record + 1;
    }
}

static void flush(struct power_disk *disk, size_t covers)
{
    size_t n = 0;
    while (n < disk->pending_count && disk->pending[n].record < covers) {
        flush_record(disk, disk->pending[n].record);
        if (disk->pending[n].size > disk->size)
            disk->size = disk->pending[n].size;
        n++;
    }
    disk->pending_count -= n;
    memmove(disk->pending, disk->pending + n,
            disk->pending_count * sizeof(*disk->pending));
}

/* The file is now as long as the record needs; the size that others gave it is not flushed. */
static void flush_one(struct power_disk *disk, size_t record)
{
    size_t kept = 0;
    uint64_t end = end_of(&disk->log->records[record]);
    flush_record(disk, record);
    disk->size = end > disk->size ? end : disk->size;
    for (size_t i = 0; i < disk->pending_count; i++)
        if (disk->pending[i].record != record)
            disk->pending[kept++] = disk->pending[i];
    disk->pending_count = kept;
}

static void come_back(struct power_disk *disk, const struct power_record *r,
                      size_t record)
{
    make_room(disk, r->size);
    memset(disk->bytes, 0, disk->room);
    memcpy(disk->bytes, r->data, r->size);
    for (size_t s = 0; s < disk->room / POWER_SECTOR; s++)
        disk->versions[s] = record + 1;
    disk->size = r->size;
    disk->pending_count = 0;
    disk->dir = disk->dir_safe = disk->file = disk->file_safe = true;
}

static void take(struct power_disk *disk, size_t record)
{
    const struct power_record *r = &disk->log->records[record];
    switch (r->kind) {
    case POWER_MKDIR:
        disk->dir = true;
        break;
    case POWER_CREATE:
        disk->file = true;
        break;
    case POWER_WRITE:
    case POWER_RESIZE:
        add_pending(disk, record);
        break;
    case POWER_FLUSH:
        flush(disk, r->offset);
        break;
    case POWER_FLUSH_ONE:
        flush_one(disk, r->offset);
        break;
    case POWER_SYNC_DIR:
        disk->file_safe = disk->file;
        break;
    case POWER_SYNC_PARENT:
        disk->dir_safe = disk->dir;
        break;
    case POWER_RETURN:
        come_back(disk, r, record);
        break;
    case POWER_NOTHING:
    case POWER_MARK:
        break;
    }
}

void power_disk_advance(struct power_disk *disk, size_t to)
{
    for (; disk->done < to; disk->done++)
        take(disk, disk->done);
}

/* ---------------------------------------------------------------- images */

static uint64_t any_size(const struct power_disk *disk, uint64_t *state)
{
    size_t i = torture_next(state) % (disk->pending_count + 1);
    return i ? disk->pending[i - 1].size : disk->size;
}

/* How many of 256 sectors of the i-th pending write are kept. */
static unsigned share(const struct power_disk *disk, enum power_fate fate, size_t i,
                      unsigned level, uint64_t *state)
{
    bool last = i + 1 == disk->pending_count;
    switch (fate) {
    case POWER_KEPT:
        return 256;
    case POWER_LAST:
        return last ? 256 : 0;
    case POWER_BUT_LAST:
        return last ? 0 : 256;
    case POWER_PREFIX:
        return i < level % (disk->pending_count + 1) ? 256 : 0;
    case POWER_WHOLE:
        return torture_next(state) % 256 < level ? 256 : 0;
    case POWER_TORN:
        return level;
    case POWER_MIXED:
        return (unsigned)(torture_next(state) % 3) * 128;
    default:
        return 0;
    }
}

static void draw_write(const struct power_disk *disk, size_t i, unsigned kept,
                       uint64_t *state, char *bytes)
{
    const struct power_record *r = record_of(disk, i);
    if (!is_write(r))
        return;
    for (uint64_t s = r->offset / POWER_SECTOR; s * POWER_SECTOR < end_of(r); s++)
        if (disk->versions[s] <= disk->pending[i].record && /* a later one is flushed */
            (kept == 256 || torture_next(state) % 256 < kept))
            put_sector(bytes, r, s);
}

static bool is_there(bool made, bool safe, enum power_fate fate, uint64_t *state)
{
    bool kept = fate == POWER_KEPT || (fate != POWER_DROPPED && torture_next(state) % 2);
    return safe || (made && kept);
}

void power_disk_draw(const struct power_disk *disk, enum power_fate fate, uint64_t random,
                     struct power_image *image)
{
    unsigned level = 1 + (unsigned)(torture_next(&random) % 255);
    if (image->room < disk->room) {
        image->room = disk->room;
        image->bytes = need(realloc(image->bytes, image->room));
    }
    if (disk->room)
        memcpy(image->bytes, disk->bytes, disk->room);
    for (size_t i = 0; i < disk->pending_count; i++)
        draw_write(disk, i, share(disk, fate, i, level, &random), &random, image->bytes);
    image->size = fate == POWER_KEPT      ? size_now(disk)
                  : fate == POWER_DROPPED ? disk->size
                                          : any_size(disk, &random);
    if (image->size < disk->size) /* the last to be flushed may stand behind older ones */
        image->size = disk->size;
    image->dir = is_there(disk->dir, disk->dir_safe, fate, &random);
    image->file = image->dir && is_there(disk->file, disk->file_safe, fate, &random);
}

bool power_disk_matches(const struct power_disk *disk, const char *path)
{
    struct power_image image = {0};
    power_disk_draw(disk, POWER_KEPT, 0, &image);
    FILE *in = fopen(path, "rb");
    char *there = need(malloc(image.size + 1));
    size_t size = in ? fread(there, 1, image.size + 1, in) : 0;
    bool same = (in != NULL) == image.file && size == image.size &&
                (!size || !memcmp(there, image.bytes, size));
    if (in)
        fclose(in);
    free(there);
    free(image.bytes);
    return same;
}

void power_disk_free(struct power_disk *disk)
{
    free(disk->bytes);
    free(disk->versions);
    free(disk->pending);
    *disk = (struct power_disk){0};
}
