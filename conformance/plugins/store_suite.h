/* SPDX-License-Identifier: Apache-2.0
 *
 * What any store must do (asl/store.h), as one suite of tests that knows the public header only.
 * Give it a way to open your store, and run what it returns.
 */
#ifndef PLUGINS_STORE_SUITE_H
#define PLUGINS_STORE_SUITE_H

#include <asl/store.h>
#include <check.h>

struct store_kit {
    const char *name;
    int persists; /* 1: what was applied is there when the store is opened again */

    /* Around every test: make a place for one empty store; remove it. Either may be NULL. */
    void (*begin)(void);
    void (*end)(void);

    /* Opens the store at that place; called again after it was freed. */
    int (*open)(asl_store **ret_store, asl_error *reterr);
};

/* One suite a process: the kit is remembered. */
Suite *store_suite(const struct store_kit *kit);

#endif
