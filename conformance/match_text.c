/* SPDX-License-Identifier: Apache-2.0
 *
 * Placeholders inside texts: which there are, and a small backtracking matcher over them.
 *
 * Invariant: at each place of the expected text the longest placeholder that begins there counts,
 * and one that the case lists by itself goes before the family it would be of.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "conformance/match_text.h"

#include <ctype.h>

#include "conformance/kit/need.h"
#include "engine/base/json.h"

/* What texts an unbound placeholder may stand for. */
enum shape {
    SHAPE_WORD, /* a part of an ARN or a name: no colon, slash, quote or space */
    SHAPE_TEXT, /* no quote, no space: tokens, digests, URLs */
    SHAPE_UUID,
    SHAPE_JSON, /* a JSON object or array */
};

enum kind {
    KIND_FIXED, /* one of `values` */
    KIND_FREE,  /* any text of `shape`, bound on first sight */
    KIND_REGEX, /* what the regular expression finds here; each time anew */
};

struct token {
    char *text; /* '#' stands for a number when `numbered` */
    bool numbered;
    enum kind kind;
    enum shape shape;
    json_t *values;
    pcre2_code *regex;
};

/* X(text, shape): the format's own placeholders that are bound on first sight. */
#define FAMILIES(X)                                                                      \
    X("<uuid:#>", SHAPE_UUID)                                                            \
    X("<resource:#>", SHAPE_WORD)                                                        \
    X("<ArnPart_#idx>", SHAPE_WORD)                                                      \
    X("<ExecArnPart_#idx>", SHAPE_WORD)                                                  \
    X("<ExpressExecArn_Part1_#idx>", SHAPE_WORD)                                         \
    X("<ExpressExecArn_Part2_#idx>", SHAPE_WORD)                                         \
    X("<SyncExecArn_Part1_#idx>", SHAPE_WORD)                                            \
    X("<SyncExecArn_Part2_#idx>", SHAPE_WORD)                                            \
    X("<MapRunArnPart0_#idx>", SHAPE_WORD)                                               \
    X("<MapRunArnPart1_#idx>", SHAPE_WORD)                                               \
    X("<json-input:#>", SHAPE_JSON)

/* X(text, regex): request ids, which need not be the same twice. */
#define REQUEST_IDS(X)                                                                   \
    X("<request_id>", "[A-Za-z0-9-]+")                                                   \
    X("<request-id>", "[A-Za-z0-9-]+")                                                   \
    X("<extended_request_id>", "[A-Za-z0-9/+=]+")

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ------------------------------------------------------------------ the vocabulary */

static struct token *add_token(struct vocabulary *v, const char *text, enum kind kind)
{
    v->tokens = need_room(v->tokens, v->count, &v->cap, sizeof *v->tokens);
    struct token *token = &v->tokens[v->count++];
    *token = (struct token){.text = need(strdup(text)), .kind = kind};
    token->values = need(json_array());
    return token;
}

static void add_value(struct token *token, const char *value)
{
    if (json_array_append_new(token->values, need(json_string(value))) != 0)
        need(NULL);
}

static void set_regex(struct token *token, const char *pattern)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code_free(token->regex);
    token->regex = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF,
                                 &code, &at, NULL);
}

static struct token *find_token(struct vocabulary *v, const char *text)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->tokens[i].text, text) == 0)
            return &v->tokens[i];
    return NULL;
}

static void add_family(struct vocabulary *v, const char *text, enum shape shape)
{
    struct token *token = add_token(v, text, KIND_FREE);
    token->numbered = true;
    token->shape = shape;
}

/* "<name:N>" becomes "<name:#>", unless the format has that family. */
static void add_reference(struct vocabulary *v, const char *text)
{
    size_t len = strlen(text);
    if (len < 3 || strcmp(text + len - 3, ":N>") != 0)
        return;
    char *family = need_text(text, len);
    family[len - 2] = '#';
    if (find_token(v, family) == NULL)
        add_family(v, family, SHAPE_TEXT);
    free(family);
}

