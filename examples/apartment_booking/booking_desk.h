/* SPDX-License-Identifier: Apache-2.0
 *
 * The desk: the engine with its store, the table of apartments, and what each request of a client
 * means. It knows peers, whom it answers, and nothing of sockets. A reservation is answered when
 * its execution's events say how it went: they come when that is durable, never before.
 */
#ifndef BOOKING_DESK_H
#define BOOKING_DESK_H

#include "examples/apartment_booking/apartments.h"
#include "examples/apartment_booking/booking_wire.h"

enum { DESK_PEERS = 64, DESK_NAME = 64 }; /* clients at once; bytes of a name */

enum peer_state {
    PEER_IDLE,      /* may ask */
    PEER_RESERVING, /* waits for `booking` to be decided */
    PEER_WATCHING,  /* is told of `booking`, or of all when that is "" */
};

/* A client. It keeps its place while `starting`, even when its connection is gone. */
struct peer {
    struct wire wire;
    enum peer_state state;
    int starting; /* asl_start has this address until it says `started` */
    int eof;      /* asks nothing more, but may want to hear */
    int broken;   /* to be closed once what it is owed was sent */
    uint64_t last;
    char booking[328]; /* name of an execution: 80 characters */
};

struct desk {
    unsigned window; /* seconds to pay in */
    apartments *table;
    asl_store *store;
    asl_machine *machine;
    asl_engine *engine;
    asl_host *host;
    struct peer *peers[DESK_PEERS];
};

/* Opens all of it in `dir`, which is made when missing. On failure too desk_close is due. */
int desk_open(struct desk *desk, const char *dir, const asl_host_options *host,
              asl_error *reterr);
/* Makes everything durable and ends the engine; reservations that are not decided are answered.
 * The store, and with it the lock on `dir`, is kept until desk_close. */
void desk_end(struct desk *desk);
void desk_close(struct desk *desk);

/* One request; the answer is put into the peer's wire, now or later. */
void desk_serve(struct desk *desk, struct peer *peer, const json_t *request);
void desk_refuse(struct peer *peer, const char *why);

#endif
