/* SPDX-License-Identifier: Apache-2.0
 *
 * Payloads: see payload.h for the invariant.
 */
#include "engine/payload.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/record.h"

struct asli_payload *asli_payload_new(json_t *take_tree)
{
    return take_tree ? asli_payload_new_text(take_tree, NULL, 0) : NULL;
}

struct asli_payload *asli_payload_new_text(json_t *take_tree, char *take_text, size_t len)
{
    struct asli_payload *p = asli_alloc(sizeof *p);
    if (!p) {
        json_decref(take_tree);
        asli_free(take_text);
        return NULL;
    }
    p->refs = 1;
    p->tree = take_tree;
    p->text = take_text;
    p->len = len;
    return p;
}

int asli_payload_parse(const char *text, size_t len, struct asli_payload **ret_payload,
                       asl_error *reterr)
{
    bool compact;
    if (len == (size_t)-1)
        len = strlen(text);
    int rc = asli_json_check(text, len, &compact, reterr);
    if (rc)
        return rc;
    char *copy = asli_strndup(text, len);
    struct asli_payload *p = copy ? asli_payload_new_text(NULL, copy, len) : NULL;
    if (!p)
        return asli_oom(reterr);
    p->verbatim = !compact;
    *ret_payload = p;
    return 0;
}

struct asli_payload *asli_payload_stored(uint64_t row, uint64_t event, uint32_t part)
{
    struct asli_payload *p = asli_alloc(sizeof *p);
    if (p) {
        p->refs = 1;
        p->row = row;
        p->event = event;
        p->part = part;
        p->verbatim = true; /* its text may be an outsider's */
    }
    return p;
}

struct asli_payload *asli_payload_ref(struct asli_payload *payload)
{
    if (payload)
        payload->refs++;
    return payload;
}

void asli_payload_unref(struct asli_payload *payload)
{
    if (!payload || --payload->refs)
        return;
    json_decref(payload->tree);
    asli_free(payload->text);
    asli_free(payload);
}

static int not_json(const struct asli_payload *payload, asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EFORMAT, "a stored payload (event %llu) is not JSON",
                         (unsigned long long)payload->event);
}

int asli_payload_tree(struct asli_payload *payload, struct asli_execution *x,
                      json_t **tree, asl_error *reterr)
{
    if (!payload->tree) {
        int rc = asli_payload_text(payload, x, reterr);
        if (rc)
            return rc;
        rc = asli_json_read(payload->text, payload->len, &payload->tree, reterr);
        if (rc)
            return rc == ASL_EJSON ? not_json(payload, reterr) : rc;
    }
    *tree = payload->tree;
    return 0;
}

int asli_payload_text(struct asli_payload *payload, struct asli_execution *x,
                      asl_error *reterr)
{
    if (payload->text)
        return 0;
    if (payload->tree)
        return asli_json_text(payload->tree, &payload->text, &payload->len, reterr);
    int rc = asli_record_payload(x, payload, &payload->text, &payload->len, reterr);
    if (!rc)
        x->bytes += payload->len;
    return rc;
}

/* Of a verbatim one: whether its text is compact as it stands. */
static int look(struct asli_payload *payload, struct asli_execution *x, bool *ret_compact,
                asl_error *reterr)
{
    int rc = asli_payload_text(payload, x, reterr);
    if (!rc)
        rc = asli_json_check(payload->text, payload->len, ret_compact, reterr);
    return rc == ASL_EJSON ? not_json(payload, reterr) : rc;
}

/* A twin with the text that we write. */
static int rewrite(struct asli_payload *payload, struct asli_execution *x,
                   struct asli_payload **ret_payload, asl_error *reterr)
{
    json_t *tree;
    char *text;
    size_t len;
    int rc = asli_payload_tree(payload, x, &tree, reterr);
    if (!rc)
        rc = asli_json_text(tree, &text, &len, reterr);
    if (rc)
        return rc;
    *ret_payload = asli_payload_new_text(json_incref(tree), text, len);
    return *ret_payload ? 0 : asli_oom(reterr);
}

int asli_payload_compact(struct asli_payload *payload, struct asli_execution *x,
                         struct asli_payload **ret_payload, asl_error *reterr)
{
    struct asli_payload *twin = NULL;
    if (payload->verbatim) {
        bool compact;
        int rc = look(payload, x, &compact, reterr);
        if (!rc && !compact)
            rc = rewrite(payload, x, &twin, reterr);
        if (rc)
            return rc;
        if (twin && (twin->len != payload->len ||
                     memcmp(twin->text, payload->text, twin->len) != 0)) {
            *ret_payload = twin;
            return 0;
        }
        asli_payload_unref(twin);
        payload->verbatim = false;
    }
    *ret_payload = asli_payload_ref(payload);
    return 0;
}
