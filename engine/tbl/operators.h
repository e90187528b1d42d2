/* SPDX-License-Identifier: Apache-2.0
 *
 * The 39 data-test operators of a Choice rule.
 *
 * X(Name, family, relation, right): the family says which values are comparable and how, the
 * relation which outcome matches, the right side whether the operand is a VALUE in the
 * definition or a PATH into the input. For the Is... family the relation is the type asked for.
 */
#ifndef ASLI_TBL_OPERATORS_H
#define ASLI_TBL_OPERATORS_H

#define ASLI_OPERATORS_ORDERED(X, Prefix, FAMILY)                                        \
    X(Prefix##Equals, FAMILY, EQUAL, VALUE)                                              \
    X(Prefix##EqualsPath, FAMILY, EQUAL, PATH)                                           \
    X(Prefix##LessThan, FAMILY, LESS, VALUE)                                             \
    X(Prefix##LessThanPath, FAMILY, LESS, PATH)                                          \
    X(Prefix##GreaterThan, FAMILY, GREATER, VALUE)                                       \
    X(Prefix##GreaterThanPath, FAMILY, GREATER, PATH)                                    \
    X(Prefix##LessThanEquals, FAMILY, LESS_EQUAL, VALUE)                                 \
    X(Prefix##LessThanEqualsPath, FAMILY, LESS_EQUAL, PATH)                              \
    X(Prefix##GreaterThanEquals, FAMILY, GREATER_EQUAL, VALUE)                           \
    X(Prefix##GreaterThanEqualsPath, FAMILY, GREATER_EQUAL, PATH)

#define ASLI_OPERATORS(X)                                                                \
    ASLI_OPERATORS_ORDERED(X, String, STRING)                                            \
    ASLI_OPERATORS_ORDERED(X, Numeric, NUMERIC)                                          \
    ASLI_OPERATORS_ORDERED(X, Timestamp, TIMESTAMP)                                      \
    X(BooleanEquals, BOOLEAN, EQUAL, VALUE)                                              \
    X(BooleanEqualsPath, BOOLEAN, EQUAL, PATH)                                           \
    X(StringMatches, PATTERN, EQUAL, VALUE)                                              \
    X(IsNull, TYPE, NULL_VALUE, VALUE)                                                   \
    X(IsPresent, TYPE, PRESENT, VALUE)                                                   \
    X(IsNumeric, TYPE, NUMBER_VALUE, VALUE)                                              \
    X(IsString, TYPE, STRING_VALUE, VALUE)                                               \
    X(IsBoolean, TYPE, BOOLEAN_VALUE, VALUE)                                             \
    X(IsTimestamp, TYPE, TIMESTAMP_VALUE, VALUE)

#endif
