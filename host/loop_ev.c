/* SPDX-License-Identifier: Apache-2.0
 *
 * A host on a libev loop: an ev_io on its eventfd, an ev_timer for its next deadline, and an
 * ev_prepare that sets the timer before the loop sleeps, because any callback of the program may
 * have queued something or moved the deadline.
 *
 * Invariant: while a turn has failed and its pause lasts (`paused`), only the timer is active; else
 * the ev_io is, and the timer when there is a deadline.
 */
#include <asl/ev.h>

#include <ev.h>
#include <stdbool.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "host/host_private.h"

#define LONGEST 60.0 /* seconds; so that a clock that was set is noticed */
#define PAUSE 1.0    /* after a turn that failed */

struct asl_ev {
    asl_host *host;
    struct ev_loop *loop;
    void (*failed)(void *arg, const asl_error *error);
    void *arg;
    bool paused;
    struct ev_io io;
    struct ev_timer timer;
    struct ev_prepare prepare;
};

static void set_timer(asl_ev *ev, double seconds)
{
    ev_timer_stop(ev->loop, &ev->timer);
    ev_timer_set(&ev->timer, seconds, 0.0);
    ev_timer_start(ev->loop, &ev->timer);
}

/* Nothing follows the call of `failed`: it may have detached us. */
static void turn(asl_ev *ev)
{
    asl_error error = {0};
    if (asl_host_turn(ev->host, &error) == 0)
        return;
    ev->paused = true;
    ev_io_stop(ev->loop, &ev->io);
    set_timer(ev, PAUSE);
    if (ev->failed)
        ev->failed(ev->arg, &error);
}

static void on_readable(struct ev_loop *loop, struct ev_io *io, int events)
{
    (void)loop;
    (void)events;
    turn(io->data);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    asl_ev *ev = timer->data;
    (void)events;
    if (ev->paused) {
        ev->paused = false;
        ev_io_start(loop, &ev->io);
    }
    turn(ev);
}

static void before_sleep(struct ev_loop *loop, struct ev_prepare *prepare, int events)
{
    asl_ev *ev = prepare->data;
    (void)events;
    if (ev->paused)
        return;
    int64_t wait = asl_host_wait_ms(ev->host);
    if (wait < 0)
        ev_timer_stop(loop, &ev->timer);
    else
        set_timer(ev, wait < LONGEST * 1000 ? (double)wait / 1000 : LONGEST);
}

int asl_ev_attach(asl_host *host, struct ev_loop *loop,
                  void (*failed)(void *arg, const asl_error *error), void *arg,
                  asl_ev **ret_ev, asl_error *reterr)
{
    asl_ev *ev = asli_alloc(sizeof *ev);
    if (!ev)
        return asli_oom(reterr);
    *ev = (asl_ev){.host = host, .loop = loop, .failed = failed, .arg = arg};
    ev_io_init(&ev->io, on_readable, asl_host_fd(host), EV_READ);
    ev_init(&ev->timer, on_timer);
    ev_prepare_init(&ev->prepare, before_sleep);
    ev->io.data = ev->timer.data = ev->prepare.data = ev;
    ev_io_start(loop, &ev->io);
    ev_prepare_start(loop, &ev->prepare);
    host->shared = true;
    *ret_ev = ev;
    return 0;
}

void asl_ev_detach(asl_ev *ev)
{
    if (!ev)
        return;
    ev_io_stop(ev->loop, &ev->io);
    ev_timer_stop(ev->loop, &ev->timer);
    ev_prepare_stop(ev->loop, &ev->prepare);
    ev->host->shared = false;
    asli_free(ev);
}
