/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and reading cases, one JSON file each.
 *
 * Invariant: what is skipped is what the engine does not claim to do, or what the recording does
 * not hold enough of; the tables below are the whole list.
 */
#include "conformance/cases.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "conformance/kit/need.h"
#include "engine/base/json.h"

/* Of executions: needs beyond an engine, or tasks whose results were not recorded. */
static const char *const skips[] = {"mocks-unknown", "child-mocks-unknown",
                                    "cloudformation", "eventbridge-notifications"};

static bool lists(const json_t *testcase, const char *need)
{
    size_t i;
    json_t *text;
    json_array_foreach(json_object_get(testcase, "needs"), i, text)
    {
        if (json_is_string(text) && strcmp(json_string_value(text), need) == 0)
            return true;
    }
    return false;
}

static const char *skip_reason(const struct cases *cases, const json_t *testcase,
                               const char *kind)
{
    const json_t *refusal =
        json_object_get(json_object_get(testcase, "expect"), "error_response");
    for (size_t i = 0; i < sizeof skips / sizeof *skips; i++)
        if (strcmp(kind, "execution") == 0 && lists(testcase, skips[i]))
            return skips[i];
    if (json_is_true(json_object_get(refusal, "client_side")))
        return "the client library refuses it";
    return cases->lacks != NULL && lists(testcase, cases->lacks) ? cases->lacks : NULL;
}

/* Is `word` among the words of `text`? */
static bool has_word(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += len)
        if ((at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static char *read_all(FILE *in, size_t *ret_len)
{
    size_t cap = 1 << 16, len = 0;
    char *text = need(malloc(cap));
    for (size_t n; (n = fread(text + len, 1, cap - len, in)) > 0;) {
        len += n;
        if (len == cap)
            text = need(realloc(text, cap *= 2));
    }
    *ret_len = len;
    return text;
}

json_t *cases_read(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    size_t len;
    char *text = read_all(in, &len);
    fclose(in);
    json_t *value = NULL;
    asl_error error = {0};
    if (asli_json_read(text, len, &value, &error) != 0)
        fprintf(stderr, "%s:%d:%d: %s\n", path, error.line, error.column, error.text);
    free(text);
    return value;
}

/* A definition that stands in a file of its own; its path is relative to the case's. */
static int read_definition(json_t *testcase, const char *path)
{
    const char *name = json_string_value(json_object_get(testcase, "definition_file"));
    const char *slash = strrchr(path, '/');
    char *full;
    if (name == NULL)
        return 0;
    if (asprintf(&full, "%.*s/%s", slash != NULL ? (int)(slash - path) : 1,
                 slash != NULL ? path : ".", name) < 0)
        need(NULL);
    int rc = json_object_set_new(testcase, "definition", cases_read(full));
    free(full);
    return rc;
}

static int add(struct cases *cases, const char *path, const char *filter)
{
    json_t *json = cases_read(path);
    const char *id = json_string_value(json_object_get(json, "id"));
    const char *kind = json_string_value(json_object_get(json, "kind"));
    if (id == NULL || kind == NULL) {
        if (json != NULL)
            fprintf(stderr, "%s: not a case: it has no id or no kind\n", path);
        json_decref(json);
        return -1;
    }
    if (!has_word(cases->kinds, kind) || (filter != NULL && strstr(id, filter) == NULL)) {
        json_decref(json);
        return 0;
    }
    if (read_definition(json, path) != 0) {
        json_decref(json);
        return -1;
    }
    cases->items =
        need_room(cases->items, cases->count, &cases->cap, sizeof *cases->items);
    cases->items[cases->count++] =
        (struct testcase){.json = json, .id = id, .skip = skip_reason(cases, json, kind)};
    return 0;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int is_json(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

static int is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cases_load(struct cases *cases, const char *dir, const char *filter)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, visible, alphasort), rc = n < 0 ? -1 : 0;
    if (n < 0)
        fprintf(stderr, "%s: %s\n", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *path;
        if (asprintf(&path, "%s/%s", dir, entries[i]->d_name) < 0)
            need(NULL);
        if (rc == 0 && is_dir(path))
            rc = cases_load(cases, path, filter);
        else if (rc == 0 && is_json(path))
            rc = add(cases, path, filter);
        free(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return rc;
}

void cases_done(struct cases *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        json_decref(cases->items[i].json);
    free(cases->items);
}
