/* SPDX-License-Identifier: Apache-2.0
 *
 * golden FOLDER...: is a store that was written by an earlier libasl still read as it was, and does
 * today's write the same bytes? A folder is vN of store version N (golden.h). Prints TAP.
 * golden --make FOLDER: writes the three files of today's version.
 */
#include <string.h>

#include <asl.h>
#include <asl/maintain.h>

#include "conformance/golden/golden.h"
#include "conformance/kit/need.h"
#include "engine/record.h"

typedef void fill_fn(asl_store *store, struct asli_bytes *out);

static int case_count, failed;

static void ok(bool good, const char *folder, const char *what)
{
    failed += !good;
    printf("%sok %d - %s: %s\n", good ? "" : "not ", ++case_count,
           strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder, what);
}

static FILE *open_file(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    if (!file)
        golden_must(1, path, NULL);
    return file;
}

static char *read_file(const char *folder, const char *name)
{
    FILE *in = open_file(folder, name, "rb");
    struct asli_bytes all = {0};
    char buffer[4096];
    size_t got;
    while ((got = fread(buffer, 1, sizeof buffer, in)) > 0)
        asli_bytes_add(&all, buffer, got);
    fclose(in);
    return need(asli_bytes_take_text(&all));
}

/* What `fill` says of the store, compared with a file; the first line that differs is shown. */
static bool is_as(const char *folder, const char *name, fill_fn *fill, asl_store *store)
{
    struct asli_bytes now = {0};
    char *was = read_file(folder, name);
    fill(store, &now);
    char *text = need(asli_bytes_take_text(&now));
    const char *a = was, *b = text;
    for (int line = 1; *a || *b; line++) {
        size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");
        if (la != lb || memcmp(a, b, la) != 0) {
            printf("# %s/%s:%d\n# was: %.*s\n# now: %.*s\n", folder, name, line, (int)la,
                   a, (int)lb, b);
            break;
        }
        a += la + (a[la] != '\0');
        b += lb + (b[lb] != '\0');
    }
    bool same = !*a && !*b;
    free(was);
    free(text);
    return same;
}

static asl_store *new_store(void)
{
    asl_store *store;
    golden_must(asl_store_mem(&store, NULL), "store", NULL);
    return store;
}

static asl_store *stored(const char *folder)
{
    asl_store *store = new_store();
    char *rows = read_file(folder, "rows.txt");
    asl_error error = {0};
    golden_put(store, rows);
    free(rows);
    golden_must(asl_upgrade(store, NULL, &error), folder, &error);
    return store;
}

/* ---- cases ---- */

static void show(void *arg, const asl_problem *problem)
{
    (void)arg;
    printf("# %s: %s\n", problem->key, problem->text);
}

static void check(const char *folder)
{
    asl_store *store = stored(folder);
    asl_check_counts counts = {0};
    asl_error error = {0};
    int rc = asl_check(store, show, NULL, &counts, &error);
    if (rc)
        printf("# %s\n", error.text);
    ok(!rc && !counts.problems && counts.executions, folder,
       "'asl check' finds it whole");
    asl_store_free(store);
}

static int load_line(void *arg, const char *line, size_t len)
{
    asl_error error = {0};
    if (asl_load(arg, line, len, NULL, &error))
        return printf("# %s\n", error.text);
    return 0;
}

static void dump(const char *folder)
{
    asl_store *store = stored(folder), *copy = new_store();
    asl_error error = {0};
    int rc = asl_dump(store, NULL, load_line, copy, &error);
    ok(!rc && is_as(folder, "told.txt", golden_told, copy), folder,
       "dumped and loaded it tells the same");
    asl_store_free(store);
    asl_store_free(copy);
}

static void tell(const char *folder)
{
    asl_store *store = stored(folder);
    ok(is_as(folder, "told.txt", golden_told, store), folder,
       "every execution is told as it was");
    golden_go_on(store);
    ok(is_as(folder, "ends.txt", golden_ends, store), folder,
       "what runs goes on to its end");
    asl_store_free(store);
}

static const char advice[] =
    "# Stores that are in use have the bytes of before. If a row is encoded otherwise, "
    "raise\n"
    "# ASLI_STORE_VERSION (engine/record.h), add the step from the version before to\n"
    "# engine/upkeep/upgrade.c, keep this folder, and write the next one by 'golden "
    "--make'. If\n"
    "# the engine only does other things (batches, order) in the same encoding, write "
    "this one\n"
    "# anew, in a commit of its own. docs/store-format.md says what needs a version.";

static void write_again(const char *folder)
{
    asl_store *store = new_store();
    golden_make(store);
    bool same = is_as(folder, "rows.txt", golden_rows, store);
    ok(same, folder, "the same executions make the same bytes");
    if (!same)
        puts(advice);
    asl_store_free(store);
}

/* ---- */

static void write_file(const char *folder, const char *name, fill_fn *fill,
                       asl_store *store)
{
    struct asli_bytes all = {0};
    FILE *out = open_file(folder, name, "wb");
    fill(store, &all);
    fwrite(all.data, 1, all.len, out);
    fclose(out);
    asli_bytes_done(&all);
}

static void make(const char *folder)
{
    asl_store *store = new_store();
    golden_make(store);
    write_file(folder, "rows.txt", golden_rows, store);
    write_file(folder, "told.txt", golden_told, store);
    golden_go_on(store);
    write_file(folder, "ends.txt", golden_ends, store);
    asl_store_free(store);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--make") == 0) {
        make(argv[2]);
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        check(argv[i]);
        tell(argv[i]);
        dump(argv[i]);
    }
    if (argc > 1)
        write_again(argv[argc - 1]); /* the last one is of today's version */
    printf("1..%d\n", case_count);
    return failed != 0;
}