/* Placeholders that stand for whole values ("value") are no part of texts: match.c has them. */
static void add_placeholder(struct vocabulary *v, const json_t *placeholder)
{
    const char *text = text_of(placeholder, "text");
    const char *stands_for = text_of(placeholder, "stands_for");
    if (text == NULL || stands_for == NULL || strcmp(stands_for, "value") == 0)
        return;
    if (strcmp(stands_for, "reference") == 0) {
        add_reference(v, text);
        return;
    }
    struct token *token = find_token(v, text);
    if (token == NULL)
        token = add_token(v, text, KIND_FIXED);
    if (strcmp(stands_for, "produced") == 0) {
        token->kind = KIND_FREE;
        token->shape = SHAPE_WORD;
    } else if (strcmp(stands_for, "regex") == 0 &&
               text_of(placeholder, "regex") != NULL) {
        token->kind = KIND_REGEX;
        set_regex(token, text_of(placeholder, "regex"));
    } else if (text_of(placeholder, "value") != NULL) {
        add_value(token, text_of(placeholder, "value"));
    }
}

void vocabulary_init(struct vocabulary *v, const json_t *placeholders)
{
    size_t i;
    json_t *placeholder;
    *v = (struct vocabulary){0};
    add_value(add_token(v, "<partition>", KIND_FIXED), "aws");
    add_value(add_token(v, "<region>", KIND_FIXED), "us-east-1");
#define ADD_FAMILY(name, its_shape) add_family(v, name, its_shape);
    FAMILIES(ADD_FAMILY)
#undef ADD_FAMILY
#define ADD_REQUEST_ID(name, pattern) set_regex(add_token(v, name, KIND_REGEX), pattern);
    REQUEST_IDS(ADD_REQUEST_ID)
#undef ADD_REQUEST_ID
    json_array_foreach(placeholders, i, placeholder)
    {
        add_placeholder(v, placeholder);
    }
}

void vocabulary_undo(struct vocabulary *v, size_t bound)
{
    while (v->bound > bound) {
        v->bound--;
        free(v->bindings[v->bound].name);
        free(v->bindings[v->bound].text);
    }
}

void vocabulary_done(struct vocabulary *v)
{
    vocabulary_undo(v, 0);
    for (size_t i = 0; i < v->count; i++) {
        free(v->tokens[i].text);
        json_decref(v->tokens[i].values);
        pcre2_code_free(v->tokens[i].regex);
    }
    free(v->tokens);
    free(v->bindings);
    *v = (struct vocabulary){0};
}

/* ------------------------------------------------------------------ finding placeholders */

/* How many bytes of `text` the token's own text covers; 0: it does not begin here. */
static size_t token_span(const struct token *token, const char *text, size_t len)
{
    size_t at = 0;
    for (const char *t = token->text; *t != '\0'; t++) {
        if (*t == '#' && token->numbered) {
            size_t digits = at;
            while (at < len && isdigit((unsigned char)text[at]))
                at++;
            if (at == digits)
                return 0;
        } else if (at >= len || text[at++] != *t) {
            return 0;
        }
    }
    return at;
}

/* The longest placeholder at the beginning of `text`; of equals the one without a number. */
static const struct token *token_at(const struct vocabulary *v, const char *text,
                                    size_t len, size_t *ret_span)
{
    const struct token *found = NULL;
    *ret_span = 0;
    for (size_t i = 0; i < v->count; i++) {
        const struct token *token = &v->tokens[i];
        size_t span = token->text[0] == text[0] ? token_span(token, text, len) : 0;
        if (span > *ret_span ||
            (span > 0 && span == *ret_span && found->numbered && !token->numbered)) {
            *ret_span = span;
            found = token;
        }
    }
    return found;
}

void text_mask(const struct vocabulary *v, const char *text, size_t len,
               unsigned char *mask)
{
    for (size_t i = 0, span; i < len; i += span) {
        const struct token *token = token_at(v, text + i, len - i, &span);
        if (token == NULL)
            span = 1;
        memset(mask + i, token == NULL, span);
    }
}

