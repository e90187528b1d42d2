/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions of filters, =~ /re/flags, by PCRE2: close to java.util.regex, which
 * Jayway uses. A match must cover the whole text (Matcher.matches). Compiled once;
 * matching changes nothing, so paths can be shared.
 */
#include "engine/query/path_impl.h"

#include <string.h>

#include "engine/base/pcre.h"

/* Java's flags of a pattern; false: there is no such flag. */
static bool flag_option(char letter, unsigned *flags)
{
    static const struct {
        char letter;
        unsigned flag;
    } rows[] = {
        {'i', ASLI_PCRE_CASELESS},
        {'m', ASLI_PCRE_MULTILINE},
        {'s', ASLI_PCRE_DOTALL},
        {'x', ASLI_PCRE_EXTENDED},
        {'u', ASLI_PCRE_UNICODE},
        {'U', ASLI_PCRE_UNICODE},
        {'d', 0}, /* only \n ends a line: lines matter to ^ and $ under 'm' only */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].letter == letter) {
            *flags |= rows[i].flag;
            return true;
        }
    return false;
}

int asli_regex_parse(struct asli_parse *in, struct asli_pcre **ret_regex)
{
    const char *pattern = ++in->p;
    while (*in->p && *in->p != '/')
        in->p += in->p[0] == '\\' && in->p[1] ? 2 : 1;
    if (!*in->p)
        return asli_parse_fail(in, "a closing '/'");
    size_t len = (size_t)(in->p++ - pattern);
    unsigned flags = ASLI_PCRE_WHOLE;
    while ((*in->p >= 'a' && *in->p <= 'z') || *in->p == 'U') {
        if (!flag_option(*in->p, &flags))
            return asli_parse_fail(in, "a flag: d, i, m, s, u, U or x");
        in->p++;
    }
    size_t at;
    int rc = asli_pcre_compile(pattern, len, flags, ret_regex, &at);
    if (rc == ASL_ENOMEM)
        return asli_oom(in->reterr);
    if (rc) {
        in->p = pattern + at;
        return asli_parse_fail(in, "a regular expression that Java and PCRE2 understand");
    }
    return 0;
}

int asli_regex_match(const struct asli_pcre *regex, const char *text, size_t len,
                     bool *ret_match, asl_error *reterr)
{
    struct asli_pcre_search search;
    int rc = asli_pcre_begin(&search, regex);
    if (!rc)
        rc = asli_pcre_find(&search, text, len, 0, ret_match);
    asli_pcre_end(&search);
    if (rc == ASL_ENOMEM)
        return asli_oom(reterr);
    /* A filter that needs too many steps is none. */
    if (rc)
        *ret_match = false;
    return 0;
}
