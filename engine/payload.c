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
    struct asli_payload *p = take_tree ? asli_alloc(sizeof *p) : NULL;
    if (!p) {
        json_decref(take_tree);
        return NULL;
    }
    p->refs = 1;
    p->tree = take_tree;
    return p;
}

struct asli_payload *asli_payload_new_text(json_t *take_tree, char *take_text, size_t len)
{
    struct asli_payload *p = asli_payload_new(take_tree);
    if (!p) {
        asli_free(take_text);
        return NULL;
    }
    p->text = take_text;
    p->len = len;
    p->verbatim = true;
    return p;
}

int asli_payload_parse(const char *text, size_t len, struct asli_payload **ret_payload,
                       asl_error *reterr)
{
    json_t *tree;
    if (len == (size_t)-1)
        len = strlen(text);
    int rc = asli_json_read(text, len, &tree, reterr);
    if (rc)
        return rc;
    char *copy = asli_strndup(text, len);
    if (!copy) {
        json_decref(tree);
        return asli_oom(reterr);
    }
    *ret_payload = asli_payload_new_text(tree, copy, len);
    return *ret_payload ? 0 : asli_oom(reterr);
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

int asli_payload_tree(struct asli_payload *payload, struct asli_execution *x,
                      json_t **tree, asl_error *reterr)
{
    if (!payload->tree) {
        int rc = asli_payload_text(payload, x, reterr);
        if (rc)
            return rc;
        rc = asli_json_read(payload->text, payload->len, &payload->tree, reterr);
        if (rc)
            return rc == ASL_EJSON
                       ? asl_error_set(reterr, ASL_EFORMAT,
                                       "a stored payload (event %llu) is not JSON",
                                       (unsigned long long)payload->event)
                       : rc;
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

int asli_payload_compact(struct asli_payload *payload, struct asli_execution *x,
                         struct asli_payload **ret_payload, asl_error *reterr)
{
    if (payload->verbatim) {
        json_t *tree;
        char *text;
        size_t len;
        int rc = asli_payload_tree(payload, x, &tree, reterr);
        if (!rc)
            rc = asli_json_text(tree, &text, &len, reterr);
        if (rc)
            return rc;
        if (len != payload->len || memcmp(text, payload->text, len) != 0) {
            struct asli_payload *twin =
                asli_payload_new_text(json_incref(tree), text, len);
            if (!twin)
                return asli_oom(reterr);
            twin->verbatim = false;
            *ret_payload = twin;
            return 0;
        }
        asli_free(text);
        payload->verbatim = false;
    }
    *ret_payload = asli_payload_ref(payload);
    return 0;
}