char *text_instantiate(const struct vocabulary *v, const char *text)
{
    char *out = need(calloc(1, 1));
    size_t len = strlen(text), used = 0;
    for (size_t i = 0, span; i < len; i += span) {
        const struct token *token = token_at(v, text + i, len - i, &span);
        if (token == NULL)
            span = 1;
        const char *value = "x";
        if (token == NULL)
            value = NULL;
        else if (json_array_size(token->values) > 0)
            value = json_string_value(json_array_get(token->values, 0));
        size_t more = value != NULL ? strlen(value) : span;
        out = need(realloc(out, used + more + 1));
        memcpy(out + used, value != NULL ? value : text + i, more);
        out[used += more] = '\0';
    }
    return out;
}

/* ------------------------------------------------------------------ matching */

struct matcher {
    struct vocabulary *v;
    const char *actual; /* whole, for regular expressions that look around */
    size_t actual_len;
};

static bool match_at(struct matcher *m, const char *e, size_t elen, size_t at);

static bool match_piece(struct matcher *m, const char *piece, size_t len,
                        const char *rest, size_t rest_len, size_t at)
{
    return len <= m->actual_len - at && memcmp(m->actual + at, piece, len) == 0 &&
           match_at(m, rest, rest_len, at + len);
}

static bool is_uuid(const char *text, size_t len)
{
    if (len != 36)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return true;
}

static bool is_json(const char *text, size_t len)
{
    json_t *value;
    if (len < 2 || (text[0] != '{' && text[0] != '[') ||
        (text[len - 1] != '}' && text[len - 1] != ']') ||
        asli_json_read(text, len, &value, NULL) != 0)
        return false;
    json_decref(value);
    return true;
}

/* How far a text of this shape can reach from `text`. */
static size_t shape_reach(enum shape shape, const char *text, size_t len)
{
    if (shape == SHAPE_JSON)
        return len;
    size_t reach = 0;
    while (reach < len && text[reach] != '"' && !isspace((unsigned char)text[reach]) &&
           !(shape == SHAPE_WORD && strchr(":/", text[reach]) != NULL))
        reach++;
    return reach;
}

static bool shape_fits(enum shape shape, const char *text, size_t len)
{
    return shape == SHAPE_UUID   ? is_uuid(text, len)
           : shape == SHAPE_JSON ? is_json(text, len)
                                 : len > 0;
}

static bool is_taken(const struct vocabulary *v, size_t family, const char *text,
                     size_t len)
{
    for (size_t i = 0; i < v->bound; i++)
        if (v->bindings[i].family == family && strlen(v->bindings[i].text) == len &&
            memcmp(v->bindings[i].text, text, len) == 0)
            return true;
    return false;
}

static void bind(struct vocabulary *v, const char *name, size_t name_len,
                 const char *text, size_t len, size_t family)
{
    v->bindings = need_room(v->bindings, v->bound, &v->bound_cap, sizeof *v->bindings);
    v->bindings[v->bound++] = (struct binding){.name = need_text(name, name_len),
                                               .text = need_text(text, len),
                                               .family = family};
}

static const char *bound_text(const struct vocabulary *v, const char *name, size_t len)
{
    for (size_t i = 0; i < v->bound; i++)
        if (strlen(v->bindings[i].name) == len &&
            memcmp(v->bindings[i].name, name, len) == 0)
            return v->bindings[i].text;
    return NULL;
}

static bool match_free(struct matcher *m, const struct token *token, const char *e,
                       size_t span, size_t elen, size_t at)
{
    struct vocabulary *v = m->v;
    const char *rest = e + span, *a = m->actual + at;
    const char *known = bound_text(v, e, span);
    if (known != NULL)
        return match_piece(m, known, strlen(known), rest, elen - span, at);
    size_t family = (size_t)(token - v->tokens), mark = v->bound;
    for (size_t n = shape_reach(token->shape, a, m->actual_len - at); n > 0; n--) {
        if (!shape_fits(token->shape, a, n) || is_taken(v, family, a, n))
            continue;
        bind(v, e, span, a, n, family);
        if (match_at(m, rest, elen - span, at + n))
            return true;
        vocabulary_undo(v, mark);
    }
    return false;
}

