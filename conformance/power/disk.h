/* SPDX-License-Identifier: Apache-2.0
 *
 * What a disk may hold of a store's directory when the power goes, by this model:
 *
 * - What was flushed is there: fsync and fdatasync flush what was written to the file before they
 *   began, a write on an O_DSYNC descriptor its own bytes and nothing else, fsync of a directory
 *   the names in it.
 * - Of what was not flushed anything may be there, in any order: each sector of 512 bytes as it was
 *   at its last flush, or as any later write left it; the file as long as it was at its last flush
 *   or at any moment since; its name, and its directory's.
 * - A sector is old or new, never half of each. What was never written reads as zeros.
 */
#ifndef POWER_DISK_H
#define POWER_DISK_H

#include "conformance/power/log.h"

enum { POWER_SECTOR = 512 };

/* How the fate of what was not flushed is drawn. */
#define POWER_FATES(X)                                                                   \
    X(KEPT, "all kept")                                                                  \
    X(DROPPED, "all dropped")                                                            \
    X(LAST, "only the last write kept")                                                  \
    X(BUT_LAST, "only the last write dropped")                                           \
    X(PREFIX, "the first few writes kept")                                               \
    X(WHOLE, "each write kept or dropped")                                               \
    X(TORN, "each sector kept or dropped")                                               \
    X(MIXED, "each write kept, dropped or torn")

#define X(name, text) POWER_##name,
enum power_fate { POWER_FATES(X) POWER_FATE_COUNT };
#undef X

struct power_pending {
    size_t record;
    uint64_t size; /* the file's, once it is done */
};

struct power_disk {
    const struct power_log *log;
    size_t done;      /* records that were taken in */
    char *bytes;      /* flushed; zeros behind `size` */
    size_t *versions; /* of each sector: 1 + the record that was flushed to it last */
    uint64_t size, room;
    struct power_pending *pending;
    size_t pending_count, pending_cap;
    bool dir, dir_safe, file, file_safe; /* made, and flushed */
};

struct power_image {
    char *bytes;
    uint64_t size, room;
    bool dir, file;
};

/* Takes the log in up to a record, without it. */
void power_disk_advance(struct power_disk *disk, size_t to);

/* An image of now. */
void power_disk_draw(const struct power_disk *disk, enum power_fate fate, uint64_t random,
                     struct power_image *image);

/* Whether the image with everything kept is this file, which need not exist. */
bool power_disk_matches(const struct power_disk *disk, const char *path);

void power_disk_free(struct power_disk *disk);

const char *power_fate_text(enum power_fate fate);

#endif
