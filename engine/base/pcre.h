/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions by PCRE2, in whose meaning the caller says by flags; the only door to
 * pcre2.h. A compiled one never changes and may be shared; a search belongs to one thread. Memory
 * comes from asli_alloc, the steps and the memory of a match are bounded.
 */
#ifndef ASLI_BASE_PCRE_H
#define ASLI_BASE_PCRE_H

#include <stdbool.h>
#include <stddef.h>

enum asli_pcre_flag {
    ASLI_PCRE_CASELESS = 1 << 0,
    ASLI_PCRE_MULTILINE = 1 << 1,
    ASLI_PCRE_DOTALL = 1 << 2,
    ASLI_PCRE_EXTENDED = 1 << 3,
    ASLI_PCRE_UNICODE = 1 << 4, /* \d \w \s and \b by Unicode's properties */
    ASLI_PCRE_WHOLE = 1 << 5,   /* a match covers the whole text */
    ASLI_PCRE_UNSET_EMPTY =
        1 << 6, /* a reference to a group that took no part matches "" */
};

struct asli_pcre;

/* `pattern` is UTF-8. 0, ASL_ENOMEM, or ASL_EINVAL: PCRE2 does not understand the place *ret_at. */
int asli_pcre_compile(const char *pattern, size_t len, unsigned flags,
                      struct asli_pcre **ret_regex, size_t *ret_at);
void asli_pcre_free(struct asli_pcre *regex); /* NULL: nothing */
size_t asli_pcre_groups(const struct asli_pcre *regex);

#define ASLI_PCRE_UNSET ((size_t)-1)

struct asli_pcre_search {
    const struct asli_pcre *regex;
    void *data;
    const size_t *spans; /* of the last match: start and end of it, then of each group */
};

/* 0 or ASL_ENOMEM. The regex outlives the search. */
int asli_pcre_begin(struct asli_pcre_search *search, const struct asli_pcre *regex);
/* The first match at or after `offset` of valid UTF-8. 0, ASL_ENOMEM, or ASL_ELIMIT: too many
 * steps. */
int asli_pcre_find(struct asli_pcre_search *search, const char *text, size_t len,
                   size_t offset, bool *ret_found);
void asli_pcre_end(struct asli_pcre_search *search);

#endif
