/* SPDX-License-Identifier: Apache-2.0
 *
 * See log.h. In a file a record is its three numbers, then its data.
 */
#include "conformance/power/log.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/kit/need.h"

enum { RECORD_MAX = 1 << 30 };

static struct power_record *next(struct power_log *log)
{
    log->records = need_room(log->records, log->count, &log->cap, sizeof(*log->records));
    return &log->records[log->count++];
}

size_t power_log_add(struct power_log *log, enum power_kind kind, uint64_t offset,
                     const void *data, size_t size)
{
    struct power_record *record = next(log);
    *record = (struct power_record){kind, offset, size, need(malloc(size + 1))};
    if (size)
        memcpy(record->data, data, size);
    return log->count - 1;
}

void power_log_cut(struct power_log *log, size_t record)
{
    while (log->count > record)
        free(log->records[--log->count].data);
}

json_t *power_log_mark(const struct power_log *log, size_t record)
{
    const struct power_record *r = &log->records[record];
    return r->kind == POWER_MARK ? json_loadb(r->data, r->size, 0, NULL) : NULL;
}

bool power_log_save(const struct power_log *log, const char *path)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        return false;
    for (size_t i = 0; i < log->count; i++) {
        const struct power_record *r = &log->records[i];
        uint64_t head[3] = {r->kind, r->offset, r->size};
        fwrite(head, sizeof(head), 1, out);
        fwrite(r->data, 1, r->size, out);
    }
    bool good = !ferror(out);
    return !fclose(out) && good;
}

static bool load_records(struct power_log *log, FILE *in)
{
    uint64_t head[3];
    while (fread(head, sizeof(head), 1, in) == 1) {
        if (head[0] > POWER_MARK || head[2] > RECORD_MAX)
            return false;
        struct power_record *r = next(log);
        *r = (struct power_record){(enum power_kind)head[0], head[1], head[2],
                                   need(malloc(head[2] + 1))};
        if (fread(r->data, 1, r->size, in) != r->size)
            return false;
    }
    return feof(in);
}

bool power_log_load(struct power_log *log, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    bool good = load_records(log, in);
    fclose(in);
    return good;
}

void power_log_free(struct power_log *log)
{
    power_log_cut(log, 0);
    free(log->records);
    *log = (struct power_log){0};
}
