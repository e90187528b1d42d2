/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions in expressions: reading the literal, walking over matches, and the objects
 * that describe a match to functions of the user.
 */
#include "engine/query/jsonata/regex_node.h"

#include "engine/query/jsonata/parse.h"
#include "engine/query/jsonata/regex.h"

/* ------------------------------------------------------------------ the literal */

/* Behind the slash: where the closing one is, outside of brackets. */
static int find_end(struct asli_jn_parser *p, size_t *ret_end)
{
    int depth = 0;
    size_t slashes = 0; /* backslashes right before `at` */
    for (size_t at = p->at; at < p->len; at++) {
        char c = p->text[at];
        size_t before = slashes;
        slashes = c == '\\' ? before + 1 : 0;
        if (c == '/' && depth == 0 && before % 2 == 0) {
            *ret_end = at;
            return 0;
        }
        if (c == '\0' || before > 0)
            continue;
        depth += strchr("([{", c) ? 1 : strchr(")]}", c) ? -1 : 0;
    }
    return asli_jn_syntax(p, "S0302", p->len);
}

static int keep_regex(struct asli_jn_parser *p, struct asli_pcre *take_regex)
{
    struct asli_jn_regexes *r = asli_jn_zalloc(p, sizeof *r);
    if (!r) {
        asli_pcre_free(take_regex);
        return asli_jn_no_memory(p);
    }
    *r = (struct asli_jn_regexes){take_regex, p->tree->regexes};
    p->tree->regexes = r;
    return 0;
}

int asli_jn_lex_regex(struct asli_jn_parser *p, struct asli_jn_node *node)
{
    size_t start = p->at, end = start;
    struct asli_jn_fault fault = {0};
    int result = find_end(p, &end);
    if (result != 0)
        return result;
    if (end == start)
        return asli_jn_syntax(p, "S0301", start);
    p->at = end + 1;
    while (p->at < p->len && (p->text[p->at] == 'i' || p->text[p->at] == 'm'))
        p->at++;
    struct asli_jn_text source = {p->text + start, end - start};
    struct asli_jn_text flags = {p->text + end + 1, p->at - end - 1};
    result = asli_jn_regex_compile(source, flags, &node->regex, &fault);
    if (result == ASLI_JN_FAULT) {
        p->trouble->value = asli_jn_string(source.data, source.len);
        return asli_jn_syntax(p, fault.code, p->at);
    }
    node->type = JN_N_REGEX;
    node->name = (struct asli_jn_name){source.data, (uint32_t)source.len, 0};
    return result != 0 ? result : keep_regex(p, node->regex);
}

/* ------------------------------------------------------------------ walking */

void asli_jn_matches_init(struct asli_jn_matches *m, struct asli_jn_run *r,
                          struct asli_jn_frame *env, jn_value matcher, jn_value text)
{
    *m = (struct asli_jn_matches){
        .run = r, .env = env, .matcher = matcher, .text = text, .plain = text.as.text};
    if (matcher.type == JN_FUNCTION && matcher.as.function->kind == JN_REGEX)
        m->regex = matcher.as.function->node->regex;
}

void asli_jn_matches_done(struct asli_jn_matches *m)
{
    if (m->search.regex)
        asli_pcre_end(&m->search);
}

/* PCRE2 wants UTF-8: lone surrogates are replaced by as many bytes. */
static int make_plain(struct asli_jn_matches *m)
{
    jn_value copy;
    const char *text = m->text.as.text, *end = text + m->text.len;
    const char *at = memchr(text, 0xed, m->text.len);
    while (at && (end - at < 2 || (unsigned char)at[1] < 0xa0))
        at = memchr(at + 1, 0xed, (size_t)(end - at - 1));
    if (!at)
        return 0;
    int result = asli_jn_copy_text(m->run, text, m->text.len, &copy);
    if (result != 0)
        return result;
    char *plain = (char *)copy.as.text;
    for (size_t i = 0; i + 2 < m->text.len; i++)
        if ((unsigned char)plain[i] == 0xed && (unsigned char)plain[i + 1] >= 0xa0)
            memcpy(plain + i, "\xef\xbf\xbd", 3);
    m->plain = plain;
    return 0;
}

static int find(struct asli_jn_matches *m, size_t offset)
{
    int result = m->search.regex ? 0 : make_plain(m);
    if (result == 0 && !m->search.regex)
        result = asli_pcre_begin(&m->search, m->regex);
    if (result == 0)
        result = asli_pcre_find(&m->search, m->plain, m->text.len, offset, &m->found);
    if (result == ASL_ELIMIT)
        return asli_jn_throw_limit(m->run, "Regular expression needs too many steps");
    if (result != 0 || !m->found)
        return result;
    m->start = m->search.spans[0];
    m->end = m->search.spans[1];
    m->match = asli_jn_string(m->text.as.text + m->start, m->end - m->start);
    m->count = (uint32_t)asli_pcre_groups(m->regex);
    return 0;
}

static int next_native(struct asli_jn_matches *m)
{
    bool first = !m->started;
    m->started = true;
    m->found = first || m->end < m->text.len;
    if (!m->found)
        return 0;
    int result = find(m, first ? m->offset : m->end);
    if (result == 0 && m->found && !first && m->match.len == 0) {
        const struct asli_jn_name *source = &m->matcher.as.function->node->name;
        return asli_jn_throw_value(m->run, "D1004",
                                   asli_jn_string(source->text, source->len));
    }
    return result;
}

