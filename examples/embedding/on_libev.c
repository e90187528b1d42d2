/* SPDX-License-Identifier: Apache-2.0
 *
 * Two engines on the libev loop of a program: asl_ev_attach for each, and ev_run. The loop has one
 * other watcher, which ends it when all is done; a real program has more to do there.
 */
#include <ev.h>
#include <stdio.h>

#include <asl/ev.h>

#include "examples/embedding/greeting.h"

struct party {
    struct greeting greeting;
    asl_host *host;
    asl_ev *ev;
};

/* A turn has failed: the program would log it, or give up as this one does. */
static void on_failed(void *arg, const asl_error *error)
{
    fprintf(stderr, "%s\n", error->text);
    ev_break(arg, EVBREAK_ALL);
}

static int party_open(struct party *p, struct ev_loop *loop, asl_error *reterr)
{
    int rc = greeting_open(&p->greeting, 1, reterr);
    if (rc == 0)
        rc = asl_host_new(p->greeting.engine, NULL, &p->host, reterr);
    if (rc == 0)
        rc = asl_ev_attach(p->host, loop, on_failed, loop, &p->ev, reterr);
    return rc;
}

static void party_close(struct party *p)
{
    asl_ev_detach(p->ev);
    asl_host_free(p->host);
    greeting_close(&p->greeting);
}

/* Called before the loop sleeps. */
static void on_prepare(struct ev_loop *loop, struct ev_prepare *prepare, int events)
{
    const struct party *parties = prepare->data;
    (void)events;
    if (parties[0].greeting.running + parties[1].greeting.running == 0)
        ev_break(loop, EVBREAK_ALL);
}

int main(void)
{
    struct ev_loop *loop = ev_default_loop(0);
    struct party parties[2] = {{.host = NULL}};
    struct ev_prepare prepare;
    asl_error error = {0};
    int rc = party_open(&parties[0], loop, &error);
    if (rc == 0)
        rc = party_open(&parties[1], loop, &error);
    if (rc == 0)
        rc = greeting_start(&parties[0].greeting, "Ada", &error);
    if (rc == 0)
        rc = greeting_start(&parties[1].greeting, "Bob", &error);
    if (rc == 0) {
        ev_prepare_init(&prepare, on_prepare);
        prepare.data = parties;
        ev_prepare_start(loop, &prepare);
        ev_run(loop, 0);
    } else {
        fprintf(stderr, "%s\n", error.text);
    }
    party_close(&parties[0]);
    party_close(&parties[1]);
    return rc != 0;
}
