/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: a small HTTP server of one thread on a port of its own, which keeps what it was asked
 * and answers as it was told. Only for use inside of a test.
 */
#ifndef KIT_HTTP_PEER_H
#define KIT_HTTP_PEER_H

#include <pthread.h>
#include <stdatomic.h>

struct peer {
    int listener;
    int port;
    char url[64]; /* http://127.0.0.1:PORT */
    const char *
        answers; /* "200 OK\r\nName: value\r\n\r\nBODY" by turns, after each a '\1' if there is
                            another; the last one stays. "": the connection is closed; "-": it is
                            held open without a word */
    char asked[1 << 16]; /* the last request, headers and body */
    atomic_int count;    /* of requests */
    pthread_t thread;
};

void peer_open(struct peer *peer, const char *answers);
void peer_close(struct peer *peer);
/* Is there such a line in the last request? */
int peer_has_line(const struct peer *peer, const char *line);
/* The body of the last request. */
const char *peer_body(const struct peer *peer);

#endif
