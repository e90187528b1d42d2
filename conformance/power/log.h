/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process did to the data file of a store, in the order in which it did it, and between
 * that what its engine told the world.
 */
#ifndef POWER_LOG_H
#define POWER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

enum power_kind {
    POWER_MKDIR,  /* the store's directory was made */
    POWER_CREATE, /* its data file got its name */
    POWER_WRITE,  /* `data` at `offset`; asked for, not durable */
    POWER_RESIZE, /* the data file has now `offset` bytes */
    POWER_FLUSH, /* fsync or fdatasync returned: all records below `offset` are durable */
    POWER_FLUSH_ONE, /* a write on an O_DSYNC descriptor returned: record `offset` is durable */
    POWER_SYNC_DIR,    /* the store's directory was flushed */
    POWER_SYNC_PARENT, /* the directory above it was */
    POWER_RETURN,      /* the power is back after a cut: the disk holds `data` */
    POWER_NOTHING,     /* what a test took out */
    POWER_MARK,        /* `data`: JSON, what was told or asked for */
};

struct power_record {
    enum power_kind kind;
    uint64_t offset;
    size_t size;
    char *data;
};

struct power_log {
    struct power_record *records;
    size_t count, cap;
};

/* A new record at the end; `data` is copied. Running out of memory ends the program. */
size_t power_log_add(struct power_log *log, enum power_kind kind, uint64_t offset,
                     const void *data, size_t size);
/* Forgets all records from one on. */
void power_log_cut(struct power_log *log, size_t record);
/* A mark; NULL: not one, or not JSON. A new reference. */
json_t *power_log_mark(const struct power_log *log, size_t record);

/* As a file, for the processor that wrote it. */
bool power_log_save(const struct power_log *log, const char *path);
bool power_log_load(struct power_log *log, const char *path);
void power_log_free(struct power_log *log);

#endif
