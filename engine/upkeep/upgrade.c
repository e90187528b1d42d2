/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_upgrade: makes a store of an older version one of today's, in place.
 *
 * Every row is converted on trial before the first one is written, so that a row that cannot be
 * read leaves the store as it was. Then the store row says that an upgrade is under way and where
 * it stands, in the same batches as the rows: nobody opens what is half done, and whoever comes
 * after a crash goes on from there.
 */
#include "engine/upkeep/upgrade.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/upkeep/upkeep.h"

/* Version 1 was never released. A step for each change of ASLI_STORE_VERSION comes here, with the
 * store of its version in conformance/golden. */
const struct asli_upgrade_step asli_upgrade_steps[] = {{2, asli_upgrade_from_2}, {0}};

static const struct asli_upgrade_step *step_from(const struct asli_upgrade_step *steps,
                                                 unsigned version)
{
    while (steps->row && steps->from != version)
        steps++;
    return steps->row ? steps : NULL;
}

bool asli_can_upgrade(const struct asli_upgrade_step *steps, unsigned version)
{
    while (version < ASLI_STORE_VERSION && step_from(steps, version))
        version++;
    return version == ASLI_STORE_VERSION;
}

int asli_version_check(unsigned version, asl_error *reterr)
{
    if (version == ASLI_STORE_VERSION)
        return 0;
    if (version == ASLI_UPGRADING)
        return asl_error_set(
            reterr, ASL_EFORMAT,
            "an upgrade of the store was interrupted; 'asl upgrade' goes "
            "on with it");
    return asl_error_set(
        reterr, ASL_EFORMAT,
        "the store has format version %u; this libasl reads version %d%s", version,
        ASLI_STORE_VERSION,
        version > ASLI_STORE_VERSION                    ? ": it takes a newer one"
        : asli_can_upgrade(asli_upgrade_steps, version) ? ": see 'asl upgrade'"
                                                        : "");
}

int asli_store_head(asl_store *store, void *snapshot, struct asli_store_head *ret_head,
                    asl_error *reterr)
{
    struct asli_key key = asli_key_of(ASLI_KEY_STORE);
    asl_slice value;
    int rc = asl_store_get(store, snapshot, asli_key_slice(&key), &value, reterr);
    const unsigned char *p = rc ? NULL : value.data;
    if (rc && rc != ASL_ENOTFOUND)
        return rc;
    if (p && value.len < 2)
        return asli_damaged(reterr, "store record");
    *ret_head = (struct asli_store_head){!p, p && p[1], p ? p[0] : ASLI_STORE_VERSION};
    return 0;
}

int asli_version_of(asl_store *store, void *snapshot, asl_error *reterr)
{
    struct asli_store_head head = {0};
    int rc = asli_store_head(store, snapshot, &head, reterr);
    return rc ? rc : asli_version_check(head.version, reterr);
}

int asli_upgrade_row(const struct asli_upgrade_step *steps, unsigned from, asl_slice key,
                     asl_slice value, struct asli_bytes *out, asl_error *reterr)
{
    struct asli_bytes was = {0}, is = {0};
    size_t start = out->len;
    int rc = asli_value_verify(&value, reterr);
    for (; !rc && from < ASLI_STORE_VERSION; from++) {
        struct asli_bytes spare = was;
        was = is;
        is = spare;
        asli_bytes_reset(&is);
        rc = step_from(steps, from)->row(key, value, &is, reterr);
        value = (asl_slice){is.data, is.len};
        if (!is.len)
            break;
    }
    asli_bytes_add(out, value.data, value.len);
    if (value.len)
        asli_value_end(out, start);
    if (!rc && (was.oom || is.oom || out->oom))
        rc = asli_oom(reterr);
    asli_bytes_done(&was);
    asli_bytes_done(&is);
    return rc;
}

/* ---- a store ---- */

struct upgrading {
    struct asli_upkeep u;
    const struct asli_upgrade_step *steps;
    unsigned from;
    bool on_trial;
    struct asli_key at; /* rows from here on are still those of `from` */
    struct asli_bytes value;
    size_t rows;
};

/* Those that have no format of their own. */
static bool is_plain(asl_slice key)
{
    unsigned kind = key.len == 2 ? ((const unsigned char *)key.data)[1] : 0;
    return kind == ASLI_KEY_STORE || kind == ASLI_KEY_LEASE;
}

static int visit_row(void *arg, asl_slice key, asl_slice value)
{
    struct upgrading *g = arg;
    if (is_plain(key))
        return 0;
    if (asli_upkeep_count(&g->u) >= ASLI_UPKEEP_OPS || g->u.bytes.len > ASLI_BATCH_BYTES)
        return 1;
    if (key.len >= sizeof g->at.bytes) /* none of ours is so long */
        return asli_damaged(g->u.reterr, "key");
    asli_bytes_reset(&g->value);
    int rc = asli_upgrade_row(g->steps, g->from, key, value, &g->value, g->u.reterr);
    if (rc || g->on_trial)
        return rc;
    if (g->value.len)
        asli_upkeep_put(&g->u, key, (asl_slice){g->value.data, g->value.len});
    else
        asli_upkeep_delete(&g->u, key);
    memcpy(g->at.bytes, key.data, key.len);
    g->at.bytes[key.len] = 0; /* the first key behind it */
    g->at.len = key.len + 1;
    g->rows++;
    return 0;
}

