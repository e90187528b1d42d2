/* SPDX-License-Identifier: Apache-2.0
 *
 * The pictures and regular expressions of JSONata: the first byte says which function, then come
 * a picture (or a source) and, behind a line end, the text or the number it is applied to.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "engine/base/utf8.h"
#include "engine/query/jsonata/picture.h"
#include "engine/query/jsonata/regex.h"

static void search(struct asli_jn_text source, struct asli_jn_text text)
{
    struct asli_jn_text flags = {"im", 2};
    struct asli_pcre *regex;
    struct asli_pcre_search s;
    struct asli_jn_fault fault;
    bool found;
    if (asli_jn_regex_compile(source, flags, &regex, &fault))
        return;
    if (!asli_pcre_begin(&s, regex))
        asli_pcre_find(&s, text.data, text.len, 0, &found);
    asli_pcre_end(&s);
    asli_pcre_free(regex);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *start = (const char *)data, *end = start + len;
    const char *line = len ? memchr(start, '\n', len) : NULL;
    char number[32] = "";
    if (!line || line == start || len > 500 || asli_utf8_check(start, end))
        return 0;
    struct asli_jn_text picture = {start + 1, (size_t)(line - start - 1)};
    struct asli_jn_text text = {line + 1, (size_t)(end - line - 1)};
    struct asli_bytes out = {0};
    struct asli_jn_fault fault;
    bool found;
    double value;
    memcpy(number, text.data, text.len < sizeof number ? text.len : sizeof number - 1);
    value = strtod(number, NULL);
    if (*data == 'n')
        asli_jn_format_number(value, picture, NULL, &out, &fault);
    else if (*data == 'i')
        asli_jn_format_integer(value, picture, &out, &fault);
    else if (*data == 'p')
        asli_jn_parse_integer(text, picture, &value, &fault);
    else if (*data == 't')
        asli_jn_format_millis(value, picture, (struct asli_jn_text){0}, &out, &fault);
    else if (*data == 'm')
        asli_jn_parse_millis(text, picture, 0, &found, &value, &fault);
    else
        search(picture, text);
    asli_bytes_done(&out);
    return 0;
}
