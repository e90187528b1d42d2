/* SPDX-License-Identifier: Apache-2.0
 *
 * From text to tokens. A token is a node already: names, literals and variables stay what they
 * are, operators become what the parser makes of them.
 */
#include "engine/base/decimal.h"
#include "engine/base/utf8.h"
#include "engine/query/jsonata/parse.h"

static const struct {
    const char *text;
    int power;
} operators[] = {
#define ROW(id, text, power) {text, power},
    JN_OPERATORS(ROW)
#undef ROW
};

const char *asli_jn_op_text(enum asli_jn_op op)
{
    return operators[op].text;
}

int asli_jn_op_power(enum asli_jn_op op)
{
    return operators[op].power;
}

static char peek(const struct asli_jn_parser *p, size_t ahead)
{
    return p->at + ahead < p->len ? p->text[p->at + ahead] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v';
}

/* The one-character operators end names. */
static enum asli_jn_op short_op(char c)
{
    for (int op = JN_OP_NONE + 1; op <= JN_OP_TILDE; op++)
        if (operators[op].text[0] == c)
            return op;
    return JN_OP_NONE;
}

static enum asli_jn_op long_op(const struct asli_jn_parser *p)
{
    for (int op = JN_OP_STARS; op <= JN_OP_COALESCE; op++)
        if (operators[op].text[0] == peek(p, 0) && operators[op].text[1] == peek(p, 1))
            return op;
    return JN_OP_NONE;
}

static int skip(struct asli_jn_parser *p)
{
    for (;;) {
        while (p->at < p->len && is_blank(p->text[p->at]))
            p->at++;
        if (peek(p, 0) != '/' || peek(p, 1) != '*')
            return 0;
        size_t start = p->at;
        for (p->at += 2; peek(p, 0) != '*' || peek(p, 1) != '/'; p->at++)
            if (p->at >= p->len)
                return asli_jn_syntax(p, "S0106", start);
        p->at += 2;
    }
}