/* As many rows as a batch takes, or on trial all; 1: there are more. */
static int read_rows(struct upgrading *g)
{
    struct asli_key end = asli_key_of(ASLI_KEY_HISTORY + 1);
    void *snapshot;
    int rc = asl_store_snapshot(g->u.store, &snapshot, g->u.reterr);
    if (rc)
        return rc;
    rc = asl_store_scan(g->u.store, snapshot, asli_key_slice(&g->at),
                        asli_key_slice(&end), 0, visit_row, g, g->u.reterr);
    asl_store_release(g->u.store, snapshot);
    return rc;
}

/* Of an upgrade: from which version to which, and the key from which on rows are still of the
 * former. */
#define PROGRESS 4
static void put_store_row(struct upgrading *g, unsigned version)
{
    struct asli_key key = asli_key_of(ASLI_KEY_STORE);
    asli_upkeep_begin(&g->u, asli_key_slice(&key));
    asli_bytes_u8(&g->u.bytes, version);
    asli_bytes_u8(&g->u.bytes, g->u.is_virtual);
    if (version == ASLI_UPGRADING) {
        asli_bytes_u8(&g->u.bytes, g->from);
        asli_bytes_u8(&g->u.bytes, ASLI_STORE_VERSION);
        asli_bytes_add(&g->u.bytes, g->at.bytes, g->at.len);
    }
    asli_upkeep_end(&g->u);
}

static int convert(struct upgrading *g)
{
    put_store_row(g, ASLI_UPGRADING);
    int more = 1, rc = asli_upkeep_lease(&g->u);
    while (!rc && more) {
        more = read_rows(g);
        if (more < 0)
            return more;
        put_store_row(g, more ? ASLI_UPGRADING : ASLI_STORE_VERSION);
        rc = asli_upkeep_apply(&g->u);
    }
    return rc;
}

/* Where one that was interrupted stands. */
static int read_progress(struct upgrading *g)
{
    struct asli_key key = asli_key_of(ASLI_KEY_STORE);
    void *snapshot;
    asl_slice value;
    int rc = asl_store_snapshot(g->u.store, &snapshot, g->u.reterr);
    if (rc)
        return rc;
    rc = asl_store_get(g->u.store, snapshot, asli_key_slice(&key), &value, g->u.reterr);
    const unsigned char *p = rc ? NULL : value.data;
    if (p && (value.len <= PROGRESS || value.len - PROGRESS > sizeof g->at.bytes))
        rc = asli_damaged(g->u.reterr, "store record");
    else if (p && p[3] != ASLI_STORE_VERSION)
        rc = asl_error_set(g->u.reterr, ASL_EFORMAT,
                           "an upgrade to version %u was interrupted; it takes a libasl "
                           "of that version to go on with it",
                           p[3]);
    if (!rc) {
        g->from = p[2];
        g->at.len = value.len - PROGRESS;
        memcpy(g->at.bytes, p + PROGRESS, g->at.len);
    }
    asl_store_release(g->u.store, snapshot);
    return rc;
}

static int upgrade(struct upgrading *g)
{
    bool interrupted = g->from == ASLI_UPGRADING;
    int rc = interrupted ? read_progress(g) : 0;
    if (!rc && !asli_can_upgrade(g->steps, g->from))
        rc = asli_version_check(g->from, g->u.reterr);
    if (!rc && !interrupted) {
        g->on_trial = true;
        rc = read_rows(g);
        g->on_trial = false;
    }
    return rc ? rc : convert(g);
}

int asli_upgrade(asl_store *store, const struct asli_upgrade_step *steps,
                 asl_upgrade_counts *ret_counts, asl_error *reterr)
{
    struct upgrading g = {.steps = steps, .at = asli_key_of(ASLI_KEY_OWN)};
    int rc = asli_upkeep_open_any(&g.u, store, &g.from, reterr);
    if (!rc && !g.u.is_new && g.from != ASLI_STORE_VERSION)
        rc = upgrade(&g);
    asli_bytes_done(&g.value);
    asli_upkeep_done(&g.u);
    if (!rc && ret_counts)
        *ret_counts = (asl_upgrade_counts){g.from, ASLI_STORE_VERSION, g.rows};
    return rc;
}

int asl_upgrade(asl_store *store, asl_upgrade_counts *ret_counts, asl_error *reterr)
{
    return asli_upgrade(store, asli_upgrade_steps, ret_counts, reterr);
}
