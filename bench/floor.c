/* SPDX-License-Identifier: Apache-2.0
 *
 * The floor: the least that a durable step costs on this machine, with no engine in the way.
 *
 *     floor FOLDER IN_FLIGHT EXECUTIONS
 *
 * One thread keeps IN_FLIGHT executions of ten steps going. A step parses a small result, as if a
 * worker had sent it, puts it into the execution's state and writes two rows: a record of its
 * history and the whole state. A round gives every execution one step and is one transaction; so a
 * step is durable before the execution's next one begins.
 */
#include "bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <lmdb.h>

struct execution {
    long id;
    int step;
    json_t *state; /* NULL: this slot is free */
    double began;
};

struct floor {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi history, states;
    struct execution *slots;
    int in_flight;
    long executions, started, ended;
    double *latencies;
};

static void check(int rc)
{
    if (rc)
        bench_die("lmdb: %s", mdb_strerror(rc));
}

static void open_store(struct floor *f, const char *folder)
{
    bench_remove(folder);
    if (mkdir(folder, 0700))
        bench_die("cannot make %s", folder);
    check(mdb_env_create(&f->env));
    check(mdb_env_set_mapsize(f->env, (size_t)16 << 30));
    check(mdb_env_set_maxdbs(f->env, 2));
    check(mdb_env_open(f->env, folder, 0, 0600));
    check(mdb_txn_begin(f->env, NULL, 0, &f->txn));
    check(mdb_dbi_open(f->txn, "history", MDB_CREATE, &f->history));
    check(mdb_dbi_open(f->txn, "states", MDB_CREATE, &f->states));
    check(mdb_txn_commit(f->txn));
}

static void put(struct floor *f, MDB_dbi dbi, const unsigned char *key, size_t key_len,
                char *value, size_t len)
{
    MDB_val k = {key_len, (void *)key}, v = {len, value};
    check(mdb_put(f->txn, dbi, &k, &v, 0));
}

static void begin(struct floor *f, struct execution *x)
{
    x->id = ++f->started;
    x->step = 0;
    x->began = bench_now();
    x->state = json_loads(BENCH_INPUT, 0, NULL);
}

static void step(struct floor *f, struct execution *x)
{
    char result[128], record[512], state[1024];
    unsigned char key[12];
    int len = snprintf(result, sizeof result, BENCH_RESULT, x->step, x->id);
    json_t *value = json_loadb(result, (size_t)len, 0, NULL);
    if (!value || json_object_set_new(x->state, "last", value))
        bench_die("out of memory");
    len = snprintf(record, sizeof record,
                   "{\"type\":\"StateExited\",\"state\":\"S%d\",\"t\":1715937851123,"
                   "\"out\":",
                   x->step);
    size_t end = (size_t)len;
    end += json_dumpb(value, record + end, sizeof record - end - 1, JSON_COMPACT);
    record[end++] = '}';
    for (int i = 0; i < 8; i++)
        key[i] = (unsigned char)((uint64_t)x->id >> (56 - 8 * i));
    for (int i = 0; i < 4; i++)
        key[8 + i] = (unsigned char)((uint32_t)x->step >> (24 - 8 * i));
    put(f, f->history, key, 12, record, end);
    end = json_dumpb(x->state, state, sizeof state, JSON_COMPACT);
    put(f, f->states, key, 8, state, end);
    x->step++;
}

static void round_of_steps(struct floor *f)
{
    check(mdb_txn_begin(f->env, NULL, 0, &f->txn));
    for (int i = 0; i < f->in_flight; i++) {
        struct execution *x = &f->slots[i];
        if (!x->state && f->started < f->executions)
            begin(f, x);
        if (x->state)
            step(f, x);
    }
    check(mdb_txn_commit(f->txn));
    double now = bench_now();
    for (int i = 0; i < f->in_flight; i++) {
        struct execution *x = &f->slots[i];
        if (!x->state || x->step < BENCH_STEPS)
            continue;
        json_decref(x->state);
        x->state = NULL;
        f->latencies[f->ended++] = now - x->began;
    }
}

static void measure(struct floor *f, const char *folder)
{
    struct bench_disk before = bench_disk(folder);
    double began = bench_now(), cpu = bench_cpu();
    while (f->ended < f->executions)
        round_of_steps(f);
    began = bench_now() - began;
    cpu = bench_cpu() - cpu;
    struct bench_disk after = bench_disk(folder);
    double steps = (double)f->executions * BENCH_STEPS;
    char name[32];
    snprintf(name, sizeof name, "durable %d", f->in_flight);
    bench_print(name, "steps/s", steps / began);
    bench_print(name, "p50 ms",
                1e3 * bench_percentile(f->latencies, (size_t)f->ended, 50));
    bench_print(name, "p99 ms",
                1e3 * bench_percentile(f->latencies, (size_t)f->ended, 99));
    bench_print(name, "cpu us", 1e6 * cpu / steps);
    bench_print(name, "file B", (after.files - before.files) / steps);
    if (!isnan(after.device))
        bench_print(name, "device B", (after.device - before.device) / steps);
}

int main(int argc, char **argv)
{
    struct floor f = {0};
    if (argc != 4)
        bench_die("usage: floor FOLDER IN_FLIGHT EXECUTIONS");
    f.in_flight = (int)strtol(argv[2], NULL, 10);
    f.executions = strtol(argv[3], NULL, 10);
    f.slots = bench_alloc((size_t)f.in_flight * sizeof *f.slots);
    f.latencies = bench_alloc((size_t)f.executions * sizeof *f.latencies);
    open_store(&f, argv[1]);
    measure(&f, argv[1]);
    mdb_env_close(f.env);
    bench_remove(argv[1]);
    free(f.slots);
    free(f.latencies);
    return 0;
}
