/* SPDX-License-Identifier: Apache-2.0
 *
 * docs/fields.md is made of the tables that drive the loader, and this test sees that it still
 * is. With ASL_WRITE_DOCS set in the environment it writes the page instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/load.h"
#include "engine/state.h"

static const char *const kinds[] = {
    [ASLI_FIELD_NONE] = "",
    [ASLI_FIELD_TEXT] = "text",
    [ASLI_FIELD_INT] = "integer",
    [ASLI_FIELD_NUMBER] = "number",
    [ASLI_FIELD_REFPATH] = "Reference Path",
    [ASLI_FIELD_PATH_NULL] = "Path or null",
    [ASLI_FIELD_RESULT_PATH] = "Reference Path into `$`, or null",
    [ASLI_FIELD_TEXT_PATH] = "Reference Path, or an intrinsic function that gives a text",
    [ASLI_FIELD_TEMPLATE] = "payload template",
    [ASLI_FIELD_ASSIGN] = "payload template of workflow variables",
    [ASLI_FIELD_JSON] = "JSON",
    [ASLI_FIELD_TIMESTAMP] = "RFC 3339 timestamp",
    [ASLI_FIELD_STATE] = "name of a state of the same scope",
    [ASLI_FIELD_SCOPE] = "object with StartAt and States",
};

static bool is_in(const struct asli_field *row, unsigned traits)
{
    return !row->traits || (row->traits & traits);
}

static void put_rule(struct asli_bytes *out, const struct asli_field *fields,
                     const struct asli_field *row, unsigned traits)
{
    const char *before = "";
    if (row->flags & ASLI_REQUIRED) {
        asli_bytes_adds(out, "required");
        before = "; ";
    }
    for (const struct asli_field *other = fields; row->group && other->name; other++) {
        if (other == row || other->group != row->group || !is_in(other, traits))
            continue;
        bool must = row->group >= 'A' && row->group <= 'Z';
        asli_bytes_addf(out, "%s%s `%s`", before, must ? "this or" : "not with",
                        other->name);
        before = "; ";
    }
    if (row->kind == ASLI_FIELD_INT && row->max)
        asli_bytes_addf(out, "%s%lld to %lld", before, (long long)row->min,
                        (long long)row->max);
    if (row->flags & ASLI_LATER)
        asli_bytes_adds(out, "not run by this version");
}

static void put_rows(struct asli_bytes *out, const struct asli_field *fields,
                     unsigned traits)
{
    for (const struct asli_field *row = fields; row && row->name; row++) {
        if (!is_in(row, traits))
            continue;
        asli_bytes_addf(out, "| `%s` | %s | %s | ", row->name, kinds[row->kind],
                        row->flags & ASLI_JSONPATH  ? "JSONPath"
                        : row->flags & ASLI_JSONATA ? "JSONata"
                                                    : "both");
        put_rule(out, fields, row, traits);
        asli_bytes_adds(out, " |\n");
    }
}

static void put_head(struct asli_bytes *out, const char *name)
{
    asli_bytes_addf(
        out, "\n## %s\n\n| field | value | query language | rule |\n|---|---|---|---|\n",
        name);
}

static char *page(void)
{
    struct asli_bytes out = {0};
    asli_bytes_adds(&out,
                    "# Fields\n\n"
                    "Which fields an object of a definition may have. This page is made "
                    "of the tables by\n"
                    "which definitions are loaded: `ASL_WRITE_DOCS=1 meson test -C build "
                    "fields_doc`. Where no\n"
                    "value is told, the object's own loader says what may stand.\n");
    for (const struct asli_field_table *t = asli_scope_tables; t->name; t++) {
        put_head(&out, t->name);
        put_rows(&out, t->fields, 0);
    }
    for (size_t i = 0; asli_state_types[i]; i++) {
        const struct asli_state_ops *ops = asli_state_types[i];
        put_head(&out, ops->type);
        put_rows(&out, ops->fields, 0);
        put_rows(&out, asli_common_table.fields, ops->traits | ASLI_EVERY_STATE);
    }
    for (const struct asli_field_table *t = asli_policy_tables; t->name; t++) {
        put_head(&out, t->name);
        put_rows(&out, t->fields, 0);
    }
    return asli_bytes_take_text(&out);
}

START_TEST(the_manuals_tables_are_the_loaders)
{
    const char *here = __FILE__, *slash = strstr(here, "engine/fields_doc_test.c");
    ASLI_AUTO(text) char *wanted = page();
    ASLI_AUTO(text)
    char *path = asli_printf("%.*sdocs/fields.md", (int)(slash - here), here);
    bool write = getenv("ASL_WRITE_DOCS") != NULL;
    FILE *file = fopen(path, write ? "w" : "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    if (write) {
        fputs(wanted, file);
    } else {
        static char found[65536];
        size_t len = fread(found, 1, sizeof found - 1, file);
        found[len] = '\0';
        ck_assert_msg(strcmp(found, wanted) == 0,
                      "docs/fields.md is not what the tables say: ASL_WRITE_DOCS=1");
    }
    fclose(file);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("fields_doc");
    TCase *tcase = tcase_create("fields_doc");
    tcase_add_test(tcase, the_manuals_tables_are_the_loaders);
    suite_add_tcase(suite, tcase);
    return suite;
}