/* Four hex digits; -1: not there. */
static long hex4(const struct asli_jn_parser *p, size_t ahead)
{
    long value = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = peek(p, ahead + i);
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX, two of them when they are a pair; a lone surrogate becomes three bytes. */
static int unicode_escape(struct asli_jn_parser *p, char **out)
{
    long unit = hex4(p, 1);
    if (unit < 0)
        return asli_jn_syntax(p, "S0104", p->at);
    p->at += 5;
    if (unit >= 0xd800 && unit < 0xdc00 && peek(p, 0) == '\\' && peek(p, 1) == 'u') {
        long low = hex4(p, 2);
        if (low >= 0xdc00 && low < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            p->at += 6;
        }
    }
    *out += asli_utf8_encode((uint32_t)unit, *out);
    return 0;
}

static int escape(struct asli_jn_parser *p, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = peek(p, 0);
    const char *found = c ? strchr(from, c) : NULL;
    if (c == 'u')
        return unicode_escape(p, out);
    if (!found) {
        size_t end = p->at + (p->at < p->len);
        while (end < p->len && ((unsigned char)p->text[end] & 0xc0) == 0x80)
            end++;
        p->trouble->token = asli_jn_string(p->text + p->at, end - p->at);
        return asli_jn_syntax(p, "S0103", p->at);
    }
    *(*out)++ = to[found - from];
    p->at++;
    return 0;
}

static int string(struct asli_jn_parser *p, struct asli_jn_node *node)
{
    char quote = p->text[p->at++];
    size_t end = p->at;
    while (end < p->len && p->text[end] != quote)
        end += p->text[end] == '\\' ? 2 : 1;
    if (end > p->len)
        end = p->len;
    /* No escape is longer than what it stands for. */
    char *text = asli_jn_zalloc(p, end - p->at + 4), *out = text;
    if (!text)
        return asli_jn_no_memory(p);
    while (p->at < p->len && p->text[p->at] != quote) {
        if (p->text[p->at] != '\\') {
            *out++ = p->text[p->at++];
            continue;
        }
        p->at++;
        int result = escape(p, &out);
        if (result != 0)
            return result;
    }
    if (p->at >= p->len)
        return asli_jn_syntax(p, "S0101", p->len);
    p->at++;
    node->type = JN_N_STRING;
    node->value = asli_jn_string(text, (size_t)(out - text));
    node->name =
        (struct asli_jn_name){text, node->value.len, asli_jn_hash(text, node->value.len)};
    return 0;
}

static size_t digits(const struct asli_jn_parser *p, size_t at)
{
    while (at < p->len && p->text[at] >= '0' && p->text[at] <= '9')
        at++;
    return at;
}

/* JSON's numbers without a sign; a leading zero is a number of its own. */
static int number(struct asli_jn_parser *p, struct asli_jn_node *node)
{
    size_t end = p->text[p->at] == '0' ? p->at + 1 : digits(p, p->at), more;
    if (end < p->len && p->text[end] == '.' && (more = digits(p, end + 1)) > end + 1)
        end = more;
    if (end < p->len && (p->text[end] | 32) == 'e') {
        size_t sign = end + 1;
        sign += sign < p->len && (p->text[sign] == '+' || p->text[sign] == '-');
        if ((more = digits(p, sign)) > sign)
            end = more;
    }
    double value;
    int result = asli_decimal_read(p->text + p->at, end - p->at, &value);
    if (result != 0)
        return result;
    if (!isfinite(value)) {
        p->trouble->token = asli_jn_string(p->text + p->at, end - p->at);
        return asli_jn_syntax(p, "S0102", p->at);
    }
    p->at = end;
    node->type = JN_N_NUMBER;
    node->value = asli_jn_number(value);
    return 0;
}

static void set_name(struct asli_jn_node *node, const char *text, size_t len)
{
    node->name = (struct asli_jn_name){text, (uint32_t)len, asli_jn_hash(text, len)};
}

static int quoted_name(struct asli_jn_parser *p, struct asli_jn_node *node)
{
    const char *start = p->text + ++p->at;
    const char *end = memchr(start, '`', p->len - p->at);
    if (!end)
        return asli_jn_syntax(p, "S0105", p->len);
    node->type = JN_N_NAME;
    set_name(node, start, (size_t)(end - start));
    p->at = (size_t)(end + 1 - p->text);
    return 0;
}

static bool is_word(const char *word, const char *text, size_t len)
{
    return strlen(word) == len && memcmp(word, text, len) == 0;
}

/* The words that are no names. */
static void name_or_word(struct asli_jn_node *node, const char *text, size_t len)
{
    node->type = JN_N_NAME;
    set_name(node, text, len);
    for (int op = JN_OP_AND; op <= JN_OP_IN; op++)
        if (is_word(operators[op].text, text, len)) {
            node->type = JN_N_OPERATOR;
            node->op = (uint8_t)op;
        }
    bool truth = is_word("true", text, len);
    if (truth || is_word("false", text, len)) {
        node->type = JN_N_VALUE;
        node->value = asli_jn_bool(truth);
    } else if (is_word("null", text, len)) {
        node->type = JN_N_VALUE;
        node->value = (jn_value){.type = JN_NULL};
    }
}

static void word(struct asli_jn_parser *p, struct asli_jn_node *node)
{
    size_t start = p->at, end = start;
    while (end < p->len && !is_blank(p->text[end]) &&
           short_op(p->text[end]) == JN_OP_NONE)
        end++;
    p->at = end;
    if (p->text[start] == '$') {
        node->type = JN_N_VARIABLE;
        set_name(node, p->text + start + 1, end - start - 1);
    } else
        name_or_word(node, p->text + start, end - start);
}

static int token(struct asli_jn_parser *p, bool infix, struct asli_jn_node *node)
{
    char c = p->text[p->at];
    enum asli_jn_op op = long_op(p);
    if (!infix && c == '/') {
        p->at++;
        return asli_jn_lex_regex(p, node);
    }
    if (op == JN_OP_NONE)
        op = short_op(c);
    if (op != JN_OP_NONE) {
        p->at += strlen(operators[op].text);
        node->type = JN_N_OPERATOR;
        node->op = (uint8_t)op;
        return 0;
    }
    if (c == '"' || c == '\'')
        return string(p, node);
    if (c >= '0' && c <= '9')
        return number(p, node);
    if (c == '`')
        return quoted_name(p, node);
    word(p, node);
    return 0;
}

int asli_jn_lex(struct asli_jn_parser *p, bool infix, struct asli_jn_node **ret_token)
{
    int result = skip(p);
    if (result != 0)
        return result;
    struct asli_jn_node *node = asli_jn_node(p, JN_N_END, p->at);
    if (!node)
        return asli_jn_no_memory(p);
    if (p->at < p->len)
        result = token(p, infix, node);
    node->position = (uint32_t)p->at;
    if (result == 0)
        *ret_token = node;
    return result;
}
