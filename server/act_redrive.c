/* SPDX-License-Identifier: Apache-2.0
 *
 * RedriveExecution, which a client token makes repeatable: the last ten of an execution are known for
 * a quarter of an hour.
 *
 * They are a row of the store, "redrive/HASH" of the execution's ARN: [{"token", "time"}, ...] in
 * milliseconds, the oldest first. It is written with the redrive itself, and back when that was
 * refused.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <asl/host.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "server/act.h"

#define KNOWN_MS (15 * 60 * 1000)
#define KNOWN_MAX 10

struct redrive {
    struct asli_call *call;
    json_t *before; /* the tokens that were known; NULL: no token was given */
};

struct key {
    char text[32];
    size_t len;
};

static struct key key_of(const struct asli_call *call)
{
    const char *arn = asli_input_text(call, "executionArn");
    struct key key;
    key.len = (size_t)snprintf(key.text, sizeof key.text, "redrive/%016" PRIx64,
                               asli_hash(arn, strlen(arn)));
    return key;
}

/* ---- the row ---- */

static int parse(void *arg, const asl_row *row)
{
    return asli_json_read(row->value, row->value_len, arg, NULL);
}

/* The tokens that are still known; an empty array: none. */
static int read_known(const struct asli_call *call, int64_t now, json_t **ret_known,
                      asl_error *reterr)
{
    ASLI_AUTO(json) json_t *stored = NULL;
    struct key key = key_of(call);
    size_t i;
    json_t *one;
    int rc = asl_rows_scan(asli_call_tenant(call)->store, key.text, key.len, parse,
                           &stored, reterr);
    json_t *known = rc ? NULL : json_array();
    json_array_foreach(stored, i, one)
    {
        int64_t time = json_integer_value(json_object_get(one, "time"));
        if (known && now - time < KNOWN_MS && json_array_append(known, one) != 0) {
            json_decref(known);
            known = NULL;
        }
    }
    if (!known)
        return rc ? rc : asli_oom(reterr);
    *ret_known = known;
    return 0;
}

static bool knows(const json_t *known, const char *token)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)known, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "token")), token) == 0)
            return true;
    }
    return false;
}

static int write_known(const struct asli_call *call, const json_t *known,
                       asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    struct key key = key_of(call);
    asl_row row = {key.text, key.len, NULL, 0};
    int rc =
        json_array_size(known) ? asli_json_text(known, &text, &row.value_len, reterr) : 0;
    row.value = text;
    return rc ? rc
              : asl_engine_write_rows(asli_call_tenant(call)->engine, &row, 1, NULL, NULL,
                                      reterr);
}

/* `known` with one more, and without the oldest when there are too many. */
static json_t *with(const json_t *known, const char *token, int64_t now)
{
    json_t *tokens = json_array(), *one = json_object();
    if (json_array_extend(tokens, (json_t *)known) ||
        json_object_set_new(one, "token", json_string(token)) ||
        json_object_set_new(one, "time", json_integer(now)) ||
        json_array_append(tokens, one)) {
        json_decref(tokens);
        tokens = NULL;
    }
    json_decref(one);
    if (json_array_size(tokens) > KNOWN_MAX)
        json_array_remove(tokens, 0);
    return tokens;
}

/* ---- the redrive ---- */

static void on_redriven(void *arg, int code, const char *text)
{
    struct redrive *r = arg;
    struct asli_call *call = r->call;
    if (code && r->before)
        write_known(call, r->before, NULL); /* or else the token is known for a while */
    json_decref(r->before);
    asli_free(r);
    if (code)
        asli_call_fail_code(call, code, text, NULL);
    else
        asli_act_answer_date(call, "redriveDate");
}

/* `known` NULL: without a token. */
static int redrive(struct asli_call *call, json_t *known, int64_t now, asl_error *reterr)
{
    struct redrive *r = asli_alloc(sizeof *r);
    json_t *tokens =
        known ? with(known, asli_input_text(call, "clientToken"), now) : NULL;
    int rc = !r || (known && !tokens) ? asli_oom(reterr) : 0;
    if (!rc) {
        *r = (struct redrive){call, json_incref(known)};
        rc = asl_redrive(asli_call_tenant(call)->engine,
                         asli_input_text(call, "executionArn"), on_redriven, r, reterr);
    }
    if (!rc && tokens)
        write_known(call, tokens, NULL); /* for want of memory, a repetition is refused */
    json_decref(tokens);
    if (rc && r) {
        json_decref(r->before);
        asli_free(r);
    }
    return rc;
}

void asli_act_RedriveExecution(struct asli_call *call)
{
    const char *token = asli_input_text(call, "clientToken");
    int64_t now = (int64_t)time(NULL) * 1000;
    json_t *known = NULL;
    asl_error err = {0};
    if (!asli_act_execution(call, asli_input_text(call, "executionArn")))
        return;
    int rc = token ? read_known(call, now, &known, &err) : 0;
    bool again = !rc && token && knows(known, token);
    if (again)
        asli_act_answer_date(call, "redriveDate");
    else if (!rc)
        rc = redrive(call, known, now, &err);
    json_decref(known);
    if (rc)
        asli_call_fail(call, &err);
}
