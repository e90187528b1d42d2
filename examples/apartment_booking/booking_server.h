/* SPDX-License-Identifier: Apache-2.0
 *
 * `booking run`: one thread that waits with poll(2) for the engine's host and for its clients. A
 * client that is slow, silent or hostile costs a place and two buffers, and nobody waits for it.
 */
#ifndef BOOKING_SERVER_H
#define BOOKING_SERVER_H

#include <asl.h>

typedef struct booking_server booking_server;

/* Opens the engine and the table in `dir`, and listens there. ASL_EBUSY: another one does; others
 * as asl_engine_open. `host`: as for asl_host_new. */
int booking_server_open(const char *dir, unsigned window, const asl_host_options *host,
                        booking_server **ret_server, asl_error *reterr);

/* Waits, `wait_ms` at most (-1: as long as it takes), and does what is due. 1: `stop_fd` (-1: none)
 * is readable; 0: it is not; or an error of the engine, after which it should be closed. */
int booking_server_turn(booking_server *server, int stop_fd, int64_t wait_ms,
                        asl_error *reterr);

/* Bookings that go on. */
size_t booking_server_running(const booking_server *server);

/* Leaves everything durable: bookings go on when it is opened again. */
void booking_server_close(booking_server *server);

#endif
