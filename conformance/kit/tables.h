/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of DynamoDB's tables: JSON with ' for ", and calls that say what came of them.
 */
#ifndef KIT_TABLES_H
#define KIT_TABLES_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <asl/dynamodb.h>

#include "conformance/kit/quotes.h"
#include "engine/base/json.h"

static inline json_t *kit_json(const char *text)
{
    char *copy = kit_quoted(text);
    json_t *value = NULL;
    asl_error error = {0};
    ck_assert_msg(asli_json_read(copy, strlen(copy), &value, &error) == 0, "%s: %s", copy,
                  error.text);
    free(copy);
    return value;
}

static inline void kit_same(const json_t *got, const char *expected)
{
    json_t *wanted = kit_json(expected);
    char *text = need(json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY));
    ck_assert_msg(json_equal(got, wanted), "%s, expected %s", text, expected);
    free(text);
    json_decref(wanted);
}

/* The response as JSON text with ' for ", or "EXCEPTION: message". To be freed. */
static inline char *kit_call(asl_dynamodb *db, const char *action, const char *request)
{
    json_t *parameters = kit_json(request), *answer = NULL;
    char *error = NULL, *message = NULL, *text;
    asl_error trouble = {0};
    ck_assert_msg(asl_dynamodb_call(db, action, parameters, &answer, &error, &message,
                                    &trouble) == 0,
                  "%s", trouble.text);
    if (answer) {
        text = need(json_dumps(answer, JSON_COMPACT));
        for (char *p = text; *p; p++)
            *p = *p == '"' ? '\'' : *p;
    } else {
        size_t size = strlen(error) + strlen(message) + 3;
        text = need(malloc(size));
        snprintf(text, size, "%s: %s", error, message);
    }
    asl_free(error);
    asl_free(message);
    json_decref(parameters);
    json_decref(answer);
    return text;
}

static inline void kit_gives(asl_dynamodb *db, const char *action, const char *request,
                             const char *expected)
{
    char *got = kit_call(db, action, request);
    ck_assert_str_eq(got, expected);
    free(got);
}

#endif
