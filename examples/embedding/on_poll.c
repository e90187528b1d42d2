/* SPDX-License-Identifier: Apache-2.0
 *
 * A host among the file descriptors of a program's own poll(2) loop. It reads names from standard
 * input and starts an execution for each, while others run; it ends when both have.
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "examples/embedding/greeting.h"

/* The line that is being read. */
struct input {
    char name[100];
    size_t len;
};

/* Names, a line each. 1: the input has ended. */
static int read_names(struct input *in, struct greeting *g, asl_error *reterr)
{
    char text[4096];
    ssize_t n = read(STDIN_FILENO, text, sizeof text);
    for (ssize_t i = 0; i < n; i++) {
        if (text[i] != '\n' && in->len < sizeof in->name - 1) {
            in->name[in->len++] = text[i];
        } else if (text[i] == '\n') {
            in->name[in->len] = '\0';
            in->len = 0;
            if (greeting_start(g, in->name, reterr) != 0)
                return 1;
        }
    }
    return n <= 0;
}

static int loop(struct greeting *g, asl_host *host, asl_error *reterr)
{
    enum { INPUT, HOST };
    struct pollfd fds[] = {[INPUT] = {.fd = STDIN_FILENO, .events = POLLIN},
                           [HOST] = {.fd = asl_host_fd(host), .events = POLLIN}};
    struct input in = {.len = 0};
    int rc = asl_host_turn(host, reterr);
    while (rc == 0 && (fds[INPUT].fd >= 0 || g->running > 0)) {
        int64_t wait = asl_host_wait_ms(host);
        poll(fds, 2, wait < 60000 ? (int)wait : 60000);
        if (fds[INPUT].revents != 0 && read_names(&in, g, reterr) != 0)
            fds[INPUT].fd = -1;
        rc = asl_host_turn(host, reterr); /* as well when nothing but time has passed */
    }
    return rc;
}

int main(void)
{
    struct greeting g;
    asl_error error = {0};
    asl_host *host = NULL;
    int rc = greeting_open(&g, 1, &error);
    if (rc == 0)
        rc = asl_host_new(g.engine, NULL, &host, &error);
    if (rc == 0)
        rc = loop(&g, host, &error);
    if (error.code != 0)
        fprintf(stderr, "%s\n", error.text);
    asl_host_free(host);
    greeting_close(&g);
    return error.code != 0;
}
