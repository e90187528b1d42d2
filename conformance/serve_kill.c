/* SPDX-License-Identifier: Apache-2.0
 *
 * serve-kill: kills a server under load by SIGKILL, starts it again, and asks for everything that it
 * had answered: each execution that was answered to StartExecution must be there, each output that was
 * answered to SendTaskSuccess must be its execution's.
 *
 * A life of the server ends at a number of answers that a seed gives, and a moment later, which it gives
 * too, while requests of all connections are on their way.
 */
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "conformance/kit/load.h"
#include "conformance/kit/need.h"
#include "conformance/kit/server.h"

enum {
    STARTERS = 24,
    WORKERS = 40, /* each asks for a task and answers it, in turns */
    CONNECTIONS = STARTERS + WORKERS,
    ANSWERS = 3000, /* of a life, at most */
    DELAY_US = 5000,
    TOKEN = 2100,
    NAME = 32,
};

#define PREFIX "arn:aws:states:us-east-1:111111111111:"
#define DEFINITION                                                                       \
    "{\\\"StartAt\\\":\\\"Work\\\",\\\"States\\\":{\\\"Work\\\":{\\\"Type\\\":"          \
    "\\\"Task\\\",\\\"Resource\\\":\\\"" PREFIX "activity:work\\\",\\\"End\\\":true}}}"

struct options {
    const char *asl;
    unsigned long seed, kills;
};

/* What the server has answered of one execution. */
struct promise {
    bool started, succeeded;
};

struct world {
    struct options options;
    char folder[64];
    struct server server;
    struct promise *promises; /* of the execution x<index> */
    size_t count, cap;
    char tokens[CONNECTIONS]
               [TOKEN];        /* what a worker is to answer; "": it asks for a task */
    size_t tasks[CONNECTIONS]; /* of which execution */
    size_t asked[CONNECTIONS]; /* execution that a connection asks about */
    char body[TOKEN + 256];
    uint64_t random;
    size_t answers_left; /* of this life */
    size_t next;         /* execution to be checked */
    size_t broken;       /* promises */
};

/* ------------------------------------------------------------------ a life under load */

/* xorshift64*. */
static uint64_t draw(struct world *w, uint64_t below)
{
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return (w->random * 2685821657736338717ULL >> 16) % below;
}

static bool say(struct world *w, struct load_request *request, const char *action,
                int len)
{
    *request = (struct load_request){action, w->body, (size_t)len};
    return true;
}

static bool next_start(struct world *w, size_t connection, struct load_request *request)
{
    size_t index = w->count;
    w->promises = need_room(w->promises, w->count, &w->cap, sizeof *w->promises);
    w->promises[w->count++] = (struct promise){0};
    w->asked[connection] = index;
    return say(w, request, "StartExecution",
               snprintf(w->body, sizeof w->body,
                        "{\"stateMachineArn\":\"" PREFIX "stateMachine:m\","
                        "\"name\":\"x%zu\",\"input\":\"[%zu]\"}",
                        index, index));
}

static bool next_load(void *arg, size_t connection, struct load_request *request)
{
    struct world *w = arg;
    if (connection < STARTERS)
        return next_start(w, connection, request);
    if (w->tokens[connection][0] == '\0')
        return say(w, request, "GetActivityTask",
                   snprintf(w->body, sizeof w->body,
                            "{\"activityArn\":\"" PREFIX "activity:work\"}"));
    return say(w, request, "SendTaskSuccess",
               snprintf(w->body, sizeof w->body,
                        "{\"taskToken\":\"%s\",\"output\":\"{\\\"done\\\":%zu}\"}",
                        w->tokens[connection], w->tasks[connection]));
}

/* A refusal that no crash can explain. */
static void refused(struct world *w, const char *what, const struct load_answer *answer)
{
    w->broken++;
    printf("# %s was refused: %d %s\n", what, answer->status, answer->body);
}

static void take_worker(struct world *w, const struct load_answer *answer)
{
    char *token = w->tokens[answer->connection], input[NAME];
    if (token[0] != '\0') {
        if (answer->status == 200)
            w->promises[w->tasks[answer->connection]].succeeded = true;
        else if (strstr(answer->body, "TaskTimedOut") == NULL)
            refused(w, "SendTaskSuccess", answer);
        token[0] = '\0';
    } else if (answer->status != 200) {
        refused(w, "GetActivityTask", answer);
    } else if (load_text(answer->body, "taskToken", token, TOKEN)) {
        if (!load_text(answer->body, "input", input, sizeof input) ||
            sscanf(input, "[%zu]", &w->tasks[answer->connection]) != 1 ||
            w->tasks[answer->connection] >= w->count)
            refused(w, "a task whose input nobody sent", answer);
    }
}

static void take_load(void *arg, const struct load_answer *answer)
{
    struct world *w = arg;
    if (answer->connection >= STARTERS)
        take_worker(w, answer);
    else if (answer->status == 200)
        w->promises[w->asked[answer->connection]].started = true;
    else
        refused(w, "StartExecution", answer);
    if (w->answers_left > 0 && --w->answers_left == 0) {
        nanosleep(&(struct timespec){.tv_nsec = (long)draw(w, DELAY_US) * 1000}, NULL);
        server_end(&w->server, SIGKILL);
    }
}

