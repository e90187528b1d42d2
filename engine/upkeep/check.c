/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_check: one pass over all rows in key order. Definitions come before executions, and these
 * before their rows, so whatever a row belongs to is known when it is visited. Then, execution by
 * execution, what its rows say of each other: check_rows.c.
 */
#include "engine/upkeep/check.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/upkeep/upkeep.h"

static const struct {
    const char *text, *advice;
} problems[] = {
#define PROBLEM(id, text, advice) {text, advice},
    ASLI_PROBLEMS(PROBLEM)
#undef PROBLEM
};

/* ---- reporting ---- */

static void hex(char *out, size_t size, const unsigned char *p, size_t len)
{
    for (size_t i = 0, at = 0; i < len && at + 3 <= size; i++, at += 2)
        snprintf(out + at, 3, "%02x", p[i]);
}

static void name_row(char *out, size_t size, asl_slice key)
{
    unsigned kind = key.len > 10 ? ((const unsigned char *)key.data)[10] : 0;
    unsigned long long id = asli_key_read_u64(key, 2);
    if (kind == ASLI_ROW_RESULT)
        snprintf(out, size, "result %llu.%u.%u", id, asli_key_read_u32(key, 11),
                 asli_key_read_u32(key, 15));
    else if (kind == ASLI_ROW_RUN)
        snprintf(out, size, "Map run %llu.%llu", id,
                 (unsigned long long)asli_key_read_u64(key, 11));
    else if (kind == ASLI_ROW_CHILD)
        snprintf(out, size, "child %llu.%llu.%llu", id,
                 (unsigned long long)asli_key_read_u64(key, 11),
                 (unsigned long long)asli_key_read_u64(key, 19));
    else
        snprintf(out, size, "%s %llu.%u", kind == ASLI_ROW_FRAME ? "frame" : "?", id,
                 asli_key_read_u32(key, 11));
}

static void name_key(char *out, size_t size, asl_slice key)
{
    const unsigned char *p = key.data;
    unsigned kind = key.len > 1 && p[0] == 0 ? p[1] : 0;
    const char *word = kind == ASLI_KEY_START       ? "start"
                       : kind == ASLI_KEY_EXECUTION ? "execution"
                       : kind == ASLI_KEY_RUNNING   ? "running"
                                                    : "removal";
    char digits[129] = "";
    hex(digits, sizeof digits, p + 2, key.len > 2 ? key.len - 2 : 0);
    if (kind == ASLI_KEY_ROWS)
        name_row(out, size, key);
    else if (kind == ASLI_KEY_HISTORY)
        snprintf(out, size, "history %llu of batch %llu",
                 (unsigned long long)asli_key_read_u64(key, 10),
                 (unsigned long long)asli_key_read_u64(key, 2));
    else if (kind == ASLI_KEY_STORE || kind == ASLI_KEY_LEASE)
        snprintf(out, size, "%s", kind == ASLI_KEY_STORE ? "store" : "lease");
    else if (kind == ASLI_KEY_MACHINE || kind == ASLI_KEY_NAME || kind == ASLI_KEY_OWN)
        snprintf(out, size, "%s %s",
                 kind == ASLI_KEY_NAME  ? "name"
                 : kind == ASLI_KEY_OWN ? "own row"
                                        : "definition",
                 digits);
    else if (kind == ASLI_KEY_START ||
             (kind >= ASLI_KEY_EXECUTION && kind <= ASLI_KEY_REMOVAL))
        snprintf(out, size, "%s %llu", word,
                 (unsigned long long)asli_key_read_u64(key, 2));
    else
        snprintf(out, size, "row %02x%02x%s", p[0], kind, digits);
}

void asli_check_tell(struct asli_check *c, asl_slice key, const char *execution,
                     enum asli_problem problem, const char *detail)
{
    char name[192], text[1024];
    c->counts.problems++;
    if (!c->problem)
        return;
    name_key(name, sizeof name, key);
    snprintf(text, sizeof text, "%s%s%s", problems[problem].text, detail ? ": " : "",
             detail ? detail : "");
    asl_problem p = {name, execution, text, problems[problem].advice};
    c->problem(c->arg, &p);
}