static bool match_regex(struct matcher *m, const struct token *token, const char *rest,
                        size_t rest_len, size_t at)
{
    if (token->regex == NULL)
        return false;
    pcre2_match_data *data =
        need(pcre2_match_data_create_from_pattern(token->regex, NULL));
    int rc = pcre2_match(token->regex, (PCRE2_SPTR)m->actual, m->actual_len, at,
                         PCRE2_ANCHORED, data, NULL);
    size_t end = rc > 0 ? pcre2_get_ovector_pointer(data)[1] : 0;
    pcre2_match_data_free(data);
    return rc > 0 && end > at && match_at(m, rest, rest_len, end);
}

static bool match_token(struct matcher *m, const struct token *token, const char *e,
                        size_t span, size_t elen, size_t at)
{
    const char *rest = e + span;
    /* Its own text: that came out of a mock, which holds the recording's placeholders. */
    if (match_piece(m, e, span, rest, elen - span, at))
        return true;
    size_t i;
    json_t *value;
    json_array_foreach(token->values, i, value)
    {
        if (match_piece(m, json_string_value(value), json_string_length(value), rest,
                        elen - span, at))
            return true;
    }
    if (token->kind == KIND_FREE)
        return match_free(m, token, e, span, elen, at);
    return token->kind == KIND_REGEX && match_regex(m, token, rest, elen - span, at);
}

static bool match_at(struct matcher *m, const char *e, size_t elen, size_t at)
{
    for (; elen > 0; e++, elen--, at++) {
        size_t span;
        const struct token *token = token_at(m->v, e, elen, &span);
        if (token != NULL)
            return match_token(m, token, e, span, elen, at);
        if (at >= m->actual_len || m->actual[at] != *e)
            return false;
    }
    return at == m->actual_len;
}

bool text_match(struct vocabulary *v, const char *expected, size_t len,
                const char *actual, size_t actual_len)
{
    struct matcher m = {v, actual, actual_len};
    if (match_at(&m, expected, len, 0))
        return true;
    char *undated = text_undate(actual, actual_len, &actual_len);
    if (undated == NULL)
        return false;
    m = (struct matcher){v, undated, actual_len};
    bool same = match_at(&m, expected, len, 0);
    free(undated);
    return same;
}

/* ------------------------------------------------------------------ dates */

/* Matches `text` against a picture in which '0' is any digit; returns its length or 0. */
static size_t picture(const char *text, size_t len, const char *shape)
{
    size_t n = strlen(shape);
    if (len < n)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (shape[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return 0;
    return n;
}

static size_t date_span(const char *text, size_t len)
{
    size_t at = picture(text, len, "0000-00-00T00:00:00");
    if (at == 0)
        return 0;
    if (at + 1 < len && text[at] == '.' && isdigit((unsigned char)text[at + 1]))
        for (at++; at < len && isdigit((unsigned char)text[at]);)
            at++;
    if (at < len && text[at] == 'Z')
        return at + 1;
    if (at >= len || (text[at] != '+' && text[at] != '-'))
        return 0;
    at++;
    size_t zone = picture(text + at, len - at, "00:00");
    if (zone == 0)
        zone = picture(text + at, len - at, "0000");
    return zone != 0 ? at + zone : 0;
}

char *text_undate(const char *text, size_t len, size_t *ret_len)
{
    char *out = need(malloc(len + 1));
    size_t used = 0;
    bool any = false;
    for (size_t i = 0; i < len;) {
        size_t span = date_span(text + i, len - i);
        if (span != 0) {
            memcpy(out + used, "date", 4); /* a date-time is longer than that */
            used += 4;
            i += span;
            any = true;
        } else {
            out[used++] = text[i++];
        }
    }
    if (!any) {
        free(out);
        return NULL;
    }
    out[used] = '\0';
    *ret_len = used;
    return out;
}
