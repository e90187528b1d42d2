/* SPDX-License-Identifier: Apache-2.0
 *
 * The LMDB store under the suite for all stores. Commits are not flushed, as no test here pulls
 * a plug; the map has room for them all, since growing it waits for snapshots (lmdb_test.c).
 */
#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"
#include "conformance/plugins/store_suite.h"

static char dir[256];

static void begin(void)
{
    ck_assert(tempdir_make(dir, sizeof(dir)));
}

static void end(void)
{
    tempdir_remove(dir);
}

static int open_it(asl_store **ret_store, asl_error *reterr)
{
    asl_lmdb_options options = {
        .size = sizeof(options), .create = 1, .map_bytes = 64u << 20, .no_sync = 1};
    return asl_store_lmdb(dir, &options, ret_store, reterr);
}

static const struct store_kit kit = {
    .name = "lmdb", .persists = 1, .begin = begin, .end = end, .open = open_it};

Suite *unit_suite(void)
{
    return store_suite(&kit);
}
