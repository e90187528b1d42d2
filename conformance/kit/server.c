/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting a server and ending it. Its address is what its log says first.
 */
#include "conformance/kit/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conformance/kit/need.h"

enum { TICK_MS = 2, START_MS = 30000, END_MS = 10000 };

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = TICK_MS * 1000000}, NULL);
}

static void in_child(const char *asl, const char *folder, const char *const *options,
                     int log)
{
    enum { MORE = 16 };
    char *store;
    if (asprintf(&store, "%s/store", folder) < 0)
        _exit(127);
    const char *words[10 + MORE] = {asl,        "serve",    "--port",    "0",
                                    "--store",  store,      "--account", "111111111111",
                                    "--region", "us-east-1"};
    for (size_t i = 0; i < MORE - 1 && options != NULL && options[i] != NULL; i++)
        words[10 + i] = options[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* it does not outlive a test that ends early */
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(asl, (char *const *)words);
    perror(asl);
    _exit(127);
}

/* The address in the log, once it is there. */
static bool read_address(const char *log, struct endpoint *ret_endpoint)
{
    char line[512], url[64];
    unsigned port = 0;
    FILE *in = fopen(log, "r");
    while (in != NULL && port == 0 && fgets(line, sizeof line, in) != NULL) {
        const char *at = strstr(line, "\"listening\"");
        at = at != NULL && strchr(at, '\n') != NULL ? strstr(at, "\"port\":") : NULL;
        if (at != NULL && sscanf(at, "\"port\":%u", &port) != 1)
            port = 0;
    }
    if (in != NULL)
        fclose(in);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    return port != 0 && endpoint_parse(ret_endpoint, url) == 0;
}

static void show(const char *log)
{
    char line[512];
    FILE *in = fopen(log, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        fputs(line, stderr);
    if (in != NULL)
        fclose(in);
}

int server_start(struct server *server, const char *asl, const char *folder,
                 const char *const *options)
{
    char *log;
    if (asprintf(&log, "%s/log", folder) < 0)
        need(NULL);
    int fd = open(log, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    server->pid = fd < 0 ? -1 : fork();
    if (server->pid == 0)
        in_child(asl, folder, options, fd);
    if (fd >= 0)
        close(fd);
    bool ready = false;
    for (int ms = 0; server->pid > 0 && !ready && ms < START_MS; ms += TICK_MS) {
        if (waitpid(server->pid, NULL, WNOHANG) != 0)
            server->pid = 0;
        else if (!(ready = read_address(log, &server->endpoint)))
            nap();
    }
    if (!ready) {
        fprintf(stderr, "%s serve does not listen:\n", asl);
        show(log);
        if (server->pid > 0)
            server_end(server, SIGKILL);
        server->pid = 0;
    }
    free(log);
    return ready ? 0 : -1;
}

bool server_end(struct server *server, int signal)
{
    int status = 0;
    pid_t ended = 0;
    if (server->pid <= 0)
        return true;
    kill(server->pid, signal);
    for (int ms = 0; ms < END_MS && ended == 0; ms += TICK_MS) {
        ended = waitpid(server->pid, &status, WNOHANG);
        if (ended == 0)
            nap();
    }
    if (ended == 0) {
        kill(server->pid, SIGKILL);
        waitpid(server->pid, &status, 0);
    }
    server->pid = 0;
    return signal == SIGTERM ? ended != 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0
                             : ended != 0 && WIFSIGNALED(status);
}

double server_memory(const struct server *server)
{
    char path[64], line[256];
    unsigned long kib, sum = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)server->pid);
    FILE *in = fopen(path, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        if (sscanf(line, "RssAnon: %lu kB", &kib) == 1)
            sum = kib;
    if (in != NULL)
        fclose(in);
    return (double)sum * 1024;
}

double server_cpu(const struct server *server)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)server->pid);
    FILE *in = fopen(path, "r");
    const char *rest = NULL;
    if (in != NULL && fgets(line, sizeof line, in) != NULL)
        rest = strrchr(line, ')'); /* the name before it may hold anything */
    if (rest != NULL)
        (void)sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                     &system);
    if (in != NULL)
        fclose(in);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}
