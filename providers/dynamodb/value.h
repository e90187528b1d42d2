/* SPDX-License-Identifier: Apache-2.0
 *
 * DynamoDB's attribute values, as JSON in its typed form: {"S": "text"}, {"N": "1.5"}, ...
 *
 * Values come in through asli_dyn_value or asli_dyn_values, which check them and make their one
 * form: numbers by decimal.h, base64 without slack, sets by set.h. So most values are equal when
 * their texts are.
 * They are shared and never changed. Functions return 0, ASLI_FAILED with DynamoDB's exception
 * as failure->error and its sentence as failure->cause, or ASL_ENOMEM.
 */
#ifndef ASLI_DYNAMODB_VALUE_H
#define ASLI_DYNAMODB_VALUE_H

#include <jansson.h>
#include <stdbool.h>

#include "engine/base/error.h"
#include "providers/dynamodb/decimal.h"

/* X(TYPE, its word in messages of ADD and DELETE) */
#define ASLI_DYN_TYPES(X)                                                                \
    X(S, "STRING")                                                                       \
    X(N, "NUMBER")                                                                       \
    X(B, "BINARY")                                                                       \
    X(NULL, "NULL")                                                                      \
    X(BOOL, "BOOLEAN")                                                                   \
    X(M, "MAP")                                                                          \
    X(L, "LIST")                                                                         \
    X(SS, "STRING_SET")                                                                  \
    X(NS, "NUMBER_SET")                                                                  \
    X(BS, "BINARY_SET")

enum asli_dyn_type {
#define ASLI_DYN_TYPE_ID(type, word) ASLI_DYN_##type,
    ASLI_DYN_TYPES(ASLI_DYN_TYPE_ID)
#undef ASLI_DYN_TYPE_ID
        ASLI_DYN_TYPE_COUNT
};

#define ASLI_DYN_VALIDATION "ValidationException"
/* What AWS refuses before the service is asked. */
#define ASLI_DYN_RUNTIME "States.Runtime"
#define ASLI_DYN_ITEM_MAX 409600

/* "S", "N", ...; the enum of such a name, or ASLI_DYN_TYPE_COUNT. */
const char *asli_dyn_type_name(enum asli_dyn_type type);
const char *asli_dyn_type_word(enum asli_dyn_type type);
enum asli_dyn_type asli_dyn_type_of_name(const char *name);

/* Of a checked value: its type, and what stands under it. */
enum asli_dyn_type asli_dyn_type(const json_t *value);
json_t *asli_dyn_payload(const json_t *value);
/* A new value of that type; NULL: oom. */
json_t *asli_dyn_make(enum asli_dyn_type type, json_t *take_payload);

/* Checks one value, or an object of them; *ret_value is new. */
int asli_dyn_value(const json_t *raw, json_t **ret_value, struct asli_failure *failure,
                   asl_error *reterr);
int asli_dyn_values(const json_t *raw, json_t **ret_values, struct asli_failure *failure,
                    asl_error *reterr);

bool asli_dyn_equal(const json_t *a, const json_t *b);
/* Orders two of one type S, N or B; false: they cannot be compared. */
bool asli_dyn_compare(const json_t *a, const json_t *b, int *ret_order);
/* begins_with, contains, size; false for types that have none. */
bool asli_dyn_begins_with(const json_t *value, const json_t *prefix);
bool asli_dyn_contains(const json_t *value, const json_t *part);
bool asli_dyn_size(const json_t *value, size_t *ret_size);
/* The number of a value of type N. */
struct asli_decimal asli_dyn_number(const json_t *value);

/* DynamoDB's sentence for what does not fit into a number; NULL for ASLI_DECIMAL_OK. */
const char *asli_dyn_number_text(enum asli_decimal_code code);

/* What an item (names to values) counts against ASLI_DYN_ITEM_MAX. */
size_t asli_dyn_item_size(const json_t *item);

#endif
