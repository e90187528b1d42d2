/* SPDX-License-Identifier: Apache-2.0
 *
 * See plan.h; and the table of faults.
 */
#include "torture/plan.h"

#include <string.h>

#include "torture/random.h"

static const struct row {
    const char *name;
    unsigned weight;
    const char *text;
} rows[] = {
#define ROW(id, name, weight, text) {name, weight, text},
    TORTURE_FAULTS(ROW)
#undef ROW
};

const char *torture_fault_name(int fault)
{
    return rows[fault].name;
}

const char *torture_fault_text(int fault)
{
    return rows[fault].text;
}

unsigned torture_all_faults(void)
{
    unsigned set = 0;
    for (int i = 0; i < TORTURE_FAULT_COUNT; i++)
        set |= rows[i].weight ? 1u << i : 0;
    return set;
}

unsigned torture_fault_set(const char *list, const char **ret_unknown)
{
    unsigned set = 0;
    for (const char *word = list; *word;) {
        size_t len = strcspn(word, ",");
        int i = 0;
        while (i < TORTURE_FAULT_COUNT &&
               (strncmp(rows[i].name, word, len) != 0 || rows[i].name[len]))
            i++;
        *ret_unknown = word;
        if (i == TORTURE_FAULT_COUNT)
            return 0;
        set |= 1u << i;
        word += len + (word[len] == ',');
    }
    return set;
}

/* Or nothing more happens in it. */
bool torture_ends_itself(enum torture_fault fault)
{
    return fault == TORTURE_COMMIT || fault == TORTURE_EIO || fault == TORTURE_CRASH ||
           fault == TORTURE_FORGET;
}

static unsigned weight_of(unsigned faults, int i)
{
    if (!(faults >> i & 1))
        return 0;
    return rows[i].weight ? rows[i].weight : 1;
}

static enum torture_fault draw(uint64_t *random, unsigned faults)
{
    unsigned sum = 0;
    for (int i = 0; i < TORTURE_FAULT_COUNT; i++)
        sum += weight_of(faults, i);
    unsigned drawn = torture_below(random, sum);
    for (int i = 0;; i++) {
        if (drawn < weight_of(faults, i))
            return (enum torture_fault)i;
        drawn -= weight_of(faults, i);
    }
}

/* Most lives are short: what matters is where they end. */
static unsigned delay(uint64_t *random, enum torture_fault fault)
{
    enum { SHORT_US = 6000, LONG_US = 40000, FULL_US = 350000, IDLE_US = 60000 };
    if (fault ==
        TORTURE_NOSPACE) /* the host waits 100 ms before it tries again, then 200 */
        return torture_below(random, FULL_US);
    if (torture_ends_itself(fault)) /* unless it has too little to do */
        return fault == TORTURE_FORGET ? FULL_US : IDLE_US;
    return torture_below(random, torture_below(random, 3) ? SHORT_US : LONG_US);
}

struct torture_plan torture_plan_of(uint64_t seed, unsigned number, unsigned lives,
                                    unsigned cases, unsigned faults)
{
    uint64_t random = torture_random_of(seed, 'l', number);
    struct torture_plan plan = {.number = number,
                                .started = (number + 1) * cases / lives,
                                .peace = number == lives};
    if (plan.peace) /* only what a process survives */
        faults &= 1u << TORTURE_TWICE | 1u << TORTURE_GARBAGE | 1u << TORTURE_THREADS;
    plan.fault = faults ? draw(&random, faults) : TORTURE_KILL;
    plan.delay_us = delay(&random, plan.fault);
    plan.from_up = torture_below(&random, 4) > 0;
    plan.nth = 1 + torture_below(&random, torture_below(&random, 2) ? 8 : 40);
    plan.times = 1 + torture_below(&random, 3);
    plan.after = torture_below(&random, 2);
    plan.call = torture_below(&random, 2) ? TORTURE_APPLY : TORTURE_ANY_CALL;
    if (plan.peace)
        plan.started = cases;
    return plan;
}
