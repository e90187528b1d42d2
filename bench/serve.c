/* SPDX-License-Identifier: Apache-2.0
 *
 * What a request of `asl serve` costs, with the client on the same machine: durable starts of an
 * execution of one Pass state, descriptions, and answers by task token, over so many connections.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/bench.h"
#include "conformance/kit/load.h"
#include "conformance/kit/server.h"

#define ARN "arn:aws:states:us-east-1:111111111111:"
#define QUOTED(text) "\\\"" text "\\\""
#define ONE_STATE(members)                                                               \
    "{" QUOTED("StartAt") ":" QUOTED("S") "," QUOTED("States") ":{" QUOTED(              \
        "S") ":{" members "," QUOTED("End") ":true}}}"

enum { TEXT = 2100, TASK_STARTERS = 64 };

/* A case: the body of each request, and what is kept of each answer. */
struct work {
    const char *name, *action;
    const char *format; /* of the body, with the text of its turn */
    const char *keeps;  /* member of the answer that the next case sends; or NULL */
};

struct run {
    const struct work *work;
    long wanted, asked, answered;
    double *seconds;
    char **kept; /* `wanted` texts that this one keeps, or sends */
    char body[TEXT + 256];
};

static bool next(void *arg, size_t connection, struct load_request *ret_request)
{
    struct run *r = arg;
    (void)connection;
    if (r->asked == r->wanted)
        return false;
    const char *text = r->kept != NULL && r->work->keeps == NULL ? r->kept[r->asked] : "";
    int len = snprintf(r->body, sizeof r->body, r->work->format, text);
    r->asked++;
    *ret_request = (struct load_request){r->work->action, r->body, (size_t)len};
    return true;
}

static void take(void *arg, const struct load_answer *answer)
{
    struct run *r = arg;
    char text[TEXT];
    if (answer->status != 200)
        bench_die("%s: %d %s", r->work->action, answer->status, answer->body);
    r->seconds[r->answered] = answer->seconds;
    if (r->work->keeps != NULL) {
        if (!load_text(answer->body, r->work->keeps, text, sizeof text))
            bench_die("%s: no %s in %s", r->work->action, r->work->keeps, answer->body);
        r->kept[r->answered] = strdup(text);
    }
    r->answered++;
}

/* Asks `wanted` times over `connections`, and says how fast that was when the case has a name. */
static void ask(const struct server *server, const struct work *work, int connections,
                long wanted, char **kept)
{
    struct run r = {work, wanted, .kept = kept};
    r.seconds = bench_alloc((size_t)wanted * sizeof *r.seconds);
    struct load load = {&server->endpoint, (size_t)connections, next, take, &r};
    double begin = bench_now(), cpu = server_cpu(server);
    if (load_run(&load) != 0)
        bench_die("%s: the server has closed a connection", work->action);
    double seconds = bench_now() - begin;
    if (work->name != NULL) {
        char name[64];
        snprintf(name, sizeof name, "serve %s %d", work->name, connections);
        bench_print(name, "requests/s", (double)wanted / seconds);
        bench_print(name, "p50 ms",
                    bench_percentile(r.seconds, (size_t)wanted, 50) * 1e3);
        bench_print(name, "p99 ms",
                    bench_percentile(r.seconds, (size_t)wanted, 99) * 1e3);
        bench_print(name, "cpu us", (server_cpu(server) - cpu) * 1e6 / (double)wanted);
        bench_print(name, "memory MiB", server_memory(server) / (1 << 20));
    }
    free(r.seconds);
}

static void forget(char **kept, long count)
{
    for (long i = 0; i < count; i++)
        free(kept[i]);
    memset(kept, 0, (size_t)count * sizeof *kept);
}

#define MACHINE(name, state)                                                             \
    "{\"name\":\"" name "\",\"roleArn\":\"arn:aws:iam::111111111111:role/r\","           \
    "\"definition\":\"" ONE_STATE(state) "\"}"
#define START(name)                                                                      \
    "{\"stateMachineArn\":\"" ARN "stateMachine:" name "\","                             \
    "\"input\":\"{\\\"orderId\\\":\\\"ord-2024-123456\\\",\\\"total\\\":39}\"}"

static void set_up(const struct server *server)
{
    static const struct work works[] = {
        {NULL, "CreateActivity", "{\"name\":\"work\"}"},
        {NULL, "CreateStateMachine", MACHINE("pass", QUOTED("Type") ":" QUOTED("Pass"))},
        {NULL, "CreateStateMachine",
         MACHINE("task", QUOTED("Type") ":" QUOTED("Task") "," QUOTED(
                             "Resource") ":" QUOTED(ARN "activity:work"))},
    };
    for (size_t i = 0; i < sizeof works / sizeof *works; i++)
        ask(server, &works[i], 1, 1, NULL);
}

static void measure(const struct server *server, int connections, long wanted)
{
    static const struct work start = {"start", "StartExecution", START("pass"),
                                      "executionArn"};
    static const struct work describe = {"describe", "DescribeExecution",
                                         "{\"executionArn\":\"%s\"}", NULL};
    static const struct work begin = {NULL, "StartExecution", START("task"),
                                      "executionArn"};
    static const struct work poll = {NULL, "GetActivityTask",
                                     "{\"activityArn\":\"" ARN "activity:work\"}",
                                     "taskToken"};
    static const struct work answer = {
        "answer", "SendTaskSuccess",
        "{\"taskToken\":\"%s\",\"output\":\"{\\\"paid\\\":true}\"}", NULL};
    char **kept = bench_alloc((size_t)wanted * sizeof *kept);
    ask(server, &start, connections, wanted, kept);
    ask(server, &describe, connections, wanted, kept);
    forget(kept, wanted);
    ask(server, &begin, TASK_STARTERS, wanted, kept);
    forget(kept, wanted);
    ask(server, &poll, TASK_STARTERS, wanted, kept);
    ask(server, &answer, connections, wanted, kept);
    forget(kept, wanted);
    free(kept);
}

int main(int argc, char **argv)
{
    struct server server;
    if (argc != 5)
        bench_die("usage: serve PROGRAM FOLDER CONNECTIONS REQUESTS");
    bench_remove(argv[2]);
    if (mkdir(argv[2], 0700) != 0)
        bench_die("%s cannot be made", argv[2]);
    if (server_start(&server, argv[1], argv[2], NULL) != 0)
        return 1;
    set_up(&server);
    measure(&server, (int)strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    bool good = server_end(&server, SIGTERM);
    bench_remove(argv[2]);
    return good ? 0 : 1;
}
