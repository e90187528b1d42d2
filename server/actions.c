/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of actions and shapes, made of their rows.
 */
#include <stdlib.h>
#include <string.h>

#include "server/shape.h"

#define NO_LIMIT ASLI_NO_LIMIT
#define TEXT(n, shortest, longest)                                                       \
    static const struct asli_shape shape_##n = {                                         \
        .name = #n, .kind = ASLI_TEXT, .min = shortest, .max = longest};
#define SECRET(n, shortest, longest)                                                     \
    static const struct asli_shape shape_##n = {                                         \
        .name = #n, .kind = ASLI_TEXT, .secret = true, .min = shortest, .max = longest};
#define PATTERN(n, shortest, longest, pattern, in_pcre)                                  \
    static const struct asli_shape shape_##n = {.name = #n,                              \
                                                .kind = ASLI_TEXT,                       \
                                                .min = shortest,                         \
                                                .max = longest,                          \
                                                .rule = pattern,                         \
                                                .pcre = in_pcre};
#define ENUM(n, values)                                                                  \
    static const struct asli_shape shape_##n = {                                         \
        .name = #n, .kind = ASLI_ENUM, .max = NO_LIMIT, .rule = values};
#define NUMBER(n, type, smallest, largest)                                               \
    static const struct asli_shape shape_##n = {                                         \
        .name = #n, .kind = ASLI_##type, .min = smallest, .max = largest};
#define BOOLEAN(n)                                                                       \
    static const struct asli_shape shape_##n = {                                         \
        .name = #n, .kind = ASLI_BOOLEAN, .max = NO_LIMIT};
#define LIST(n, of, shortest, longest)                                                   \
    static const struct asli_shape shape_##n = {.name = #n,                              \
                                                .kind = ASLI_LIST,                       \
                                                .min = shortest,                         \
                                                .max = longest,                          \
                                                .item = &shape_##of};
#define NEEDS(n, of) {#n, &shape_##of, true},
#define TAKES(n, of) {#n, &shape_##of, false},
#define MADE_OF(list)                                                                    \
    .kind = ASLI_STRUCTURE, .max = NO_LIMIT, .members = (list),                          \
    .count = sizeof(list) / sizeof((list)[0])
#define STRUCTURE(n, list)                                                               \
    static const struct asli_member members_##n[] = {list};                              \
    static const struct asli_shape shape_##n = {.name = #n, MADE_OF(members_##n)};
#include "server/tbl/shapes.h"

#define ACTION(n, list) static const struct asli_member input_##n[] = {list};
#include "server/tbl/actions.h"
#undef ACTION

static const struct asli_action actions[] = {
#define ACTION(n, list) {#n, asli_act_##n, {.name = #n "Input", MADE_OF(input_##n)}},
#include "server/tbl/actions.h"
};

static int compare(const void *name, const void *action)
{
    return strcmp(name, ((const struct asli_action *)action)->name);
}

const struct asli_action *asli_action_find(const char *name)
{
    return bsearch(name, actions, sizeof actions / sizeof actions[0], sizeof actions[0],
                   compare);
}

const struct asli_action *asli_action_at(size_t index)
{
    return &actions[index];
}

size_t asli_action_index(const struct asli_action *action)
{
    return (size_t)(action - actions);
}
