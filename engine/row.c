/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows as the store holds them: a value and its checksum. A store may hand back what a disk made of
 * it; nothing is decoded that does not bear its checksum.
 */
#include <stdio.h>
#include <string.h>

#include "engine/record.h"

#define CHECKSUM 4

/* Eight bytes at a time; any change of a byte or of the length shows. */
static uint32_t checksum(const unsigned char *p, size_t len)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ len, word;
    for (; len >= 8; p += 8, len -= 8) {
        memcpy(&word, p, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)p[i] << (8 * i);
    h = (h ^ word) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(h ^ h >> 32);
}

void asli_value_end(struct asli_bytes *out, size_t start)
{
    if (out->oom)
        return;
    uint32_t sum = checksum((unsigned char *)out->data + start, out->len - start);
    unsigned char bytes[CHECKSUM] = {(unsigned char)(sum >> 24),
                                     (unsigned char)(sum >> 16),
                                     (unsigned char)(sum >> 8), (unsigned char)sum};
    asli_bytes_add(out, bytes, sizeof bytes);
}

int asli_value_verify(asl_slice *value, asl_error *reterr)
{
    const unsigned char *p = value->data;
    if (value->len < CHECKSUM)
        return asli_damaged(reterr, "record (it is too short)");
    size_t len = value->len - CHECKSUM;
    uint32_t want = (uint32_t)p[len] << 24 | (uint32_t)p[len + 1] << 16 |
                    (uint32_t)p[len + 2] << 8 | p[len + 3];
    if (checksum(p, len) != want)
        return asli_damaged(reterr, "record (its checksum is wrong)");
    value->len = len;
    return 0;
}

int asli_get(asl_store *store, void *snapshot, const struct asli_key *key,
             asl_slice *ret_value, asl_error *reterr)
{
    asl_slice value;
    int rc = asl_store_get(store, snapshot, asli_key_slice(key), &value, reterr);
    if (!rc)
        rc = asli_value_verify(&value, reterr);
    if (!rc)
        *ret_value = value;
    return rc;
}

int asli_get_needed(asl_store *store, void *snapshot, const struct asli_key *key,
                    const char *what, asl_slice *ret_value, asl_error *reterr)
{
    int rc = asli_get(store, snapshot, key, ret_value, reterr);
    if (rc != ASL_ENOTFOUND)
        return rc;
    char text[48];
    snprintf(text, sizeof(text), "%s (it is missing)", what);
    return asli_damaged(reterr, text);
}

struct visit {
    asl_scan_fn *fn;
    void *arg;
    asl_error *reterr;
};

static int visit(void *arg, asl_slice key, asl_slice value)
{
    struct visit *v = arg;
    int rc = asli_value_verify(&value, v->reterr);
    return rc ? rc : v->fn(v->arg, key, value);
}

static int scan(asl_store *store, void *snapshot, const struct asli_key *from,
                const struct asli_key *to, int reverse, asl_scan_fn *fn, void *arg,
                asl_error *reterr)
{
    struct visit v = {fn, arg, reterr};
    return asl_store_scan(store, snapshot, asli_key_slice(from), asli_key_slice(to),
                          reverse, visit, &v, reterr);
}

int asli_scan(asl_store *store, void *snapshot, const struct asli_key *prefix,
              int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    struct asli_key after = asli_key_after(*prefix);
    return scan(store, snapshot, prefix, &after, reverse, fn, arg, reterr);
}

int asli_scan_between(asl_store *store, void *snapshot, const struct asli_key *from,
                      const struct asli_key *to, asl_scan_fn *fn, void *arg,
                      asl_error *reterr)
{
    return scan(store, snapshot, from, to, 0, fn, arg, reterr);
}

int asli_scan_back(asl_store *store, void *snapshot, const struct asli_key *from,
                   const struct asli_key *to, asl_scan_fn *fn, void *arg,
                   asl_error *reterr)
{
    return scan(store, snapshot, from, to, 1, fn, arg, reterr);
}