int asli_check_trouble(struct asli_check *c, asl_slice key, const char *execution, int rc,
                       enum asli_problem problem, const asl_error *error)
{
    if (rc != ASL_EFORMAT && rc != ASL_ENOTFOUND)
        return rc ? asli_error_pass(c->reterr, error) : 0;
    asli_check_tell(c, key, execution, problem, rc == ASL_EFORMAT ? error->text : NULL);
    return 0;
}

/* ---- definitions ---- */

struct asli_checked_machine {
    unsigned char hash[16];
    asl_machine *machine;
};

static struct asli_checked_machine *machine_at(const struct asli_check *c, size_t i)
{
    return (struct asli_checked_machine *)(void *)c->machines.data + i;
}

asl_machine *asli_check_machine(const struct asli_check *c, const unsigned char hash[16])
{
    size_t low = 0, high = c->counts.machines;
    while (low < high) { /* they came in the order of their keys */
        size_t middle = low + (high - low) / 2;
        int order = memcmp(hash, machine_at(c, middle)->hash, 16);
        if (order == 0)
            return machine_at(c, middle)->machine;
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return NULL;
}

static int check_machine(struct asli_check *c, asl_slice key, asl_slice value)
{
    asl_error err = {0};
    struct asli_checked_machine m = {.machine = NULL};
    if (key.len != 18) {
        asli_check_tell(c, key, NULL, ASLI_PROBLEM_KEY, NULL);
        return 0;
    }
    memcpy(m.hash, (const char *)key.data + 2, 16);
    int rc = asli_machine_decode(value, &m.machine, &err);
    if (rc)
        return asli_check_trouble(c, key, NULL, rc, ASLI_PROBLEM_MACHINE, &err);
    if (memcmp(m.machine->hash, m.hash, 16) != 0) {
        asli_check_tell(c, key, NULL, ASLI_PROBLEM_MACHINE, "its key is of another one");
        asl_machine_unref(m.machine);
        return 0;
    }
    asli_bytes_add(&c->machines, &m, sizeof m);
    if (c->machines.oom) {
        asl_machine_unref(m.machine);
        return asli_oom(c->reterr);
    }
    c->counts.machines++;
    return 0;
}

/* ---- starts of Express executions: before definitions, in the order of keys ---- */

static int check_start(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_start_row row;
    asl_error err = {0};
    asl_slice machine;
    int rc = asli_decode_start(value, &row, &err);
    if (rc)
        return asli_check_trouble(c, key, NULL, rc, ASLI_PROBLEM_START, &err);
    struct asli_key of = asli_key_machine(row.machine_hash);
    rc = asl_store_get(c->store, c->snapshot, asli_key_slice(&of), &machine, &err);
    rc = asli_check_trouble(c, key, row.arn, rc, ASLI_PROBLEM_NO_MACHINE, &err);
    asli_start_row_done(&row);
    return rc;
}

/* ---- names, executions, wakes ---- */

static int check_name(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_reader r;
    struct asli_summary s;
    asl_error err = {0};
    asli_reader_init(&r, value.data, value.len);
    unsigned format = asli_read_u8(&r);
    uint64_t id = asli_read_be64(&r);
    if (format != ASLI_FORMAT || r.bad || r.p != r.end) {
        asli_check_tell(c, key, NULL, ASLI_PROBLEM_NAME, NULL);
        return 0;
    }
    int rc = asli_summary_find(c->store, c->snapshot, id, &s, &err);
    if (rc == ASL_EFORMAT) /* is told when its row is visited */
        return 0;
    if (rc)
        return asli_check_trouble(c, key, NULL, rc, ASLI_PROBLEM_NAME_ORPHAN, &err);
    struct asli_key want = asli_key_name(s.name, s.arn);
    if (memcmp(want.bytes, key.data, key.len) != 0)
        asli_check_tell(c, key, s.arn, ASLI_PROBLEM_NAME, "it is of another execution");
    asli_summary_done(&s);
    return 0;
}

static int check_name_of(struct asli_check *c, asl_slice key,
                         const struct asli_summary *s)
{
    struct asli_key name = asli_key_name(s->name, s->arn);
    asl_slice value;
    asl_error err = {0};
    int rc = asli_get(c->store, c->snapshot, &name, &value, &err);
    if (rc == ASL_EFORMAT) /* was told */
        return 0;
    if (rc)
        return asli_check_trouble(c, key, s->arn, rc, ASLI_PROBLEM_NAMELESS, &err);
    if (asli_key_read_u64(value, 1) != s->id)
        asli_check_tell(c, key, s->arn, ASLI_PROBLEM_NAMELESS,
                        "the name is of another one");
    return 0;
}

static struct asli_checked *find_checked(const struct asli_check *c, uint64_t id)
{
    struct asli_checked *x = (struct asli_checked *)(void *)c->executions.data;
    size_t low = 0, high = c->executions.len / sizeof *x;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x[middle].id == id)
            return &x[middle];
        if (x[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int add_execution(struct asli_check *c, asl_slice key)
{
    struct asli_checked x = {.id = asli_key_read_u64(key, 2)};
    asli_bytes_add(&c->executions, &x, sizeof x);
    c->counts.executions++;
    return c->executions.oom ? asli_oom(c->reterr) : 0;
}

static int check_execution(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_summary s;
    asl_error err = {0};
    int rc = asli_decode_execution(value, asli_key_read_u64(key, 2), &s, &err);
    if (rc)
        return asli_check_trouble(c, key, NULL, rc, ASLI_PROBLEM_EXECUTION, &err);
    c->counts.running += s.status == ASL_RUNNING;
    if (!s.kin.parent &&
        !asli_check_machine(c, s.machine_hash)) /* a child has its parent's */
        asli_check_tell(c, key, s.arn, ASLI_PROBLEM_NO_MACHINE, NULL);
    if (s.status != ASL_RUNNING && !s.stop_time)
        asli_check_tell(c, key, s.arn, ASLI_PROBLEM_EXECUTION, "it has no stop time");
    rc = check_name_of(c, key, &s);
    asli_summary_done(&s);
    return rc;
}

static int check_running(struct asli_check *c, asl_slice key)
{
    struct asli_summary s;
    asl_error err = {0};
    int rc =
        asli_summary_find(c->store, c->snapshot, asli_key_read_u64(key, 2), &s, &err);
    if (rc == ASL_EFORMAT)
        return 0;
    if (rc)
        return asli_check_trouble(c, key, NULL, rc, ASLI_PROBLEM_RUNNING_ORPHAN, &err);
    if (s.status != ASL_RUNNING)
        asli_check_tell(c, key, s.arn, ASLI_PROBLEM_RUNNING_ORPHAN, NULL);
    asli_summary_done(&s);
    return 0;
}

/* A row without an execution, unless somebody was about to remove it. */
static int check_orphan(struct asli_check *c, asl_slice row, uint64_t id)
{
    struct asli_key key = asli_key_id(ASLI_KEY_REMOVAL, id);
    asl_error err = {0};
    asl_slice value;
    if (c->orphan == id)
        return 0;
    c->orphan = id;
    int rc = asl_store_get(c->store, c->snapshot, asli_key_slice(&key), &value, &err);
    return asli_check_trouble(c, row, NULL, rc, ASLI_PROBLEM_ROW_ORPHAN, &err);
}

/* ---- all rows ---- */

static bool has_length(unsigned kind, asl_slice key)
{
    unsigned row = key.len > 10 ? ((const unsigned char *)key.data)[10] : 0;
    switch (kind) {
    case ASLI_KEY_OWN: /* what is in it is not ours to judge */
        return key.len > 2;
    case ASLI_KEY_MACHINE:
    case ASLI_KEY_NAME:
    case ASLI_KEY_HISTORY:
        return key.len == 18;
    case ASLI_KEY_ROWS:
        return (row == ASLI_ROW_FRAME && key.len == 15) ||
               ((row == ASLI_ROW_RESULT || row == ASLI_ROW_RUN) && key.len == 19) ||
               (row == ASLI_ROW_CHILD && key.len == 27);
    default:
        return key.len == 10;
    }
}

/* The execution's that the key names; NULL with *rc: it is of none. */
static struct asli_checked *owner(struct asli_check *c, unsigned kind, asl_slice key,
                                  int *rc)
{
    uint64_t id = asli_key_read_u64(key, kind == ASLI_KEY_HISTORY ? 10 : 2);
    struct asli_checked *x = find_checked(c, id);
    *rc = x ? 0 : check_orphan(c, key, id);
    return x;
}

static int check_row(struct asli_check *c, unsigned kind, asl_slice key, asl_slice value,
                     bool damaged)
{
    struct asli_checked *x;
    int rc = 0;
    switch (kind) {
    case ASLI_KEY_START:
        return damaged ? 0 : check_start(c, key, value);
    case ASLI_KEY_MACHINE:
        return damaged ? 0 : check_machine(c, key, value);
    case ASLI_KEY_NAME:
        return damaged ? 0 : check_name(c, key, value);
    case ASLI_KEY_EXECUTION:
        rc = add_execution(c, key);
        return rc || damaged ? rc : check_execution(c, key, value);
    case ASLI_KEY_RUNNING:
    case ASLI_KEY_ROWS:
    case ASLI_KEY_HISTORY:
        if ((x = owner(c, kind, key, &rc))) {
            x->damaged |= damaged;
            x->history += kind == ASLI_KEY_HISTORY;
        }
        return rc || kind != ASLI_KEY_RUNNING ? rc : check_running(c, key);
    default:
        return 0;
    }
}

/* The rows without a checksum: two numbers, and the version, which was read before. */
static bool is_plain(struct asli_check *c, unsigned kind, asl_slice key, asl_slice value)
{
    if (kind < ASLI_KEY_STORE || kind > ASLI_KEY_LEASE || key.len != 2)
        return false;
    if (value.len != (kind == ASLI_KEY_STORE ? 2u : 8u))
        asli_check_tell(c, key, NULL, ASLI_PROBLEM_COUNTER, NULL);
    c->plain |= 1u << (kind - ASLI_KEY_STORE);
    return true;
}

static int visit(void *arg, asl_slice key, asl_slice value)
{
    struct asli_check *c = arg;
    asl_error err = {0};
    const unsigned char *p = key.data;
    unsigned kind = key.len > 1 && p[0] == 0 ? p[1] : 0;
    c->counts.rows++;
    if (is_plain(c, kind, key, value))
        return 0;
    bool known =
        kind == ASLI_KEY_OWN || (kind >= ASLI_KEY_START && kind <= ASLI_KEY_HISTORY);
    if (!known || !has_length(kind, key)) {
        asli_check_tell(c, key, NULL, ASLI_PROBLEM_KEY, NULL);
        return 0;
    }
    bool damaged = asli_value_verify(&value, &err) != 0;
    if (damaged)
        asli_check_tell(c, key, NULL, ASLI_PROBLEM_CHECKSUM, NULL);
    return check_row(c, kind, key, value, damaged);
}

static int check_all(struct asli_check *c)
{
    static const char *const plain[] = {"store", "lease"};
    static const unsigned char first[1] = {0};
    asl_slice from = {first, 1}, to = {NULL, 0};
    int rc = asl_store_scan(c->store, c->snapshot, from, to, 0, visit, c, c->reterr);
    const struct asli_checked *x =
        (const struct asli_checked *)(void *)c->executions.data;
    for (size_t i = 0; !rc && i < c->executions.len / sizeof *x; i++)
        rc = asli_check_rows(c, &x[i]);
    for (unsigned i = 0; !rc && i < 2 && c->counts.rows; i++) {
        struct asli_key key = asli_key_of(ASLI_KEY_STORE + i);
        if (!(c->plain >> i & 1))
            asli_check_tell(c, asli_key_slice(&key), NULL, ASLI_PROBLEM_COUNTER,
                            plain[i]);
    }
    return rc;
}

int asl_check(asl_store *store, asl_problem_fn *problem, void *arg,
              asl_check_counts *ret_counts, asl_error *reterr)
{
    struct asli_upkeep u; /* reads the version */
    struct asli_check c = {
        .store = store, .problem = problem, .arg = arg, .reterr = reterr};
    int rc = asli_upkeep_open(&u, store, reterr);
    asli_upkeep_done(&u);
    if (!rc)
        rc = asl_store_snapshot(store, &c.snapshot, reterr);
    if (rc)
        return rc;
    rc = check_all(&c);
    asl_store_release(store, c.snapshot);
    for (size_t i = 0; i < c.counts.machines; i++)
        asl_machine_unref(machine_at(&c, i)->machine);
    asli_bytes_done(&c.machines);
    asli_bytes_done(&c.executions);
    if (!rc && ret_counts)
        *ret_counts = c.counts;
    return rc;
}
