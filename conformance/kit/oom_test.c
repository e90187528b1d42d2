/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th allocation fails, for every n: the call says so, nothing is lost or leaked, and going
 * on ends the execution as if nothing had happened.
 */
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"
#include "conformance/kit/world.h"

START_TEST(ends_the_same_when_any_allocation_fails)
{
    bool failed = true;
    for (unsigned long n = 1; failed; n += 1 + n / 200) {
        asl_store *store;
        struct world w;
        ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
        world_init(&w, store, _i);
        fault_alloc_arm(n);
        int rc = world_run(&w);
        failed = fault_alloc_disarm();
        if (rc)
            rc = world_run(&w);
        ck_assert_msg(rc == 0, "allocation %lu: %s", n, w.error.text);
        json_t *d = world_describe(&w);
        ck_assert_ptr_nonnull(d);
        ck_assert_str_eq(json_string_value(json_object_get(d, "status")), "SUCCEEDED");
        json_decref(d);
        asl_store_free(store);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("oom");
    TCase *t = tcase_create("oom");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, ends_the_same_when_any_allocation_fails, 0, WORLD_MACHINES);
    suite_add_tcase(s, t);
    return s;
}
