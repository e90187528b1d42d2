/* SPDX-License-Identifier: Apache-2.0
 *
 * jsonata-suite: runs the cases of a JSONata suite (datasets/NAME.json, groups/GROUP/FILE.json)
 * and says where the result is another. A case is one object or one of an array in its file.
 *
 * Exit status: 0 nothing failed, 1 something did, 2 wrong usage or a folder that cannot be read.
 */
#include <dirent.h>
#include <getopt.h>
#include <stdbool.h>
#include <strings.h>
#include <time.h>

#include <asl/jsonata.h>

#include "conformance/kit/need.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

#ifndef ASL_JSONATA_CASES
#define ASL_JSONATA_CASES "conformance/jsonata"
#endif
#define WIDTH 300          /* bytes of one value */
#define STEPS_PER_MS 20000 /* of a case's time limit */

struct suite {
    const char *dir, *filter;
    bool list_failures;
    size_t passed, failed;
};

/* One case, and where it stands. */
struct testcase {
    const struct suite *suite;
    const json_t *json;
    const char *group, *id;
};

/* ------------------------------------------------------------------ files */

static char *read_text(const char *path, size_t *ret_len)
{
    FILE *in = fopen(path, "rb");
    size_t cap = 0, len = 0, got;
    char *text = NULL;
    if (in == NULL)
        return NULL;
    do {
        text = need(realloc(text, cap = cap ? cap * 2 : 65536));
        got = fread(text + len, 1, cap - len - 1, in);
        len += got;
    } while (got > 0);
    fclose(in);
    text[len] = '\0';
    *ret_len = len;
    return text;
}

/* JSON text cannot hold a lone surrogate, which some cases have in an expression: there its
 * escape means the same, so the backslash is doubled. */
static char *keep_surrogates(const char *text, size_t *len)
{
    char *out = need(malloc(*len * 2 + 1));
    size_t n = 0;
    for (size_t i = 0; i < *len; i++) {
        out[n++] = text[i];
        if (text[i] != '\\')
            continue;
        bool high = strncasecmp(text + i, "\\ud8", 4) == 0;
        if (high && strncasecmp(text + i + 6, "\\ud", 3) != 0)
            out[n++] = '\\';
        else if (high)
            while (text[i + 1] != '\\') /* the pair's other half is no start of one */
                out[n++] = text[++i];
        out[n++] = text[++i];
    }
    out[n] = '\0';
    *len = n;
    return out;
}

static json_t *read_json(const char *path)
{
    asl_error error;
    json_t *json = NULL;
    size_t len;
    char *text = read_text(path, &len);
    if (text == NULL) {
        perror(path);
        return NULL;
    }
    char *kept = keep_surrogates(text, &len);
    if (asli_json_read(kept, len, &json, &error) != 0)
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
    free(kept);
    free(text);
    return json;
}

static char *path_to(const char *a, const char *b, const char *c, const char *d)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + strlen(d) + 4;
    char *path = need(malloc(size));
    snprintf(path, size, "%s/%s/%s%s", a, b, c, d);
    return path;
}

/* ------------------------------------------------------------------ what came out */

struct outcome {
    int status;
    asl_jsonata_result result;
    asl_jsonata_error error;
};

/* Numbers as doubles; the order of members does not matter, nor that of an unordered array. */
static bool same(const json_t *a, const json_t *b, bool unordered)
{
    if (!unordered || !json_is_array(a) || !json_is_array(b))
        return asli_json_equal(a, b);
    size_t len = json_array_size(a), found = 0;
    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; k < json_array_size(b); k++)
            if (asli_json_equal(json_array_get(a, i), json_array_get(b, k))) {
                found++;
                break;
            }
    return found == len && len == json_array_size(b);
}

static bool text_is(const json_t *expected, const char *got)
{
    return expected == NULL ||
           (json_is_string(expected) && strcmp(json_string_value(expected), got) == 0);
}

