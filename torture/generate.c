/* SPDX-License-Identifier: Apache-2.0
 *
 * See generate.h. A text with marks (pieces.h) is written link by link of a chain.
 */
#include "torture/generate.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "torture/need.h"
#include "torture/pieces.h"
#include "torture/random.h"

enum { DEPTH = 2, LENGTH = 4, ONE_OF_A_KIND_IN = 20 };

struct maker {
    uint64_t random;
    struct asli_bytes out;
    unsigned links; /* so far: names are made of their numbers */
    bool jsonata, express;
};

struct link {
    const struct torture_piece *piece;
    unsigned number;
    char digit;
};

static void put_chain(struct maker *m, unsigned length, const struct torture_piece *last,
                      unsigned depth);

static const char *text_of(const struct maker *m, const struct link *link)
{
    return m->jsonata ? link->piece->jsonata : link->piece->jsonpath;
}

static void put_text(struct maker *m, const char *text, size_t len,
                     const struct link *link, const struct link *next, unsigned depth);

static void put_first_state(struct maker *m, const struct link *link)
{
    const char *text = text_of(m, link);
    put_text(m, text, (size_t)(strchr(text + 1, '\'') + 1 - text), link, NULL, 0);
}

static void put_way_on(struct maker *m, const struct link *next)
{
    asli_bytes_adds(&m->out, next ? "\"Next\":" : "\"End\":true");
    if (next)
        put_first_state(m, next);
}

static void put_text(struct maker *m, const char *text, size_t len,
                     const struct link *link, const struct link *next, unsigned depth)
{
    for (const char *p = text; p < text + len; p++) {
        if (*p == '@')
            asli_bytes_addf(&m->out, "p%u", link->number);
        else if (*p == '~')
            asli_bytes_addc(&m->out, link->digit);
        else if (*p == '!')
            put_way_on(m, next);
        else if (*p == '#')
            put_chain(m, 1 + torture_below(&m->random, 2), NULL, depth + 1);
        else if (*p == '\\')
            asli_bytes_addc(&m->out, *++p);
        else
            asli_bytes_addc(&m->out, (char)(*p == '\'' ? '"' : *p));
    }
}

static const struct torture_piece *pick(struct maker *m, unsigned depth)
{
    for (;;) {
        const struct torture_piece *piece =
            &torture_pieces[torture_below(&m->random, torture_piece_count)];
        if (!(m->express && piece->where & NOT_IN_EXPRESS) &&
            !(depth > 0 && piece->where & AT_TOP) &&
            !(depth == DEPTH && piece->where & NESTS))
            return piece;
    }
}

/* As many pieces as that, and a last one unless that is NULL. */
static void put_chain(struct maker *m, unsigned length, const struct torture_piece *last,
                      unsigned depth)
{
    struct link links[LENGTH + 2] = {{0}};
    unsigned count = length + (last != NULL);
    for (unsigned i = 0; i < count; i++)
        links[i] = (struct link){i < length ? pick(m, depth) : last, m->links++,
                                 (char)('1' + torture_below(&m->random, 5))};
    asli_bytes_adds(&m->out, "\"StartAt\":");
    put_first_state(m, &links[0]);
    asli_bytes_adds(&m->out, ",\"States\":{");
    for (unsigned i = 0; i < count; i++) {
        const char *text = text_of(m, &links[i]);
        put_text(m, text, strlen(text), &links[i], i + 1 < count ? &links[i + 1] : NULL,
                 depth);
        asli_bytes_adds(&m->out, i + 1 < count ? "," : "}");
    }
}

static const struct torture_ending *pick_ending(struct maker *m)
{
    unsigned sum = 0, i = 0;
    for (i = 0; i < torture_ending_count; i++)
        sum += torture_endings[i].weight;
    unsigned drawn = torture_below(&m->random, sum);
    for (i = 0; drawn >= torture_endings[i].weight; i++)
        drawn -= torture_endings[i].weight;
    return &torture_endings[i];
}

void torture_generate(struct torture_case *ret_case, uint64_t seed, unsigned nth)
{
    struct maker m = {.random = torture_random_of(seed, 'm', nth)};
    bool expires = torture_below(&m.random, ONE_OF_A_KIND_IN) == 0;
    const struct torture_ending *ending = pick_ending(&m);
    struct torture_case *its = ret_case;
    snprintf(its->name, sizeof its->name, "e%u", nth);
    m.jsonata = torture_below(&m.random, 2);
    its->input = torture_need(asli_printf("{\"v\":%u}", torture_below(&m.random, 30)));
    asli_bytes_adds(&m.out, m.jsonata ? "{\"QueryLanguage\":\"JSONata\"," : "{");
    if (expires) {
        asli_bytes_addf(&m.out, "\"TimeoutSeconds\":%u,",
                        1 + torture_below(&m.random, 9));
        put_chain(&m, 0, &torture_endless, 0);
    } else {
        its->stop = ending->stop;
        its->redrive = ending->redrive;
        its->express = m.express = ending->express;
        put_chain(&m, 1 + torture_below(&m.random, LENGTH), &ending->piece, 0);
    }
    asli_bytes_adds(&m.out, "}");
    its->definition = torture_need(asli_bytes_take_text(&m.out));
}

void torture_case_done(struct torture_case *its)
{
    asl_machine_unref(its->machine);
    asli_free(its->definition);
    asli_free(its->input);
    asli_free(its->output);
    asli_free(its->error);
    asli_free(its->cause);
    asli_free(its->told);
    json_decref(its->events);
}