/* ------------------------------------------------------------------ the promises */

static bool next_check(void *arg, size_t connection, struct load_request *request)
{
    struct world *w = arg;
    while (w->next < w->count && !w->promises[w->next].started &&
           !w->promises[w->next].succeeded)
        w->next++;
    if (w->next == w->count)
        return false;
    w->asked[connection] = w->next++;
    return say(w, request, "DescribeExecution",
               snprintf(w->body, sizeof w->body,
                        "{\"executionArn\":\"" PREFIX "execution:m:x%zu\"}",
                        w->asked[connection]));
}

static void take_check(void *arg, const struct load_answer *answer)
{
    struct world *w = arg;
    char status[NAME] = "", wanted[NAME + 16];
    size_t index = w->asked[answer->connection];
    bool done = w->promises[index].succeeded;
    snprintf(wanted, sizeof wanted, "{\\\"done\\\":%zu}", index);
    if (answer->status == 200 &&
        load_text(answer->body, "status", status, sizeof status) &&
        (!done ||
         (strcmp(status, "SUCCEEDED") == 0 && strstr(answer->body, wanted) != NULL)))
        return;
    w->broken++;
    printf("# x%zu, started%s by the server's word, is: %d %s\n", index,
           done ? " and completed" : "", answer->status, answer->body);
}

/* ------------------------------------------------------------------ all of it */

static bool ask_once(struct world *w, const char *action, const char *body)
{
    struct client client;
    bool good = false;
    if (client_open(&client, &w->server.endpoint) != 0)
        return false;
    client_ask(&client, &w->server.endpoint, action, body, strlen(body));
    good = client_wait(&client, 60000) == 0 && client.status == 200;
    if (!good)
        printf("# %s: %s\n", action,
               client.status != 0 ? client_body(&client) : "no answer");
    client_close(&client);
    return good;
}

static bool set_up(struct world *w)
{
    return server_start(&w->server, w->options.asl, w->folder, NULL) == 0 &&
           ask_once(w, "CreateActivity", "{\"name\":\"work\"}") &&
           ask_once(w, "CreateStateMachine",
                    "{\"name\":\"m\",\"roleArn\":\"arn:aws:iam::111111111111:role/r\","
                    "\"definition\":\"" DEFINITION "\"}");
}

/* One life, from its start to its SIGKILL. */
static void live(struct world *w)
{
    struct load load = {&w->server.endpoint, CONNECTIONS, next_load, take_load, w};
    memset(w->tokens, 0, sizeof w->tokens);
    w->answers_left = 1 + draw(w, ANSWERS);
    load_run(&load);
}

static size_t check_all(struct world *w)
{
    struct load load = {&w->server.endpoint, STARTERS, next_check, take_check, w};
    w->next = 0;
    return load_run(&load);
}

static void count_promises(const struct world *w, size_t *ret_started, size_t *ret_done)
{
    *ret_started = *ret_done = 0;
    for (size_t i = 0; i < w->count; i++) {
        *ret_started += w->promises[i].started;
        *ret_done += w->promises[i].succeeded;
    }
}

/* True: every promise was kept. */
static bool run(struct world *w)
{
    if (!set_up(w))
        return false;
    for (unsigned long kill = 0; kill < w->options.kills; kill++) {
        live(w);
        if (server_start(&w->server, w->options.asl, w->folder, NULL) != 0)
            return false;
    }
    size_t started, done, lost = check_all(w);
    count_promises(w, &started, &done);
    printf("# seed %lu: %lu kills, %zu executions asked for, %zu answered, %zu tasks "
           "answered; %zu promises broken\n",
           w->options.seed, w->options.kills, w->count, started, done, w->broken);
    return server_end(&w->server, SIGTERM) && lost == 0 && w->broken == 0 && started > 0;
}

static void remove_folder(const struct world *w)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
    if (system(command) != 0)
        fprintf(stderr, "%s stays\n", w->folder);
}

static int usage(FILE *out)
{
    fputs("usage: serve-kill [--seed N] [--kills N] [--asl PROGRAM]\n"
          "Kills `asl serve` under load, N (12) times, and looks whether it keeps its "
          "word.\n",
          out);
    return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {{"seed", required_argument, NULL, 's'},
                                          {"kills", required_argument, NULL, 'k'},
                                          {"asl", required_argument, NULL, 'a'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    struct world *w = need(calloc(1, sizeof *w));
    w->options = (struct options){ASL_PROGRAM, 1, 12};
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (c == 's')
            w->options.seed = strtoul(optarg, NULL, 10);
        else if (c == 'k')
            w->options.kills = strtoul(optarg, NULL, 10);
        else if (c == 'a')
            w->options.asl = optarg;
        else
            return usage(c == 'h' ? stdout : stderr);
    }
    w->random = w->options.seed * 0x9E3779B97F4A7C15ULL + 1;
    strcpy(w->folder, "/tmp/asl-serve-kill-XXXXXX");
    bool good = mkdtemp(w->folder) != NULL && run(w);
    server_end(&w->server, SIGKILL);
    printf("%sok 1 - a server killed under load has kept its word\n1..1\n",
           good ? "" : "not ");
    remove_folder(w);
    free(w->promises);
    free(w);
    return good ? 0 : 1;
}