/* The value of an error is compared as JSON text. */
static bool value_is(const json_t *expected, const char *got)
{
    char *text = NULL;
    if (expected == NULL)
        return true;
    bool equal =
        asli_json_text(expected, &text, NULL, NULL) == 0 && strcmp(text, got) == 0;
    if (!equal && json_is_string(expected)) /* a lone surrogate stands as its escape */
        equal = strlen(got) > 2 &&
                strncasecmp(json_string_value(expected), got + 1, strlen(got) - 2) == 0;
    asli_free(text);
    return equal;
}

static bool expected_outcome(const json_t *testcase, const struct outcome *o)
{
    const json_t *result = json_object_get(testcase, "result");
    const json_t *error = json_object_get(testcase, "error");
    if (json_is_true(json_object_get(testcase, "undefinedResult")))
        return o->status == 0 && o->result.kind == ASL_JSONATA_UNDEFINED;
    if (result != NULL)
        return o->status == 0 && o->result.kind == ASL_JSONATA_VALUE &&
               same(result, o->result.value,
                    json_is_true(json_object_get(testcase, "unordered")));
    if (o->status == 0)
        return false;
    if (error == NULL)
        error = testcase;
    return text_is(json_object_get(error, "code"), o->error.code) &&
           text_is(json_object_get(error, "message"), o->error.message) &&
           text_is(json_object_get(error, "token"), o->error.token) &&
           text_is(json_object_get(error, "functionName"), o->error.token) &&
           value_is(json_object_get(error, "value"), o->error.value);
}

static void list(const struct testcase *t, const struct outcome *o)
{
    static const char *const keys[] = {"undefinedResult", "result", "error", "code"};
    char *expected = NULL, *got = NULL;
    const char *key = "nothing";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(t->json, keys[i]) != NULL) {
            key = keys[i];
            break;
        }
    const json_t *value = json_object_get(t->json, key);
    if (value != NULL)
        asli_json_text(value, &expected, NULL, NULL);
    if (o->status == 0 && o->result.value != NULL)
        asli_json_text(o->result.value, &got, NULL, NULL);
    printf("%s: , expected %s %.*s, got %.*s%s%s %s\n", t->id, key, WIDTH,
           expected ? expected : "", WIDTH, got ? got : "",
           o->status != 0                            ? o->error.code
           : o->result.kind == ASL_JSONATA_UNDEFINED ? "undefined"
                                                     : "",
           o->status != 0 ? ":" : "", o->status != 0 ? o->error.message : "");
    asli_free(expected);
    asli_free(got);
}

/* ------------------------------------------------------------------ running */

static double random_number(void *arg)
{
    return drand48();
}

static char *expression_of(const struct testcase *t, size_t *ret_len)
{
    const json_t *expr = json_object_get(t->json, "expr");
    const char *file = json_string_value(json_object_get(t->json, "expr-file"));
    if (expr != NULL) {
        *ret_len = json_string_length(expr);
        return need_text(json_string_value(expr), *ret_len);
    }
    char *folder = path_to(t->suite->dir, "groups", t->group, "");
    char *path = path_to(folder, ".", file ? file : "", "");
    char *text = read_text(path, ret_len);
    free(path);
    free(folder);
    return text;
}

/* The document; NULL: none. */
static json_t *input_of(const struct testcase *t)
{
    json_t *data = json_object_get(t->json, "data");
    const char *name = json_string_value(json_object_get(t->json, "dataset"));
    if (data != NULL)
        return json_incref(data);
    if (name == NULL)
        return NULL;
    char *path = path_to(t->suite->dir, "datasets", name, ".json");
    data = read_json(path);
    free(path);
    return data;
}

static void evaluate(const struct testcase *t, const asl_jsonata *expr, struct outcome *o)
{
    asl_jsonata_binding bindings[32];
    struct timespec now;
    json_t *data = input_of(t), *value;
    const char *name;
    size_t count = 0;
    clock_gettime(CLOCK_REALTIME, &now);
    json_object_foreach(json_object_get(t->json, "bindings"), name, value)
    {
        if (count < sizeof bindings / sizeof *bindings)
            bindings[count++] = (asl_jsonata_binding){name, value};
    }
    asl_jsonata_input input = {
        .size = sizeof input,
        .value = data,
        .bindings = bindings,
        .binding_count = count,
        .random = random_number,
        .now = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
        .depth = (int)json_integer_value(json_object_get(t->json, "depth")),
        .steps = (uint64_t)json_integer_value(json_object_get(t->json, "timelimit")) *
                 STEPS_PER_MS};
    o->status = asl_jsonata_eval(expr, &input, &o->result, &o->error);
    json_decref(data);
}

