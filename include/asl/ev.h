/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/ev.h: a host on the libev loop of the program it lives in.
 *
 *     asl_host_new(engine, NULL, &host, &error);
 *     asl_ev_attach(host, loop, failed, NULL, &ev, &error);
 *     ev_run(loop, 0);
 *     asl_ev_detach(ev);
 *     asl_host_free(host);
 *
 * Several hosts may be attached to one loop. Present when libasl was built with -Dev=enabled; a
 * program that has another loop does with asl_host_fd and asl_host_wait_ms what this does. libev
 * itself ends the process when it is out of memory, unless the program gave it an allocator
 * (ev_set_allocator).
 */
#ifndef ASL_EV_H
#define ASL_EV_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ev_loop;

/* What ties one host to one loop. */
typedef struct asl_ev asl_ev;

/* From now on the loop turns the host whenever there is something to do; a commit keeps it waiting only
 * when the host has no threads. Until it is detached it keeps ev_run running; a program ends that with
 * ev_break, or by detaching. When a turn fails `failed` (NULL: nobody) is told, and the next turn comes
 * a second later: an engine that is dead says so each time, until it is detached. Errors: ASL_ENOMEM.
 * Thread: the loop's, which is the engine's then. */
ASL_API int asl_ev_attach(asl_host *host, struct ev_loop *loop,
                          void (*failed)(void *arg, const asl_error *error), void *arg,
                          asl_ev **ret_ev, asl_error *reterr);

/* Leaves the loop; the host lives on and may be driven otherwise. Before asl_host_free; from any
 * callback of the loop and from `failed`, but not from a hook or an inline handler of the engine,
 * which is in the middle of a turn then. NULL is allowed. */
ASL_API void asl_ev_detach(asl_ev *ev);

#ifdef __cplusplus
}
#endif
#endif
