/* SPDX-License-Identifier: Apache-2.0
 *
 * Matchers: regular expressions as values, and the functions of the user that stand in for one.
 * Text is matched in bytes; what the language sees of places is in UTF-16 units.
 */
#ifndef ASLI_JSONATA_REGEX_NODE_H
#define ASLI_JSONATA_REGEX_NODE_H

#include "engine/base/pcre.h"
#include "engine/query/jsonata/eval.h"

/* A walk over the matches in a text, by a regular expression or by any function. */
struct asli_jn_matches {
    struct asli_jn_run *run;
    struct asli_jn_frame *env;
    jn_value matcher, text;
    const struct asli_pcre *regex; /* NULL: a function */
    struct asli_pcre_search search;
    const char *plain; /* what is searched: the text, lone surrogates replaced */
    size_t offset;
    jn_value object; /* of a function: the last match */
    bool started;

    bool found;
    size_t start, end; /* of the match, bytes of `text` */
    jn_value match;
    uint32_t count; /* of groups */
};
void asli_jn_matches_init(struct asli_jn_matches *m, struct asli_jn_run *r,
                          struct asli_jn_frame *env, jn_value matcher, jn_value text);
void asli_jn_matches_done(struct asli_jn_matches *m);
/* To the first match, then to the next: m->found says whether there is one. */
int asli_jn_matches_next(struct asli_jn_matches *m);
/* Group i, from 0: undefined when it took no part. */
jn_value asli_jn_matches_group(const struct asli_jn_matches *m, uint32_t i);
/* {match, start, end, groups, next} as functions see it; or {match, index, groups}. */
int asli_jn_matches_object(struct asli_jn_matches *m, bool as_result, jn_value *ret);

/* A regular expression, or its match's `next`, called as a function. */
int asli_jn_call_matcher(struct asli_jn_run *r, const struct asli_jn_function *f,
                         const jn_value *args, uint32_t count, jn_value *ret);

#endif