static void run_case(struct suite *s, const struct testcase *t)
{
    struct outcome o = {0};
    asl_jsonata *expr = NULL;
    size_t len = 0;
    char *text = expression_of(t, &len);
    if (text != NULL)
        o.status = asl_jsonata_compile(text, len, NULL, &expr, &o.error);
    if (expr != NULL)
        evaluate(t, expr, &o);
    bool passed = text != NULL && expected_outcome(t->json, &o);
    s->passed += passed;
    s->failed += !passed;
    if (!passed && s->list_failures)
        list(t, &o);
    if (o.status == 0)
        json_decref(o.result.value);
    asl_jsonata_free(expr);
    free(text);
}

static int run_file(struct suite *s, const char *group, const char *file)
{
    char *folder = path_to(s->dir, "groups", group, "");
    char *path = path_to(folder, ".", file, "");
    json_t *json = read_json(path);
    size_t count = json_is_array(json) ? json_array_size(json) : 1;
    for (size_t i = 0; json != NULL && i < count; i++) {
        char id[512];
        snprintf(id, sizeof id, "%s/%.*s/%zu", group, (int)(strlen(file) - 5), file, i);
        struct testcase t = {s, json_is_array(json) ? json_array_get(json, i) : json,
                             group, id};
        if (s->filter == NULL || strstr(id, s->filter) != NULL)
            run_case(s, &t);
    }
    free(path);
    free(folder);
    int result = json != NULL ? 0 : -1;
    json_decref(json);
    return result;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int run_group(struct suite *s, const char *group)
{
    struct dirent **files;
    int result = 0;
    char *folder = path_to(s->dir, "groups", group, "");
    int count = scandir(folder, &files, visible, alphasort);
    free(folder);
    for (int i = 0; i < count; i++) {
        size_t len = strlen(files[i]->d_name);
        if (len > 5 && strcmp(files[i]->d_name + len - 5, ".json") == 0 &&
            run_file(s, group, files[i]->d_name) != 0)
            result = -1;
        free(files[i]);
    }
    if (count >= 0)
        free(files);
    return result;
}

static int run_all(struct suite *s)
{
    struct dirent **groups;
    char *folder = path_to(s->dir, "groups", "", "");
    int count = scandir(folder, &groups, visible, alphasort), result = 0;
    if (count < 0) {
        perror(folder);
        result = -1;
    }
    for (int i = 0; i < count; i++) {
        if (run_group(s, groups[i]->d_name) != 0)
            result = -1;
        free(groups[i]);
    }
    if (count >= 0)
        free(groups);
    free(folder);
    return result;
}

/* ------------------------------------------------------------------ main */

static int usage(FILE *out)
{
    fputs("usage: jsonata-suite [--filter TEXT] [--list-failures] [DIR]\n"
          "Runs the JSONata cases below DIR, or the project's own.\n"
          "  --filter TEXT    only cases whose id (GROUP/FILE/NUMBER) contains TEXT\n"
          "  --list-failures  print ID: , expected, got\n",
          out);
    return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {{"filter", required_argument, NULL, 'f'},
                                          {"list-failures", no_argument, NULL, 'l'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    struct suite s = {.dir = ASL_JSONATA_CASES};
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (c == 'f')
            s.filter = optarg;
        else if (c == 'l')
            s.list_failures = true;
        else
            return usage(c == 'h' ? stdout : stderr);
    }
    if (optind + 1 < argc)
        return usage(stderr);
    if (optind < argc)
        s.dir = argv[optind];
    if (run_all(&s) != 0)
        return 2;
    printf("%zu passed, %zu failed, 0 skipped\n", s.passed, s.failed);
    return s.failed > 0 ? 1 : 0;
}
