/* SPDX-License-Identifier: Apache-2.0
 *
 * Many connections that ask a server at the same time, in one thread: each has its next request as
 * soon as its last one is answered.
 */
#ifndef KIT_LOAD_H
#define KIT_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance/kit/client.h"

/* One request; what it points to is borrowed until the callback's next call. */
struct load_request {
    const char *action, *body;
    size_t len;
};

struct load_answer {
    size_t connection;
    int status;
    const char *body; /* `len` bytes, a 0 after them */
    size_t len;
    double seconds; /* since it was asked */
};

struct load {
    const struct endpoint *endpoint;
    size_t connections;
    /* The next request of a connection; false: it has no more. */
    bool (*next)(void *arg, size_t connection, struct load_request *ret_request);
    void (*answer)(void *arg, const struct load_answer *answer);
    void *arg;
};

/* Until no connection has a request more. The number of connections that were lost: each with a request
 * on its way that may have been done or not. */
size_t load_run(const struct load *load);

/* The text of the first member `key` of an answer, cut at `size` - 1; false: there is none. Texts with
 * escapes are not for this. */
bool load_text(const char *body, const char *key, char *ret_text, size_t size);

#endif
