/* SPDX-License-Identifier: Apache-2.0
 *
 * Map runs as values: copies, names, and their row.
 */
#include "engine/map_run.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/id.h"

struct asli_map_run *asli_map_run_copy(const struct asli_map_run *from,
                                       const void *position, size_t len)
{
    if (!position && from) {
        position = from->position;
        len = from->position_len;
    }
    struct asli_map_run *run = asli_alloc(sizeof *run + len);
    if (!run)
        return NULL;
    if (from)
        memcpy(run, from, sizeof *run);
    run->refs = 1;
    run->position_len = len;
    if (len)
        memcpy(run->position, position, len);
    return run;
}

struct asli_map_run *asli_map_run_ref(struct asli_map_run *run)
{
    if (run)
        run->refs++;
    return run;
}

void asli_map_run_unref(struct asli_map_run *run)
{
    if (run && --run->refs == 0)
        asli_free(run);
}

char *asli_map_run_name(const struct asli_map_run *run, const char *machine)
{
    return asli_printf("%s/%s", machine, run->label);
}

/* In six bytes; the last seven, which a UUID leaves as they are, say how. */
static void veil(unsigned char id[16])
{
    uint64_t hash = asli_hash(id + 9, 7);
    for (int i = 0; i < 6; i++)
        id[i] ^= (unsigned char)(hash >> (8 * i));
}

void asli_map_run_hide(unsigned char id[16], uint64_t execution)
{
    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(execution >> (40 - 8 * i));
    veil(id);
}

uint64_t asli_map_run_hint(const char *arn)
{
    size_t len = strlen(arn);
    unsigned char id[16];
    uint64_t execution = 0;
    if (len < 36 || !asli_uuid_parse(arn + len - 36, id))
        return 0;
    veil(id);
    for (int i = 0; i < 6; i++)
        execution = execution << 8 | id[i];
    return execution;
}

static void encode_counts(struct asli_bytes *out, const struct asli_run_counts *counts)
{
    for (int i = 0; i <= ASL_ABORTED; i++)
        asli_bytes_uint(out, counts->of[i]);
}

void asli_map_run_encode(struct asli_bytes *out, const struct asli_map_run *run,
                         const char *arn)
{
    uint64_t percentage; /* the double's bits */
    memcpy(&percentage, &run->tolerated_percentage, sizeof percentage);
    asli_bytes_text(out, arn);
    asli_bytes_add(out, run->id, sizeof run->id);
    asli_bytes_text(out, run->label);
    asli_bytes_u8(out, run->status);
    asli_bytes_u8(out, run->exhausted);
    asli_bytes_int(out, run->start_time);
    asli_bytes_int(out, run->stop_time);
    asli_bytes_uint(out, run->concurrency);
    asli_bytes_int(out, run->tolerated_count);
    asli_bytes_be64(out, percentage);
    asli_bytes_uint(out, run->begun);
    asli_bytes_uint(out, run->low);
    asli_bytes_uint(out, run->revived);
    asli_bytes_uint(out, run->total);
    encode_counts(out, &run->executions);
    encode_counts(out, &run->items);
    asli_bytes_uint(out, run->redrive_count);
    asli_bytes_blob(out, run->position, run->position_len);
}

static void decode_counts(struct asli_reader *r, struct asli_run_counts *counts)
{
    for (int i = 0; i <= ASL_ABORTED; i++)
        counts->of[i] = asli_read_uint(r);
}

struct asli_map_run *asli_map_run_decode(struct asli_reader *r, char **ret_arn)
{
    struct asli_map_run run = {0};
    size_t len = 0;
    ASLI_AUTO(text) char *arn = ret_arn ? asli_read_text(r) : NULL;
    bool has_arn = ret_arn ? arn != NULL : asli_skip_text(r);
    asli_read_bytes(r, run.id, sizeof run.id);
    ASLI_AUTO(text) char *label = asli_read_text(r);
    if (label && strlen(label) < sizeof run.label)
        strcpy(run.label, label);
    else
        r->bad = true;
    run.status = asli_read_u8(r);
    run.exhausted = asli_read_u8(r) != 0;
    run.start_time = asli_read_int(r);
    run.stop_time = asli_read_int(r);
    run.concurrency = asli_read_uint(r);
    run.tolerated_count = asli_read_int(r);
    uint64_t percentage = asli_read_be64(r);
    memcpy(&run.tolerated_percentage, &percentage, sizeof percentage);
    run.begun = asli_read_uint(r);
    run.low = asli_read_uint(r);
    run.revived = asli_read_uint(r);
    run.total = asli_read_uint(r);
    decode_counts(r, &run.executions);
    decode_counts(r, &run.items);
    run.redrive_count = (uint32_t)asli_read_uint(r);
    const char *position = asli_read_blob(r, &len);
    r->bad |= !has_arn || !position || run.status > ASL_ABORTED;
    struct asli_map_run *copy = r->bad ? NULL : asli_map_run_copy(&run, position, len);
    if (copy && ret_arn) {
        *ret_arn = arn;
        arn = NULL;
    }
    r->oom |= !r->bad && !copy;
    r->bad |= !copy;
    return copy;
}
