/* SPDX-License-Identifier: Apache-2.0
 *
 * 10,000 power cuts, and the proof that the judge would see what is wrong: without any one kind of
 * flush, or on a disk that only says it flushes, images are found guilty.
 */
#include <stdlib.h>
#include <unistd.h>

#include "conformance/kit/unit.h"
#include "conformance/power/power.h"
#include "conformance/power/workload.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifdef INSTRUMENTED
enum { RECORDINGS = 2, IMAGES = 150 };
#else
enum { RECORDINGS = 10, IMAGES = 1000 };
#endif

static struct power_log power_log;

static void setup(void)
{
    /* Memory is a good disk here: what it would flush is drawn, not asked. */
    if (!access("/dev/shm", W_OK))
        setenv("TMPDIR", "/dev/shm", 0);
}

static void teardown(void)
{
    power_log_free(&power_log);
}

/* The recording that an image was made of is kept, to see it again. */
static void on_guilty(void *arg, size_t image, const char *text)
{
    char path[64];
    unsigned seed = *(unsigned *)arg;
    snprintf(path, sizeof(path), "power-%u.log", seed);
    power_log_save(&power_log, path);
    fprintf(stderr, "%s\n  power --log %s --seed %u --image %zu --list-failures\n", text,
            path, seed, image);
}

START_TEST(every_image_of_a_power_cut_holds_what_was_acknowledged)
{
    unsigned seed = (unsigned)_i + 1;
    struct power_options options = {
        .seed = seed, .images = IMAGES, .jobs = 2, .guilty = on_guilty, .arg = &seed};
    ck_assert(power_workload(&power_log, seed, 0));
    ck_assert_uint_eq(power_judge(&power_log, &options), 0);
}
END_TEST

/* ---------------------------------------------------------------- the judge */

static size_t guilty_of(size_t images)
{
    struct power_options options = {.seed = 1, .images = images, .jobs = 2};
    return power_judge(&power_log, &options);
}

START_TEST(a_store_that_does_not_flush_is_found_guilty)
{
    ck_assert(power_workload(&power_log, 1, 1));
    ck_assert_uint_gt(guilty_of(60), 20);
}
END_TEST

/* A disk on which one kind of flush does nothing. */
static const enum power_kind flushes[] = {POWER_FLUSH, POWER_FLUSH_ONE, POWER_SYNC_DIR,
                                          POWER_SYNC_PARENT};

START_TEST(a_disk_that_does_not_flush_is_found_guilty)
{
    ck_assert(power_workload(&power_log, 1, 0));
    for (size_t i = 0; i < power_log.count; i++)
        if (power_log.records[i].kind == flushes[_i])
            power_log.records[i].kind = POWER_NOTHING;
    ck_assert_uint_gt(guilty_of(200), 0);
}
END_TEST

/* The answer is given first, and the disk written after. */
START_TEST(an_answer_that_is_not_durable_is_found_guilty)
{
    ck_assert(power_workload(&power_log, 1, 0));
    for (size_t i = power_log.count; i-- > 1;) {
        struct power_record *late = &power_log.records[i], *early = late - 1;
        if (late->kind == POWER_MARK && early->kind == POWER_FLUSH_ONE) {
            struct power_record record = *late;
            *late = *early;
            *early = record;
        }
    }
    ck_assert_uint_gt(guilty_of(200), 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("power");
    TCase *t = tcase_create("power");
    tcase_set_timeout(t, 0);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, every_image_of_a_power_cut_holds_what_was_acknowledged, 0,
                        RECORDINGS);
    tcase_add_test(t, a_store_that_does_not_flush_is_found_guilty);
    tcase_add_loop_test(t, a_disk_that_does_not_flush_is_found_guilty, 0,
                        sizeof(flushes) / sizeof(*flushes));
    tcase_add_test(t, an_answer_that_is_not_durable_is_found_guilty);
    suite_add_tcase(s, t);
    return s;
}
