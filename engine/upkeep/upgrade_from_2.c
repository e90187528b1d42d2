/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of store version 2 as those of version 3. What this step knows of rows is how they were when
 * it was written: it uses no decoder of today's.
 */
#include "engine/upkeep/upgrade.h"

/* A row so far as its new members; what follows stays. */
static void add_members(struct asli_bytes *out, struct asli_reader *r, asl_slice value,
                        const char *members, size_t len)
{
    const unsigned char *from = value.data;
    asli_bytes_add(out, from + 1, (size_t)(r->p - from) - 1);
    asli_bytes_add(out, members, len);
    asli_bytes_add(out, r->p, (size_t)(r->end - r->p));
}

/* Behind its name: neither role nor revision, made nobody knows when. */
static void machine(struct asli_bytes *out, struct asli_reader *r, asl_slice value)
{
    asli_read_u8(r);
    asli_skip_text(r);
    add_members(out, r, value, "\0\0\0", 3);
}

static void skip_bytes(struct asli_reader *r, size_t len)
{
    unsigned char bytes[16];
    asli_read_bytes(r, bytes, len);
}

/* Behind its machine's name: neither version nor alias. */
static void execution(struct asli_bytes *out, struct asli_reader *r, asl_slice value)
{
    asli_read_u8(r);
    for (int i = 0; i < 3; i++)
        asli_read_int(r);
    skip_bytes(r, 16);
    for (int i = 0; i < 3; i++)
        asli_skip_text(r);
    add_members(out, r, value, "\0\0", 2);
}

/* The same behind its ARN. */
static void start(struct asli_bytes *out, struct asli_reader *r, asl_slice value)
{
    skip_bytes(r, 16);
    for (int i = 0; i < 2; i++)
        asli_skip_text(r);
    add_members(out, r, value, "\0\0", 2);
}

/* The frame at its end has a format byte too. */
static void running(struct asli_bytes *out, struct asli_reader *r, asl_slice value)
{
    const unsigned char *from = value.data;
    for (int i = 0; i < 11; i++)
        asli_read_uint(r);
    r->bad |= asli_read_u8(r) != 2;
    if (r->bad)
        return;
    asli_bytes_add(out, from + 1, (size_t)(r->p - from) - 2);
    asli_bytes_u8(out, 3);
    asli_bytes_add(out, r->p, (size_t)(r->end - r->p));
}

int asli_upgrade_from_2(asl_slice key, asl_slice value, struct asli_bytes *out,
                        asl_error *reterr)
{
    struct asli_reader r;
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != 2)
        return asli_damaged(reterr, "record of version 2");
    asli_bytes_u8(out, 3);
    switch (key.len > 1 ? ((const unsigned char *)key.data)[1] : 0) {
    case 'c':
        start(out, &r, value);
        break;
    case 'd':
        machine(out, &r, value);
        break;
    case 'f':
        execution(out, &r, value);
        break;
    case 'g':
        running(out, &r, value);
        break;
    default:
        asli_bytes_add(out, r.p, (size_t)(r.end - r.p));
        break;
    }
    return r.bad ? asli_damaged(reterr, "record of version 2") : 0;
}
