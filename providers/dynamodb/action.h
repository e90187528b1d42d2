/* SPDX-License-Identifier: Apache-2.0
 *
 * The four actions: a request in, a response or DynamoDB's refusal out.
 */
#ifndef ASLI_DYNAMODB_ACTION_H
#define ASLI_DYNAMODB_ACTION_H

#include "providers/dynamodb/expression.h"
#include "providers/dynamodb/tables.h"

/* X(ID, bit, name) */
#define ASLI_DYN_ACTIONS(X)                                                              \
    X(GET, 1, "getItem")                                                                 \
    X(PUT, 2, "putItem")                                                                 \
    X(UPDATE, 4, "updateItem")                                                           \
    X(DELETE, 8, "deleteItem")

enum asli_dyn_action {
#define ASLI_DYN_ACTION_ID(id, bit, name) ASLI_DYN_DO_##id = (bit),
    ASLI_DYN_ACTIONS(ASLI_DYN_ACTION_ID)
#undef ASLI_DYN_ACTION_ID
        ASLI_DYN_DO_NOTHING = 0
};

enum asli_dyn_action asli_dyn_action_of_name(const char *name);

/* A request, checked and with its expressions read: what request.c makes for action.c. */
struct asli_dyn_request {
    asl_dynamodb *db;
    enum asli_dyn_action action;
    const json_t *raw;
    struct asli_dyn_arena arena;
    struct asli_dyn_scope scope;
    const struct asli_dyn_table *table;
    struct asli_dyn_row row;
    json_t *item;                          /* putItem: the item; else its keys */
    const struct asli_dyn_node *condition; /* NULL: none */
    struct asli_dyn_update update;         /* without changes: none */
    struct asli_dyn_paths projection;      /* without paths: all */
    struct asli_failure *failure;
    asl_error *reterr;
};

/* Fills a request whose db, action, raw, failure and reterr are set. */
int asli_dyn_request_read(struct asli_dyn_request *r);
void asli_dyn_request_done(struct asli_dyn_request *r);
/* A text of the request, NULL when it is not given. */
const char *asli_dyn_request_text(const struct asli_dyn_request *r, const char *field);

/* Does it. With a token, an answer that was given for it before is given again when `again`, and
 * a write keeps its answer. 0, ASLI_FAILED (failure: exception and message) or an ASL_E code. */
int asli_dyn_act(asl_dynamodb *db, enum asli_dyn_action action, const json_t *request,
                 const char *token, bool again, json_t **ret_answer,
                 struct asli_failure *failure, asl_error *reterr);

/* A new value with the members of all objects in the order of Java's HashMap, which is how AWS
 * shows DynamoDB's maps. NULL: oom. */
json_t *asli_dyn_java_order(const json_t *value);

#endif
