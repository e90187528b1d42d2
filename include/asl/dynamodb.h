/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/dynamodb.h: DynamoDB's getItem, putItem, updateItem and deleteItem on tables of one's own.
 *
 * A set of tables lives in an asl_store, a store of its own and not the engine's. Given to an
 * engine it serves arn:aws:states:::dynamodb:getItem and its like, and the same of
 * aws-sdk:dynamodb, with DynamoDB's answers and errors in DynamoDB's words.
 *
 * Guarantees. A condition is checked and the write done under one lock, and the store belongs to
 * this set alone: nothing comes between. What a task wrote is kept together with its answer, so a
 * task that is given out again after a crash does not write again, it gets the same answer.
 *
 * Items, keys and requests are JSON in DynamoDB's typed form: {"Id": {"S": "a"}, "n": {"N": "1"}}.
 */
#ifndef ASL_DYNAMODB_H
#define ASL_DYNAMODB_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asl_dynamodb asl_dynamodb;

/* Opens a set of tables. `take_store` NULL: in memory, gone when freed. A store opened read_only
 * can be read. Errors: ASL_EFORMAT (the store holds something else), the store's, ASL_ENOMEM. */
ASL_API int asl_dynamodb_open(asl_store *take_store, asl_dynamodb **ret_tables,
                              asl_error *reterr);

/* Gives up the caller's reference; engines that serve the tables hold their own, and the store is
 * freed with the last one. Thread: any. */
ASL_API void asl_dynamodb_free(asl_dynamodb *tables);

/* Makes a table unless it exists. A key is an attribute's name, of type S, or NAME=N, NAME=B;
 * `range_key` may be NULL. Errors: ASL_EEXISTS (with other keys), ASL_EINVAL (a name: 3 to 255 of
 * letters, digits, '_', '-' and '.'), the store's, ASL_ENOMEM. Thread: any. */
ASL_API int asl_dynamodb_table(asl_dynamodb *tables, const char *name,
                               const char *hash_key, const char *range_key,
                               asl_error *reterr);

/* Lets an engine's tasks use the tables. Errors: ASL_ENOMEM. */
ASL_API int asl_dynamodb_serve(asl_dynamodb *tables, asl_engine *engine,
                               asl_error *reterr);

/* Does what the service does: `action` is "getItem", "putItem", "updateItem" or "deleteItem",
 * `request` its parameters. Either *ret_answer is the response, or it is NULL and *ret_error,
 * *ret_message are DynamoDB's exception ("ConditionalCheckFailedException") and its message.
 * Errors: ASL_EINVAL (no such action), the store's, ASL_ENOMEM. Thread: any. */
ASL_API int asl_dynamodb_call(asl_dynamodb *tables, const char *action,
                              const json_t *request, json_t **ret_answer,
                              char **ret_error, char **ret_message, asl_error *reterr);

/* Calls fn for every item of a table, in no particular order, until it returns something else
 * than 0, which is then returned. Errors: ASL_ENOTFOUND, ASL_EFORMAT, the store's, ASL_ENOMEM.
 * Thread: any. */
typedef int asl_dynamodb_item_fn(void *arg, const json_t *item);
ASL_API int asl_dynamodb_scan(asl_dynamodb *tables, const char *table,
                              asl_dynamodb_item_fn *fn, void *arg, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
