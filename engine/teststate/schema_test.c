/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of what services answer: every text follows the grammar, and whatever is named is there.
 */
#include <stdbool.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/tbl/integrations.h"

static const struct row {
    const char *name, *text;
} rows[] = {
#define X(name, text) {name, text},
#include "engine/tbl/schemas.h"
#undef X
};
#define ROWS (int)(sizeof rows / sizeof *rows)

static bool is_there(const char *service, size_t service_len, const char *name,
                     size_t len)
{
    for (int i = 0; i < ROWS; i++)
        if (strlen(rows[i].name) == service_len + len &&
            strncmp(rows[i].name, service, service_len) == 0 &&
            strncmp(rows[i].name + service_len, name, len) == 0)
            return true;
    return false;
}

static const char *limits(const char *at)
{
    if (*at != '(')
        return at;
    at += strcspn(at, ",") + 1;
    ck_assert_ptr_nonnull(strchr(at, ')'));
    return strchr(at, ')') + 1;
}

/* What follows one T. */
static const char *type(const struct row *row, const char *at)
{
    size_t len;
    switch (*at) {
    case '{':
        if (at[1] == '}')
            return at + 2;
        do {
            len = strcspn(++at, "!:");
            ck_assert_msg(len > 0 && len < 128 && at[len], "%s: a name at %s", row->name,
                          at);
            at += len + (at[len] == '!');
            ck_assert_msg(*at == ':', "%s: a colon at %s", row->name, at);
            at = type(row, at + 1);
        } while (*at == ',');
        break;
    case '[':
    case '<':
        at = type(row, at + 1);
        break;
    case '=':
        ck_assert_ptr_nonnull(strchr(at, ';'));
        return strchr(at, ';') + 1;
    case '@':
        len = strcspn(at, ";");
        ck_assert_msg(is_there(row->name, strcspn(row->name, ":@"), at, len),
                      "%s: no shape %.*s", row->name, (int)len, at);
        return at + len + 1;
    default:
        ck_assert_msg(*at && strchr("snb*", *at), "%s: a type at %s", row->name, at);
        return limits(at + 1);
    }
    ck_assert_msg(strchr("}]>", *at) != NULL && *at, "%s: an end at %s", row->name, at);
    return limits(at + 1);
}

START_TEST(every_text_follows_the_grammar)
{
    const char *end = type(&rows[_i], rows[_i].text);
    ck_assert_msg(*end == '\0', "%s: more at %s", rows[_i].name, end);
}
END_TEST

/* An action whose answer is empty has no row. */
START_TEST(every_polled_action_has_a_row)
{
    static const char *const polled[] = {
#define POLLED(name, action, polled) polled,
        ASLI_INTEGRATIONS(POLLED)
#undef POLLED
    };
    for (size_t i = 0; i < sizeof polled / sizeof *polled; i++)
        if (polled[i] && *polled[i])
            ck_assert_msg(is_there("", 0, polled[i], strlen(polled[i])), "%s", polled[i]);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("schema");
    TCase *t = tcase_create("schema");
    tcase_add_loop_test(t, every_text_follows_the_grammar, 0, ROWS);
    tcase_add_test(t, every_polled_action_has_a_row);
    suite_add_tcase(s, t);
    return s;
}