static jn_value get(jn_value object, const char *key)
{
    struct asli_jn_name name = {key, (uint32_t)strlen(key),
                                asli_jn_hash(key, strlen(key))};
    return asli_jn_get(object, &name);
}

static size_t place(const struct asli_jn_matches *m, jn_value units, size_t otherwise)
{
    double at = asli_jn_is_number(units) ? asli_jn_double(units) : -1;
    return at >= 0 && at < 4e9 ? asli_jn_unit_at(m->text.as.text, m->text.len, (size_t)at)
                               : otherwise;
}

/* Reads what a function of the user says about a match. */
static int next_made(struct asli_jn_matches *m)
{
    jn_value f = m->started ? get(m->object, "next") : m->matcher,
             null = {.type = JN_NULL};
    int result =
        asli_jn_apply(m->run, f, &m->text, m->started ? 0 : 1, null, m->env, &m->object);
    m->started = true;
    m->found = result == 0 && m->object.type != JN_UNDEFINED;
    if (!m->found)
        return result;
    jn_value start = get(m->object, "start"), end = get(m->object, "end");
    jn_value groups = get(m->object, "groups"), match = get(m->object, "match");
    if (!asli_jn_is_number(start) && !asli_jn_is_number(end) &&
        !asli_jn_is_array(groups) && get(m->object, "next").type != JN_FUNCTION)
        return asli_jn_throw(m->run, "T1010");
    m->start = place(m, start, m->text.len);
    m->match = match.type == JN_STRING ? match : asli_jn_string("", 0);
    m->end = place(m, end, m->start + m->match.len);
    m->count = asli_jn_is_array(groups) ? (uint32_t)asli_jn_len(groups) : 0;
    return 0;
}

int asli_jn_matches_next(struct asli_jn_matches *m)
{
    return m->regex ? next_native(m) : next_made(m);
}

jn_value asli_jn_matches_group(const struct asli_jn_matches *m, uint32_t i)
{
    if (i >= m->count)
        return JN_NOTHING;
    if (!m->regex)
        return asli_jn_at(get(m->object, "groups"), i);
    size_t start = m->search.spans[2 * i + 2], end = m->search.spans[2 * i + 3];
    return start == ASLI_PCRE_UNSET
               ? JN_NOTHING
               : asli_jn_string(m->text.as.text + start, end - start);
}

/* ------------------------------------------------------------------ objects */

static int set(struct asli_jn_run *r, struct asli_jn_object *o, const char *key,
               jn_value value)
{
    struct asli_jn_name name = {key, (uint32_t)strlen(key),
                                asli_jn_hash(key, strlen(key))};
    return asli_jn_set(r, o, &name, value);
}

static jn_value units(const struct asli_jn_matches *m, size_t at)
{
    return asli_jn_number((double)asli_jn_units(m->text.as.text, at));
}

static int groups(struct asli_jn_matches *m, jn_value *ret)
{
    size_t base = m->run->top;
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < m->count; i++)
        result = asli_jn_push(m->run, asli_jn_matches_group(m, i));
    return result != 0 ? result : asli_jn_pop_array(m->run, base, 0, ret);
}

int asli_jn_matches_object(struct asli_jn_matches *m, bool as_result, jn_value *ret)
{
    struct asli_jn_run *r = m->run;
    struct asli_jn_object *o;
    jn_value list, next = JN_NOTHING;
    if (!m->regex && !as_result) {
        *ret = m->object;
        return 0;
    }
    int result = asli_jn_new_object(r, 5, &o);
    if (result == 0)
        result = groups(m, &list);
    if (result == 0)
        result = set(r, o, "match", m->match);
    if (result == 0)
        result = set(r, o, as_result ? "index" : "start", units(m, m->start));
    if (result == 0 && !as_result)
        result = set(r, o, "end", units(m, m->end));
    if (result == 0)
        result = set(r, o, "groups", list);
    if (result == 0 && !as_result) {
        struct asli_jn_function f = {.kind = JN_NEXT,
                                     .node = m->matcher.as.function->node,
                                     .input = m->text,
                                     .offset = m->end};
        result = asli_jn_new_function(r, f, &next);
        if (result == 0)
            result = set(r, o, "next", next);
    }
    if (result == 0)
        *ret = asli_jn_of_object(o);
    return result;
}

int asli_jn_call_matcher(struct asli_jn_run *r, const struct asli_jn_function *f,
                         const jn_value *args, uint32_t count, jn_value *ret)
{
    struct asli_jn_matches m;
    jn_value self = asli_jn_of_function((struct asli_jn_function *)f);
    bool next = f->kind == JN_NEXT;
    jn_value text = next ? f->input : count > 0 ? args[0] : JN_NOTHING;
    *ret = JN_NOTHING;
    if (text.type != JN_STRING || (next && f->offset >= text.len))
        return 0;
    asli_jn_matches_init(&m, r, NULL, self, text);
    m.regex = f->node->regex;
    m.started = next;
    m.end = f->offset;
    if (!next && count > 1 && asli_jn_is_number(args[1]))
        m.offset = place(&m, args[1], 0);
    int result = asli_jn_matches_next(&m);
    if (result == 0 && m.found)
        result = asli_jn_matches_object(&m, false, ret);
    asli_jn_matches_done(&m);
    return result;
}
