/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiled form of a Choice rule, shared by choice_compile.c and choice.c. Nobody else
 * includes this.
 */
#ifndef ASLI_QUERY_CHOICE_IMPL_H
#define ASLI_QUERY_CHOICE_IMPL_H

#include "engine/base/alloc.h"
#include "engine/base/time.h"
#include "engine/query/choice.h"
#include "engine/query/path.h"
#include "engine/tbl/operators.h"

enum asli_family {
    ASLI_FAMILY_STRING,
    ASLI_FAMILY_NUMERIC,
    ASLI_FAMILY_TIMESTAMP,
    ASLI_FAMILY_BOOLEAN,
    ASLI_FAMILY_PATTERN,
    ASLI_FAMILY_TYPE,
};

enum asli_relation {
    ASLI_RELATION_EQUAL,
    ASLI_RELATION_LESS,
    ASLI_RELATION_GREATER,
    ASLI_RELATION_LESS_EQUAL,
    ASLI_RELATION_GREATER_EQUAL,
    ASLI_RELATION_NULL_VALUE,
    ASLI_RELATION_PRESENT,
    ASLI_RELATION_NUMBER_VALUE,
    ASLI_RELATION_STRING_VALUE,
    ASLI_RELATION_BOOLEAN_VALUE,
    ASLI_RELATION_TIMESTAMP_VALUE,
};

enum asli_right { ASLI_RIGHT_VALUE, ASLI_RIGHT_PATH };

struct asli_operator {
    const char *name;
    enum asli_family family;
    enum asli_relation relation;
    enum asli_right right;
};

enum asli_rule_kind { ASLI_RULE_TEST, ASLI_RULE_AND, ASLI_RULE_OR, ASLI_RULE_NOT };

struct asli_rule {
    enum asli_rule_kind kind;
    /* And, Or; Not has one, and is And turned round */
    struct asli_rule *rules;
    size_t count;
    /* a test */
    const struct asli_operator *op;
    struct asli_path *variable;
    struct asli_path *right;     /* operators ...Path, else NULL and */
    json_t *value;               /* this, or */
    struct asli_instant instant; /* this for Timestamp... */
};

#endif
