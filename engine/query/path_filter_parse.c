/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiling filters, the part between "[?" and "]":
 *
 *   or   = and { "||" and }
 *   and  = term { "&&" term }
 *   term = "!" term | "(" or ")" | operand [ operator operand ]
 *
 * A term that is just a path asks whether it leads anywhere.
 */
#include "engine/query/path_impl.h"

#include <string.h>
#include <strings.h>

static int parse_or(struct asli_parse *in, struct asli_filter **ret_filter);

static struct asli_filter *filter_new(struct asli_parse *in, enum asli_filter_kind kind,
                                      struct asli_filter *first)
{
    struct asli_filter *filter = asli_alloc(sizeof *filter);
    if (!filter) {
        asli_oom(in->reterr);
        return NULL;
    }
    filter->kind = kind;
    filter->first = first;
    return filter;
}

static bool find_operator(const char *text, size_t len, enum asli_filter_op *ret_op)
{
#define ROW(name, text) {text, ASLI_OP_##name},
    static const struct {
        const char *text;
        enum asli_filter_op op;
    } ops[] = {ASLI_FILTER_OPS(ROW)};
#undef ROW
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strlen(ops[i].text) == len && strncasecmp(ops[i].text, text, len) == 0) {
            *ret_op = ops[i].op;
            return true;
        }
    return false;
}

/* The operator that comes next; ASLI_OP_EXISTS when the term ends here. */
static int parse_operator(struct asli_parse *in, enum asli_filter_op *ret_op)
{
    asli_parse_blanks(in);
    *ret_op = ASLI_OP_EXISTS;
    if (!*in->p || strchr(")&|", *in->p))
        return 0;
    size_t len = strspn(in->p, "<>=~!");
    if (!len)
        while ((in->p[len] | 32) >= 'a' && (in->p[len] | 32) <= 'z')
            len++;
    if (!find_operator(in->p, len, ret_op))
        return asli_parse_fail(
            in, "an operator (==, !=, <, <=, >, >=, =~, in, nin, contains, "
                "size, empty, ...), '&&', '||' or ')'");
    in->p += len;
    return 0;
}

static int parse_test(struct asli_parse *in, struct asli_filter **ret_filter)
{
    struct asli_filter *test = filter_new(in, ASLI_FILTER_TEST, NULL);
    if (!test)
        return ASL_ENOMEM;
    int rc = asli_parse_operand(in, &test->left);
    if (!rc)
        rc = parse_operator(in, &test->op);
    if (!rc && test->op != ASLI_OP_EXISTS)
        rc = asli_parse_operand(in, &test->right);
    else if (!rc && !test->left.path)
        rc = asli_parse_fail(in, "an operator after the value");
    if (rc) {
        asli_filter_free(test);
        return rc;
    }
    *ret_filter = test;
    return 0;
}

static int parse_term(struct asli_parse *in, struct asli_filter **ret_filter)
{
    bool negated = asli_parse_take(in, "!");
    if (!negated && !asli_parse_take(in, "("))
        return parse_test(in, ret_filter);
    if (++in->depth > ASLI_PATH_NESTING)
        return asli_parse_fail(in, "less nesting");
    struct asli_filter *inner;
    int rc = negated ? parse_term(in, &inner) : parse_or(in, &inner);
    if (rc)
        return rc;
    in->depth--;
    struct asli_filter *outer = negated ? filter_new(in, ASLI_FILTER_NOT, inner) : inner;
    if (!outer)
        rc = ASL_ENOMEM;
    else if (!negated && !asli_parse_take(in, ")"))
        rc = asli_parse_fail(in, "')'");
    if (rc)
        asli_filter_free(inner);
    else
        *ret_filter = outer;
    return rc;
}

/* terms joined by && (of parse_term), or by || (of those) */
static int parse_chain(struct asli_parse *in, enum asli_filter_kind kind,
                       struct asli_filter **ret_filter)
{
    struct asli_filter *first = NULL, **last = &first;
    int rc;
    do {
        rc = kind == ASLI_FILTER_OR ? parse_chain(in, ASLI_FILTER_AND, last)
                                    : parse_term(in, last);
        if (rc)
            break;
        last = &(*last)->next;
    } while (asli_parse_take(in, kind == ASLI_FILTER_OR ? "||" : "&&"));
    if (!rc && first->next) {
        struct asli_filter *chain = filter_new(in, kind, first);
        rc = chain ? 0 : ASL_ENOMEM;
        if (chain)
            first = chain;
    }
    if (rc)
        asli_filter_free(first);
    else
        *ret_filter = first;
    return rc;
}

static int parse_or(struct asli_parse *in, struct asli_filter **ret_filter)
{
    return parse_chain(in, ASLI_FILTER_OR, ret_filter);
}

int asli_filter_parse(struct asli_parse *in, struct asli_filter **ret_filter)
{
    if (++in->depth > ASLI_PATH_NESTING)
        return asli_parse_fail(in, "less nesting");
    in->p++;
    int rc = parse_or(in, ret_filter);
    if (rc)
        return rc;
    in->depth--;
    return asli_parse_take(in, ")") ? 0 : asli_parse_fail(in, "')'");
}

void asli_filter_free(struct asli_filter *filter)
{
    while (filter) {
        struct asli_filter *next = filter->next;
        asli_filter_free(filter->first);
        asli_operand_done(&filter->left);
        asli_operand_done(&filter->right);
        asli_free(filter);
        filter = next;
    }
}
