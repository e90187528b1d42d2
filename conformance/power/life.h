/* SPDX-License-Identifier: Apache-2.0
 *
 * Lives of an engine on one store: executions of several machines are started, answered, stopped
 * and redriven, and whatever the engine tells goes out as a mark, a JSON object:
 *
 *     {"mark": "asked", "name", "input", "express"}    a start is being asked for
 *     {"mark": "started" | "stopped", "name"}          that was acknowledged
 *     {"mark": "event", "name", "id", "type"}          the hook saw it
 *     {"mark": "answered", "name", "id"}               the answer of the task scheduled by event id
 *     {"mark": "worked", "name"}                       a handler did its work
 *     {"mark": "ended", "name", "status", "output"}    the hook saw its end
 *     {"mark": "redrive" | "redriven", "name"}         asked for, acknowledged
 *
 * Each execution ends in one way only, whoever comes first: so that one that was interrupted can be
 * held against one that was not.
 */
#ifndef POWER_LIFE_H
#define POWER_LIFE_H

#include <asl.h>

struct power_life {
    asl_store *store;  /* borrowed */
    int threads;       /* 1: a commit thread and workers; 0: all in the caller's */
    int redrive;       /* 1: first redrive what failed */
    unsigned from, to; /* the numbers of the executions to start */
    unsigned events;   /* not 0: it ends after so many of them */
    void (*told)(void *arg, json_t *take_mark); /* from any thread */
    void *arg;

    asl_engine *engine; /* the rest is the life's own */
    asl_host *host;
    asl_machine **machines;
    int problem;
    asl_error error;
};

/* Until everything has ended. 0, or the code of what went wrong, told in `error`. */
int power_live(struct power_life *life);

/* Names of the executions that are started here begin with it; those of children do not. */
#define POWER_NAME 'p'

#endif
