/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions by PCRE2. The only file that includes pcre2.h.
 */
#include "engine/base/pcre.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <asl/error.h>
#include <pcre2.h>

#include "engine/base/alloc.h"

/* An expression must not be able to stall the engine. */
#define MATCH_STEPS 1000000
#define MATCH_KIB 20000

struct asli_pcre {
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

static uint32_t pcre_options(unsigned flags)
{
    static const struct {
        enum asli_pcre_flag flag;
        uint32_t option;
    } rows[] = {
        {ASLI_PCRE_CASELESS, PCRE2_CASELESS},
        {ASLI_PCRE_MULTILINE, PCRE2_MULTILINE},
        {ASLI_PCRE_DOTALL, PCRE2_DOTALL},
        {ASLI_PCRE_EXTENDED, PCRE2_EXTENDED},
        {ASLI_PCRE_UNICODE, PCRE2_UCP},
        {ASLI_PCRE_WHOLE, PCRE2_ANCHORED | PCRE2_ENDANCHORED},
        {ASLI_PCRE_UNSET_EMPTY, PCRE2_MATCH_UNSET_BACKREF},
    };
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        options |= flags & rows[i].flag ? rows[i].option : 0;
    return options;
}

static int pcre_fill(struct asli_pcre *regex, const char *pattern, size_t len,
                     unsigned flags, size_t *ret_at)
{
    int problem;
    regex->memory = pcre2_general_context_create(regex_alloc, regex_free, NULL);
    if (!regex->memory)
        return ASL_ENOMEM;
    regex->limits = pcre2_match_context_create(regex->memory);
    pcre2_compile_context *context = pcre2_compile_context_create(regex->memory);
    if (regex->limits && context) {
        pcre2_set_match_limit(regex->limits, MATCH_STEPS);
        pcre2_set_heap_limit(regex->limits, MATCH_KIB);
        pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
        regex->code = pcre2_compile((PCRE2_SPTR)pattern, len, pcre_options(flags),
                                    &problem, ret_at, context);
    } else {
        problem = PCRE2_ERROR_HEAP_FAILED;
    }
    pcre2_compile_context_free(context);
    if (regex->code)
        return 0;
    return problem == PCRE2_ERROR_HEAP_FAILED ? ASL_ENOMEM : ASL_EINVAL;
}

int asli_pcre_compile(const char *pattern, size_t len, unsigned flags,
                      struct asli_pcre **ret_regex, size_t *ret_at)
{
    size_t at = 0;
    struct asli_pcre *regex = asli_alloc(sizeof *regex);
    int rc = regex ? pcre_fill(regex, pattern, len, flags, &at) : ASL_ENOMEM;
    if (rc) {
        asli_pcre_free(regex);
        *ret_at = at;
        return rc;
    }
    *ret_regex = regex;
    return 0;
}

void asli_pcre_free(struct asli_pcre *regex)
{
    if (!regex)
        return;
    pcre2_code_free(regex->code);
    pcre2_match_context_free(regex->limits);
    pcre2_general_context_free(regex->memory);
    asli_free(regex);
}

size_t asli_pcre_groups(const struct asli_pcre *regex)
{
    uint32_t count = 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

int asli_pcre_begin(struct asli_pcre_search *search, const struct asli_pcre *regex)
{
    search->regex = regex;
    search->data = pcre2_match_data_create_from_pattern(regex->code, regex->memory);
    search->spans = NULL;
    return search->data ? 0 : ASL_ENOMEM;
}

int asli_pcre_find(struct asli_pcre_search *search, const char *text, size_t len,
                   size_t offset, bool *ret_found)
{
    int rc = pcre2_match(search->regex->code, (PCRE2_SPTR)text, len, offset,
                         PCRE2_NO_UTF_CHECK, search->data, search->regex->limits);
    if (rc == PCRE2_ERROR_NOMEMORY)
        return ASL_ENOMEM;
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        return ASL_ELIMIT;
    search->spans = pcre2_get_ovector_pointer(search->data);
    *ret_found = rc >= 0;
    return 0;
}

void asli_pcre_end(struct asli_pcre_search *search)
{
    pcre2_match_data_free(search->data);
    search->data = NULL;
}
