/* SPDX-License-Identifier: Apache-2.0
 *
 * Map runs and children: a run's children are numbered without a gap, each row tells of the
 * execution it names and that one of the row, and what the run has counted has happened.
 */
#include "engine/upkeep/check.h"

#include "engine/base/alloc.h"
#include "engine/engine.h"

struct run {
    struct asli_map_run *run;
    uint64_t event, children;
    struct asli_run_counts executions, items; /* as the children's rows say */
};

struct runs {
    struct asli_check *c;
    const struct asli_summary *s;
    bool damaged;
    struct asli_bytes runs; /* struct run, by event */
    size_t at;              /* the run whose children are visited */
};

static struct run *run_at(struct runs *r, size_t i)
{
    struct run *run = (struct run *)(void *)r->runs.data;
    return i < r->runs.len / sizeof *run ? &run[i] : NULL;
}

static void tell(struct runs *r, asl_slice key, enum asli_problem problem,
                 const char *detail)
{
    asli_check_tell(r->c, key, r->s->arn, problem, detail);
}

static int add_run(struct runs *r, asl_slice key, asl_slice value)
{
    struct run run = {.event = asli_key_read_u64(key, 11)};
    asl_error err = {0};
    int rc = asli_decode_run(value, run.event, &run.run, NULL, &err);
    if (rc) {
        r->damaged = true;
        return asli_check_trouble(r->c, key, r->s->arn, rc, ASLI_PROBLEM_RUN, &err);
    }
    asli_bytes_add(&r->runs, &run, sizeof run);
    if (!r->runs.oom)
        return 0;
    asli_map_run_unref(run.run);
    return asli_oom(r->c->reterr);
}

static bool is_kin(const struct asli_kin *kin, uint64_t parent, uint64_t run,
                   uint64_t index)
{
    return kin->parent == parent && kin->run == run && kin->index == index;
}

/* An Express child, of which its row tells all. */
static int check_express(struct runs *r, asl_slice key, const struct asli_child_row *row)
{
    struct asli_summary s;
    asl_error err = {0};
    int rc = asli_decode_express(row, &s, NULL, &err);
    if (rc)
        return asli_check_trouble(r->c, key, r->s->arn, rc, ASLI_PROBLEM_CHILD, &err);
    asli_summary_done(&s);
    return 0;
}

/* The execution that a child's row names. */
static int check_named(struct runs *r, asl_slice key, const struct asli_child_row *row)
{
    struct asli_summary s;
    asl_error err = {0};
    int rc = asli_summary_find(r->c->store, r->c->snapshot, row->id, &s, &err);
    if (rc == ASL_EFORMAT) /* was told */
        return 0;
    if (rc)
        return asli_check_trouble(r->c, key, r->s->arn, rc, ASLI_PROBLEM_CHILD_ORPHAN,
                                  &err);
    if (!is_kin(&s.kin, r->s->id, asli_key_read_u64(key, 11),
                asli_key_read_u64(key, 19)) ||
        s.kin.items != row->items || s.id <= r->s->id)
        tell(r, key, ASLI_PROBLEM_CHILD_ORPHAN, s.arn);
    else if (s.status != row->status)
        tell(r, key, ASLI_PROBLEM_CHILD_ORPHAN, "its status is another");
    asli_summary_done(&s);
    return 0;
}

static int add_child(struct runs *r, asl_slice key, asl_slice value)
{
    struct asli_child_row row;
    asl_error err = {0};
    uint64_t event = asli_key_read_u64(key, 11);
    int rc = asli_decode_child(value, &row, &err);
    if (rc) {
        r->damaged = true;
        return asli_check_trouble(r->c, key, r->s->arn, rc, ASLI_PROBLEM_CHILD, &err);
    }
    struct run *run;
    while ((run = run_at(r, r->at)) && run->event < event)
        r->at++;
    if (run && run->event == event) {
        run->children++;
        run->executions.of[row.status]++;
        run->items.of[row.status] += row.items;
    } else if (!r->damaged) {
        tell(r, key, ASLI_PROBLEM_NO_RUN, NULL);
        r->damaged = true;
    }
    return row.id ? check_named(r, key, &row) : check_express(r, key, &row);
}

