/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions of filters, =~ /re/flags, by PCRE2: close to java.util.regex, which
 * Jayway uses. A match must cover the whole text (Matcher.matches). Compiled once;
 * matching changes nothing, so paths can be shared. The only file that includes pcre2.h.
 */
#include "engine/query/path_impl.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* A filter must not be able to stall the engine: a match that needs more steps is none.
 */
#define MATCH_STEPS 1000000

struct asli_regex {
    pcre2_general_context *memory;
    pcre2_match_context *limits;
    pcre2_code *code;
};

static void *regex_alloc(size_t size, void *unused)
{
    return asli_alloc(size);
}

static void regex_free(void *block, void *unused)
{
    asli_free(block);
}

/* Java's flags of a pattern; false: there is no such flag. */
static bool flag_option(char flag, uint32_t *options)
{
    static const struct {
        char flag;
        uint32_t option;
    } flags[] = {
        {'i', PCRE2_CASELESS},
        {'m', PCRE2_MULTILINE},
        {'s', PCRE2_DOTALL},
        {'x', PCRE2_EXTENDED},
        {'u', PCRE2_UCP},
        {'U', PCRE2_UCP},
        {'d', 0}, /* only \n ends a line: lines matter to ^ and $ under 'm' only */
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].flag == flag) {
            *options |= flags[i].option;
            return true;
        }
    return false;
}

static int regex_compile(struct asli_parse *in, struct asli_regex *regex,
                         const char *pattern, size_t len, uint32_t options)
{
    int problem;
    PCRE2_SIZE at;
    regex->memory = pcre2_general_context_create(regex_alloc, regex_free, NULL);
    if (!regex->memory)
        return asli_oom(in->reterr);
    regex->limits = pcre2_match_context_create(regex->memory);
    pcre2_compile_context *context = pcre2_compile_context_create(regex->memory);
    if (!regex->limits || !context) {
        pcre2_compile_context_free(context);
        return asli_oom(in->reterr);
    }
    pcre2_set_match_limit(regex->limits, MATCH_STEPS);
    pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
    regex->code = pcre2_compile((PCRE2_SPTR)pattern, len,
                                options | PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED,
                                &problem, &at, context);
    pcre2_compile_context_free(context);
    if (regex->code)
        return 0;
    if (problem == PCRE2_ERROR_HEAP_FAILED)
        return asli_oom(in->reterr);
    in->p = pattern + at;
    return asli_parse_fail(in, "a regular expression that Java and PCRE2 understand");
}

int asli_regex_parse(struct asli_parse *in, struct asli_regex **ret_regex)
{
    const char *pattern = ++in->p;
    while (*in->p && *in->p != '/')
        in->p += in->p[0] == '\\' && in->p[1] ? 2 : 1;
    if (!*in->p)
        return asli_parse_fail(in, "a closing '/'");
    size_t len = (size_t)(in->p++ - pattern);
    uint32_t options = 0;
    while ((*in->p >= 'a' && *in->p <= 'z') || *in->p == 'U') {
        if (!flag_option(*in->p, &options))
            return asli_parse_fail(in, "a flag: d, i, m, s, u, U or x");
        in->p++;
    }
    const char *end = in->p;
    struct asli_regex *regex = asli_alloc(sizeof *regex);
    if (!regex)
        return asli_oom(in->reterr);
    int rc = regex_compile(in, regex, pattern, len, options);
    if (rc) {
        asli_regex_free(regex);
        return rc;
    }
    in->p = end;
    *ret_regex = regex;
    return 0;
}

void asli_regex_free(struct asli_regex *regex)
{
    if (!regex)
        return;
    pcre2_code_free(regex->code);
    pcre2_match_context_free(regex->limits);
    pcre2_general_context_free(regex->memory);
    asli_free(regex);
}

int asli_regex_match(const struct asli_regex *regex, const char *text, size_t len,
                     bool *ret_match, asl_error *reterr)
{
    pcre2_match_data *data = pcre2_match_data_create(1, regex->memory);
    if (!data)
        return asli_oom(reterr);
    int rc = pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, PCRE2_NO_UTF_CHECK, data,
                         regex->limits);
    pcre2_match_data_free(data);
    if (rc == PCRE2_ERROR_NOMEMORY)
        return asli_oom(reterr);
    *ret_match = rc >= 0;
    return 0;
}
