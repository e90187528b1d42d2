/* SPDX-License-Identifier: Apache-2.0
 *
 * The 18 intrinsic functions. A new one is a row here and a function in query/intrinsic_*.c.
 *
 * X(Name, least arguments, most arguments, may stand in ErrorPath and CausePath, function):
 * "States.Name" is implemented by asli_states_<function>. Too few or too many arguments is a
 * failure at run time, as on AWS, which also ignores any argument of States.UUID.
 */
#ifndef ASLI_TBL_INTRINSICS_H
#define ASLI_TBL_INTRINSICS_H

#define ASLI_ANY_COUNT ((size_t)-1)

#define ASLI_INTRINSICS(X)                                                               \
    X(Array, 0, ASLI_ANY_COUNT, false, array)                                            \
    X(ArrayPartition, 2, 2, false, array_partition)                                      \
    X(ArrayContains, 2, 2, false, array_contains)                                        \
    X(ArrayRange, 3, 3, false, array_range)                                              \
    X(ArrayGetItem, 2, 2, true, array_get_item)                                          \
    X(ArrayLength, 1, 1, false, array_length)                                            \
    X(ArrayUnique, 1, 1, false, array_unique)                                            \
    X(Base64Encode, 1, 1, true, base64_encode)                                           \
    X(Base64Decode, 1, 1, true, base64_decode)                                           \
    X(Hash, 2, 2, true, hash)                                                            \
    X(JsonMerge, 3, 3, false, json_merge)                                                \
    X(StringToJson, 1, 1, false, string_to_json)                                         \
    X(JsonToString, 1, 1, true, json_to_string)                                          \
    X(MathRandom, 2, 3, false, math_random)                                              \
    X(MathAdd, 2, 2, false, math_add)                                                    \
    X(StringSplit, 2, 2, false, string_split)                                            \
    X(UUID, 0, ASLI_ANY_COUNT, true, uuid)                                               \
    X(Format, 1, ASLI_ANY_COUNT, true, format)

#endif