static int visit(void *arg, asl_slice key, asl_slice value)
{
    bool is_run = ((const unsigned char *)key.data)[10] == ASLI_ROW_RUN;
    if (asli_value_verify(&value, NULL)) /* was told */
        return 0;
    return is_run ? add_run(arg, key, value) : add_child(arg, key, value);
}

/* A run that was ended takes all that run for aborted, also who ends by itself at that moment; one
 * that is redriven counts anew. Then more may have happened than it knows. */
static bool agrees(const struct asli_run_counts *counted,
                   const struct asli_run_counts *found, bool exact)
{
    for (int i = 0; i <= ASL_ABORTED; i++)
        if (exact ? found->of[i] != counted->of[i]
                  : i != ASL_RUNNING && i != ASL_ABORTED && found->of[i] < counted->of[i])
            return false;
    return true;
}

static void check_run(struct runs *r, const struct run *run, bool live)
{
    const struct asli_map_run *m = run->run;
    struct asli_key key = asli_key_run(r->s->id, run->event);
    bool exact = m->status == ASL_SUCCEEDED ||
                 (m->status == ASL_RUNNING && live && m->revived == m->begun);
    if (run->children != m->begun || !agrees(&m->executions, &run->executions, exact) ||
        !agrees(&m->items, &run->items, exact))
        tell(r, asli_key_slice(&key), ASLI_PROBLEM_RUN_COUNTS, NULL);
}

static bool is_live(const struct asli_bytes *used, uint64_t event)
{
    const struct asli_checked_run *u =
        (const struct asli_checked_run *)(const void *)used->data;
    for (size_t i = 0; i < used->len / sizeof *u; i++)
        if (u[i].event == event)
            return u[i].live;
    return false;
}

static void check_used(struct runs *r, uint64_t event)
{
    struct asli_key key = asli_key_run(r->s->id, event);
    struct run *run;
    for (size_t i = 0; (run = run_at(r, i)); i++)
        if (run->event == event)
            return;
    tell(r, asli_key_slice(&key), ASLI_PROBLEM_NO_RUN, NULL);
}

int asli_check_runs(struct asli_check *c, const struct asli_summary *s,
                    const struct asli_bytes *used, bool damaged)
{
    struct runs r = {.c = c, .s = s, .damaged = damaged};
    const struct asli_checked_run *u =
        (const struct asli_checked_run *)(const void *)used->data;
    struct asli_key from = asli_key_row(s->id, ASLI_ROW_RUN),
                    to = asli_key_after(asli_key_row(s->id, ASLI_ROW_CHILD));
    int rc = asl_store_scan(c->store, c->snapshot, asli_key_slice(&from),
                            asli_key_slice(&to), 0, visit, &r, c->reterr);
    struct run *run;
    for (size_t i = 0; (run = run_at(&r, i)); i++) {
        if (!rc && !r.damaged)
            check_run(&r, run, is_live(used, run->event));
        asli_map_run_unref(run->run);
    }
    for (size_t i = 0; !rc && !r.damaged && i < used->len / sizeof *u; i++)
        check_used(&r, u[i].event);
    asli_bytes_done(&r.runs);
    return rc;
}

int asli_check_kin(struct asli_check *c, const struct asli_summary *s)
{
    struct asli_key own = asli_key_id(ASLI_KEY_EXECUTION, s->id),
                    key = asli_key_child(s->kin.parent, s->kin.run, s->kin.index);
    struct asli_child_row row;
    asl_error err = {0};
    asl_slice value;
    int rc = asli_get(c->store, c->snapshot, &key, &value, &err);
    if (!rc)
        rc = asli_decode_child(value, &row, &err);
    if (rc == ASL_EFORMAT) /* was told */
        return 0;
    if (rc)
        return asli_check_trouble(c, asli_key_slice(&own), s->arn, rc, ASLI_PROBLEM_KIN,
                                  &err);
    if (row.id != s->id)
        asli_check_tell(c, asli_key_slice(&own), s->arn, ASLI_PROBLEM_KIN, NULL);
    return 0;
}
