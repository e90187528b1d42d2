/* SPDX-License-Identifier: Apache-2.0
 *
 * JavaScript's regular expressions (without its flag u, as the reference makes them), by PCRE2:
 * the source is translated, since the two differ in what \d \s . ^ $ [] \x and many escapes mean.
 * Characters are whole ones, not halves of UTF-16. Not known: lookbehind of variable length;
 * and a group keeps what it captured in an earlier repetition, where JavaScript forgets it.
 * A compiled one never changes and may be shared.
 */
#ifndef ASLI_JSONATA_REGEX_H
#define ASLI_JSONATA_REGEX_H

#include "engine/base/bytes.h"
#include "engine/base/pcre.h"
#include "engine/query/jsonata/text.h"

/* `source` is what stands between the slashes, `flags` some of "im" (and g, which changes nothing
 * here). Faults: S0303, a source or a flag that is not valid. Search with asli_pcre_begin, _find
 * and _end; a find that needs too many steps is ASL_ELIMIT. */
int asli_jn_regex_compile(struct asli_jn_text source, struct asli_jn_text flags,
                          struct asli_pcre **ret_regex, struct asli_jn_fault *fault);

#endif
