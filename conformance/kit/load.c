/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections on one epoll descriptor.
 */
#include "conformance/kit/load.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "conformance/kit/need.h"

struct asker {
    struct client client;
    double since;
    bool writes; /* what epoll waits for */
};

struct driver {
    const struct load *load;
    struct asker *askers;
    size_t busy, lost;
    int epoll;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void watch(struct driver *d, size_t index, int how, bool writes)
{
    struct epoll_event event = {writes ? EPOLLOUT : EPOLLIN, {.u64 = index}};
    if (epoll_ctl(d->epoll, how, d->askers[index].client.fd, &event) != 0) {
        perror("epoll_ctl");
        exit(2);
    }
    d->askers[index].writes = writes;
}

static void leave(struct driver *d, size_t index, bool lost)
{
    client_close(&d->askers[index].client);
    d->busy--;
    d->lost += lost;
}

static bool ask(struct driver *d, size_t index)
{
    struct asker *asker = &d->askers[index];
    struct load_request request = {0};
    if (!d->load->next(d->load->arg, index, &request))
        return false;
    asker->since = now();
    client_ask(&asker->client, d->load->endpoint, request.action, request.body,
               request.len);
    return true;
}

static void tell(struct driver *d, size_t index)
{
    const struct client *client = &d->askers[index].client;
    d->load->answer(d->load->arg, &(struct load_answer){
                                      index, client->status, client_body(client),
                                      client->body_len, now() - d->askers[index].since});
}

/* As far as it goes without waiting. */
static void go_on(struct driver *d, size_t index)
{
    struct asker *asker = &d->askers[index];
    for (;;) {
        enum client_state state = client_step(&asker->client);
        if (state == CLIENT_GONE) {
            leave(d, index, true);
            return;
        }
        if (state != CLIENT_ANSWERED) {
            if (asker->writes != (state == CLIENT_WRITES))
                watch(d, index, EPOLL_CTL_MOD, state == CLIENT_WRITES);
            return;
        }
        tell(d, index);
        if (!ask(d, index)) {
            leave(d, index, false);
            return;
        }
    }
}

static void begin(struct driver *d, size_t index)
{
    d->busy++;
    if (client_open(&d->askers[index].client, d->load->endpoint) != 0) {
        leave(d, index, true);
    } else if (!ask(d, index)) {
        leave(d, index, false);
    } else {
        watch(d, index, EPOLL_CTL_ADD, true);
        go_on(d, index);
    }
}

size_t load_run(const struct load *load)
{
    enum { EVENTS = 128 };
    struct epoll_event events[EVENTS];
    struct driver d = {.load = load, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    d.askers = need(calloc(load->connections, sizeof *d.askers));
    for (size_t i = 0; i < load->connections; i++)
        d.askers[i].client.fd = -1;
    for (size_t i = 0; i < load->connections; i++)
        begin(&d, i);
    while (d.busy > 0) {
        int n = epoll_wait(d.epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) {
            perror("epoll_wait");
            exit(2);
        }
        for (int i = 0; i < n; i++)
            go_on(&d, events[i].data.u64);
    }
    close(d.epoll);
    free(d.askers);
    return d.lost;
}

bool load_text(const char *body, const char *key, char *ret_text, size_t size)
{
    size_t len = strlen(key);
    for (const char *at = body; (at = strstr(at, key)) != NULL; at += len) {
        const char *text = at + len;
        if (at == body || at[-1] != '"' || *text++ != '"')
            continue;
        text += strspn(text, " :");
        if (*text++ != '"')
            return false;
        len = strcspn(text, "\"");
        snprintf(ret_text, size, "%.*s", (int)len, text);
        return true;
    }
    return false;
}
