/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of the Step Functions API, for the programs that prove or measure a server: one kept-alive
 * connection, one request at a time, never waiting by itself, so that a thousand of them go with one
 * loop. Unsigned, HTTP/1.1.
 */
#ifndef KIT_CLIENT_H
#define KIT_CLIENT_H

#include <stddef.h>
#include <sys/socket.h>

struct endpoint {
    char name[256]; /* HOST:PORT, as the Host header has it */
    struct sockaddr_storage address;
    socklen_t len;
};

/* From "http://HOST:PORT" (a path is ignored). 0, or -1: it is none, or its host is unknown. */
int endpoint_parse(struct endpoint *ret_endpoint, const char *url);

struct client {
    int fd; /* -1: none */
    char *out, *in;
    size_t out_len, out_cap, sent;
    size_t in_len, in_cap;
    size_t head_len; /* of the answer; 0 while it is not there */
    size_t body_len;
    int status; /* the answer's, when there is one */
};

enum client_state {
    CLIENT_WRITES,   /* go on when the descriptor takes something */
    CLIENT_READS,    /* go on when it has something */
    CLIENT_ANSWERED, /* status and client_body are there, until the next client_ask */
    CLIENT_GONE,     /* the server has closed, or talks no HTTP */
};

/* Connects, or begins to. 0, or -1 with errno. */
int client_open(struct client *ret_client, const struct endpoint *endpoint);
void client_close(struct client *client);

/* Sets the next request; `client` has no other one on its way. */
void client_ask(struct client *client, const struct endpoint *endpoint,
                const char *action, const char *body, size_t len);
enum client_state client_step(struct client *client);
const char *client_body(const struct client *client); /* body_len bytes, and a 0 */

/* Steps until there is an answer: 0; -1: gone, or none within `ms`. */
int client_wait(struct client *client, int ms);

#endif
