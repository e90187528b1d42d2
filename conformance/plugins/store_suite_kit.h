/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of store_suite share: the store under test, and short ways to use it. Each ends
 * the running test when the store fails.
 */
#ifndef PLUGINS_STORE_SUITE_KIT_H
#define PLUGINS_STORE_SUITE_KIT_H

#include <asl/store.h>
#include <check.h>

enum { SUITE_LISTING = 4096 };

extern asl_store *suite_store; /* open and empty when a test begins */

/* Frees and opens it; returns whether it must hold what it held. */
int suite_reopen(void);

asl_slice suite_text(const char *text); /* NULL: no data */
asl_op suite_put(const char *key, const char *value);
asl_op suite_delete(const char *key);
asl_op suite_expect(const char *key, const char *value); /* NULL: missing */

int suite_apply(const asl_op *ops, size_t count, asl_error *reterr);
#define SUITE_APPLY(...)                                                                 \
    do {                                                                                 \
        asl_op ops_[] = {__VA_ARGS__};                                                   \
        asl_error error_ = {0};                                                          \
        int rc_ = suite_apply(ops_, sizeof(ops_) / sizeof(*ops_), &error_);              \
        ck_assert_msg(rc_ == 0, "apply: %s", error_.text);                               \
    } while (0)

void *suite_snapshot(void);

/* The rows of a range as "key=value key=value"; returns text. */
char *suite_list(void *snapshot, const char *from, const char *to, int reverse,
                 char text[SUITE_LISTING]);

/* For a scan: ends it with 1 at its n-th row, counted from 0, and gives that row. */
struct suite_nth {
    size_t n, seen;
    asl_slice key, value;
};
int suite_nth_row(void *arg, asl_slice key, asl_slice value);

/* store_suite_more.c */
TCase *suite_more_tests(void);

#endif
