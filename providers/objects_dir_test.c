/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of objects in a directory: what is written can be read and listed, and no key leads out.
 */
#include <asl/objects.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"

static char top[200];
static asl_objects *objects;

static int remove_one(const char *path, const struct stat *status, int kind,
                      struct FTW *ftw)
{
    return remove(path);
}

static void set_up(void)
{
    char path[300];
    ck_assert(tempdir_make(top, sizeof top));
    snprintf(path, sizeof path, "%s/b", top);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    ck_assert_int_eq(asl_objects_dir(top, &objects, NULL), 0);
}

static void tear_down(void)
{
    asl_objects_free(objects);
    nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int put(const char *key, const char *text)
{
    void *writer;
    int rc = asl_objects_create(objects, "b", key, &writer, NULL);
    if (!rc)
        rc = asl_objects_write(objects, writer, text, strlen(text), NULL);
    return rc ? rc : asl_objects_commit(objects, writer, NULL);
}

static int get(const char *bucket, const char *key, char text[100])
{
    void *object;
    uint64_t bytes;
    size_t len = 0;
    int rc = asl_objects_open(objects, bucket, key, &object, &bytes, NULL);
    if (rc)
        return rc;
    rc = asl_objects_read(objects, object, 0, text, 99, &len, NULL);
    asl_objects_release(objects, object);
    ck_assert_uint_eq(len, bytes);
    text[len] = '\0';
    return rc;
}

/* The keys of a listing, joined by blanks. */
static const char *keys(const char *prefix, const char *after)
{
    static char joined[1000];
    void *list;
    asl_object_info info;
    joined[0] = '\0';
    ck_assert_int_eq(asl_objects_list(objects, "b", prefix, after, &list, NULL), 0);
    while (!asl_objects_list_next(objects, list, &info, NULL) && info.key) {
        size_t len = strlen(joined);
        snprintf(joined + len, sizeof joined - len, "%s%s", len ? " " : "", info.key);
    }
    asl_objects_list_end(objects, list);
    return joined;
}

START_TEST(what_is_written_can_be_read)
{
    char text[100];
    ck_assert_int_eq(put("a/b/c.txt", "hello"), 0);
    ck_assert_int_eq(get("b", "a/b/c.txt", text), 0);
    ck_assert_str_eq(text, "hello");
    ck_assert_int_eq(put("a/b/c.txt", "bye"), 0);
    ck_assert_int_eq(get("b", "a/b/c.txt", text), 0);
    ck_assert_str_eq(text, "bye");
}
END_TEST

START_TEST(reads_from_an_offset_and_less_at_the_end)
{
    void *object;
    uint64_t bytes;
    size_t len;
    char buffer[8];
    ck_assert_int_eq(put("k", "0123456789"), 0);
    ck_assert_int_eq(asl_objects_open(objects, "b", "k", &object, &bytes, NULL), 0);
    ck_assert_int_eq(asl_objects_read(objects, object, 6, buffer, 8, &len, NULL), 0);
    ck_assert_uint_eq(len, 4);
    ck_assert_mem_eq(buffer, "6789", 4);
    ck_assert_int_eq(asl_objects_read(objects, object, 10, buffer, 8, &len, NULL), 0);
    ck_assert_uint_eq(len, 0);
    asl_objects_release(objects, object);
}
END_TEST

START_TEST(nothing_is_seen_before_commit)
{
    void *writer;
    char text[100];
    ck_assert_int_eq(asl_objects_create(objects, "b", "k", &writer, NULL), 0);
    ck_assert_int_eq(asl_objects_write(objects, writer, "x", 1, NULL), 0);
    ck_assert_int_eq(get("b", "k", text), ASL_NO_SUCH_KEY);
    ck_assert_str_eq(keys("", NULL), "");
    asl_objects_discard(objects, writer);
    ck_assert_int_eq(get("b", "k", text), ASL_NO_SUCH_KEY);
}
END_TEST

START_TEST(missing_things_are_told_apart)
{
    char text[100];
    void *list, *writer;
    ck_assert_int_eq(get("none", "k", text), ASL_NO_SUCH_BUCKET);
    ck_assert_int_eq(get("b", "k", text), ASL_NO_SUCH_KEY);
    ck_assert_int_eq(put("d/k", "x"), 0);
    ck_assert_int_eq(get("b", "d", text), ASL_NO_SUCH_KEY);
    ck_assert_int_eq(get("b", "d/k/x", text), ASL_NO_SUCH_KEY);
    ck_assert_int_eq(asl_objects_list(objects, "none", "", NULL, &list, NULL),
                     ASL_NO_SUCH_BUCKET);
    ck_assert_int_eq(asl_objects_create(objects, "none", "k", &writer, NULL),
                     ASL_NO_SUCH_BUCKET);
    asl_objects *other;
    ck_assert_int_eq(asl_objects_dir("/no/such/place", &other, NULL), ASL_ENOTFOUND);
}
END_TEST

START_TEST(no_key_leads_out)
{
    static const char *const bad[] = {"../x", "a/../../x", "/etc/passwd", ".",
                                      "a//b", "a/",        "a/./b"};
    char text[100], link_path[300];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(get("b", bad[i], text), ASL_ACCESS_DENIED);
        ck_assert_int_eq(put(bad[i], "x"), ASL_ACCESS_DENIED);
    }
    ck_assert_int_eq(get("..", "etc", text), ASL_NO_SUCH_BUCKET);
    ck_assert_int_eq(get(".asl-tmp", "x", text), ASL_NO_SUCH_BUCKET);
    ck_assert_int_eq(get("b/c", "x", text), ASL_NO_SUCH_BUCKET);
    snprintf(link_path, sizeof link_path, "%s/b/out", top);
    ck_assert_int_eq(symlink("/etc", link_path), 0);
    ck_assert_int_eq(get("b", "out/passwd", text), ASL_NO_SUCH_KEY);
    ck_assert_int_ne(put("out/new", "x"), 0);
    ck_assert_str_eq(keys("", NULL), "");
}
END_TEST

