/* SPDX-License-Identifier: Apache-2.0
 *
 * The wire between `booking run` and its clients: JSON objects, one a line, over a Unix socket that
 * stands in the store directory. Both sides use it. Nothing here blocks but wire_connect and
 * wire_await, which have a time limit, and nothing grows: a line that does not fit is refused.
 */
#ifndef BOOKING_WIRE_H
#define BOOKING_WIRE_H

#include <asl.h>

enum { WIRE_LINE = 1 << 16 }; /* bytes of a line, and of what waits to be sent */

struct wire {
    int fd; /* -1: closed */
    size_t in_len, out_len;
    char in[WIRE_LINE], out[WIRE_LINE];
};

/* Takes a connected socket. */
void wire_open(struct wire *wire, int take_fd);
void wire_close(struct wire *wire);

/* Reads what there is. 1: more may come; 0: the other side has said its last; -1: it is gone. */
int wire_fill(struct wire *wire);
/* A whole line has come. */
int wire_has_line(const struct wire *wire);
/* The next line came and can only be too long. */
int wire_is_overrun(const struct wire *wire);
/* The next line: an object, the caller's; JSON's null when it is none. NULL: no whole line yet. */
json_t *wire_take(struct wire *wire);

/* Adds a line to what is to be sent: all of it, or -1 and nothing. */
int wire_put(struct wire *wire, json_t *take_value);
/* Sends what the other side has room for. -1: it is gone. */
int wire_flush(struct wire *wire);

/* DIR/booking.sock, mode 0600. A socket that stands there is replaced: it is for the caller to know
 * that nobody listens on it. ASL_ESYSTEM, and *ret_fd stays as it was. */
int wire_listen(const char *dir, int *ret_fd, asl_error *reterr);
void wire_unlisten(const char *dir, int take_fd);

/* ASL_ENOTFOUND: nobody listens in `dir`; ASL_EBUSY: somebody does and did not answer in time. */
int wire_connect(const char *dir, int timeout_ms, struct wire *ret_wire,
                 asl_error *reterr);

/* Sends what is to be sent and waits for a line, `timeout_ms` at most, -1: for ever. ASL_EBUSY: it
 * did not come in time; ASL_ECLOSED: the other side is gone; ASL_EJSON: it is no object. */
int wire_await(struct wire *wire, int timeout_ms, json_t **ret_value, asl_error *reterr);

#endif