START_TEST(listing_is_by_bytes_of_whole_keys)
{
    static const char *const all[] = {"a/z", "a.txt",    "a0", "a/b/c",
                                      "b",   "\xc3\xa4", "Z"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_assert_int_eq(put(all[i], "x"), 0);
    ck_assert_str_eq(keys("", NULL), "Z a.txt a/b/c a/z a0 b \xc3\xa4");
}
END_TEST

START_TEST(listing_goes_on_after_any_key)
{
    static const char *const sorted[] = {"a.txt", "a/b/c", "a/b/d", "a/z", "a0", "b/x"};
    size_t count = sizeof sorted / sizeof *sorted;
    char rest[200];
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(put(sorted[count - 1 - i], "x"), 0);
    for (size_t i = 0; i < count; i++) {
        rest[0] = '\0';
        for (size_t j = i + 1; j < count; j++)
            snprintf(rest + strlen(rest), sizeof rest - strlen(rest), "%s%s",
                     *rest ? " " : "", sorted[j]);
        ck_assert_str_eq(keys("", sorted[i]), rest);
    }
    ck_assert_str_eq(keys("", "a/b"), "a/b/c a/b/d a/z a0 b/x");
    ck_assert_str_eq(keys("", "a/b/"), "a/b/c a/b/d a/z a0 b/x");
    ck_assert_str_eq(keys("", "zz"), "");
}
END_TEST

START_TEST(listing_takes_a_prefix_that_ends_anywhere)
{
    ck_assert_int_eq(put("logs/2026/a", "x"), 0);
    ck_assert_int_eq(put("logs/2025/a", "x"), 0);
    ck_assert_int_eq(put("lo", "x"), 0);
    ck_assert_str_eq(keys("logs/", NULL), "logs/2025/a logs/2026/a");
    ck_assert_str_eq(keys("logs/2026", NULL), "logs/2026/a");
    ck_assert_str_eq(keys("lo", NULL), "lo logs/2025/a logs/2026/a");
    ck_assert_str_eq(keys("x", NULL), "");
    ck_assert_str_eq(keys("logs/", "logs/2025/a"), "logs/2026/a");
}
END_TEST

START_TEST(listing_tells_what_a_file_is)
{
    void *list;
    asl_object_info info;
    ck_assert_int_eq(put("k", "12345"), 0);
    ck_assert_int_eq(asl_objects_list(objects, "b", "", NULL, &list, NULL), 0);
    ck_assert_int_eq(asl_objects_list_next(objects, list, &info, NULL), 0);
    ck_assert_uint_eq(info.bytes, 5);
    ck_assert(info.modified > 1500000000000);
    ck_assert_uint_eq(strlen(info.etag), 34);
    ck_assert_str_eq(info.storage_class, "STANDARD");
    asl_objects_list_end(objects, list);
}
END_TEST

START_TEST(a_provider_needs_every_member)
{
    static const asl_objects_ops nothing = {.size = sizeof nothing, .name = "none"};
    asl_objects *made;
    asl_error error;
    ck_assert_int_eq(asl_objects_new(&nothing, NULL, &made, &error), ASL_EINVAL);
    ck_assert_str_eq(error.text, "a provider of objects must implement \"open\"");
}
END_TEST

START_TEST(an_engine_keeps_what_it_is_given)
{
    asl_engine *engine;
    asl_objects *made;
    ck_assert_int_eq(asl_engine_open(NULL, &engine, NULL), 0);
    ck_assert_ptr_null(asl_engine_objects(engine));
    ck_assert_int_eq(asl_objects_dir(top, &made, NULL), 0);
    asl_engine_set_objects(engine, made);
    ck_assert_ptr_eq(asl_engine_objects(engine), made);
    ck_assert_str_eq(asl_objects_name(made), "dir");
    asl_engine_close(engine);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("objects_dir");
    TCase *t = tcase_create("objects_dir");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, what_is_written_can_be_read);
    tcase_add_test(t, reads_from_an_offset_and_less_at_the_end);
    tcase_add_test(t, nothing_is_seen_before_commit);
    tcase_add_test(t, missing_things_are_told_apart);
    tcase_add_test(t, no_key_leads_out);
    tcase_add_test(t, listing_is_by_bytes_of_whole_keys);
    tcase_add_test(t, listing_goes_on_after_any_key);
    tcase_add_test(t, listing_takes_a_prefix_that_ends_anywhere);
    tcase_add_test(t, listing_tells_what_a_file_is);
    tcase_add_test(t, a_provider_needs_every_member);
    tcase_add_test(t, an_engine_keeps_what_it_is_given);
    suite_add_tcase(suite, t);
    return suite;
}
