/* SPDX-License-Identifier: Apache-2.0
 *
 * booking: the program of the example. `booking run` owns the engine; the other commands reach it
 * from other terminals, through the socket in its directory.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "examples/apartment_booking/booking_client.h"
#include "examples/apartment_booking/booking_server.h"

static const char usage[] =
    "usage: booking run     --dir DIR [--window SECONDS]\n"
    "       booking add     --dir DIR APARTMENT...\n"
    "       booking list    --dir DIR\n"
    "       booking reserve --dir DIR [--guest NAME] APARTMENT\n"
    "       booking pay     --dir DIR APARTMENT\n"
    "       booking watch   --dir DIR [BOOKING]\n"
    "\n"
    "  --dir DIR          where bookings and apartments live; without it: $BOOKING_DIR\n"
    "  --window SECONDS   to pay in, before a reservation is cancelled; 60\n"
    "  --guest NAME       who reserves; guest\n"
    "  --timeout SECONDS  how long to wait for an answer; 10\n"
    "\n"
    "Exit status: 0 done, 1 refused, 2 usage, 3 no answer, or none that can be "
    "trusted.\n";

/* SIGINT and SIGTERM, for poll; blocked in this thread and in all that it will start. */
static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    signal(SIGPIPE,
           SIG_IGN); /* nobody reads what it prints: no reason to end out of order */
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int serve(booking_server *server, const struct booking_args *args, int stop_fd)
{
    asl_error error = {0};
    int rc = 0;
    printf("booking run: %zu bookings go on in %s; %u s to pay\n",
           booking_server_running(server), args->dir, args->window);
    fflush(stdout);
    while (rc == 0)
        rc = booking_server_turn(server, stop_fd, -1, &error);
    if (rc < 0)
        fprintf(stderr, "booking run: %s\n", error.text);
    else
        printf("booking run: ended; %zu bookings go on when it runs again\n",
               booking_server_running(server));
    return rc < 0 ? BOOKING_TROUBLE : BOOKING_OK;
}

static int run(const struct booking_args *args)
{
    booking_server *server;
    asl_error error = {0};
    int stop_fd = open_signals();
    if (stop_fd < 0) {
        fprintf(stderr, "booking run: no signalfd: %s\n", strerror(errno));
        return BOOKING_TROUBLE;
    }
    int status = BOOKING_TROUBLE;
    if (booking_server_open(args->dir, args->window, NULL, &server, &error) == 0) {
        status = serve(server, args, stop_fd);
        booking_server_close(server);
    } else {
        fprintf(stderr, "booking run: %s\n", error.text);
    }
    close(stop_fd);
    return status;
}

static const struct command {
    const char *name;
    int (*run)(const struct booking_args *args);
    int min_names, max_names;
} commands[] = {
    {"run", run, 0, 0},           {"add", booking_ask, 1, 1 << 16},
    {"list", booking_list, 0, 0}, {"reserve", booking_ask, 1, 1},
    {"pay", booking_ask, 1, 1},   {"watch", booking_watch, 0, 1},
};

static const struct command *find_command(const char *name, int names)
{
    for (size_t i = 0; name && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0 && names >= commands[i].min_names &&
            names <= commands[i].max_names)
            return &commands[i];
    return NULL;
}

/* 0, or -1: not a number of seconds in this range. */
static int read_seconds(const char *text, unsigned max, unsigned *ret_seconds)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value > max)
        return -1;
    *ret_seconds = (unsigned)value;
    return 0;
}

enum { MAX_WINDOW = 99999999, MAX_TIMEOUT = 86400 };

static int read_options(int argc, char **argv, struct booking_args *args)
{
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
                                            {"window", required_argument, NULL, 'w'},
                                            {"guest", required_argument, NULL, 'g'},
                                            {"timeout", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    unsigned timeout = 10;
    int option, rc = 0;
    while (rc == 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'd')
            args->dir = optarg;
        else if (option == 'g')
            args->guest = optarg;
        else if (option == 'w')
            rc = read_seconds(optarg, MAX_WINDOW, &args->window);
        else if (option == 't')
            rc = read_seconds(optarg, MAX_TIMEOUT, &timeout);
        else
            rc = -1;
    }
    args->timeout_ms = (int)timeout * 1000;
    return rc;
}

int main(int argc, char **argv)
{
    struct booking_args args = {
        .dir = getenv("BOOKING_DIR"), .guest = "guest", .window = 60};
    int rc = read_options(argc, argv, &args);
    args.command = optind < argc ? argv[optind] : NULL;
    args.names = argv + optind + 1;
    const struct command *command = find_command(args.command, argc - optind - 1);
    if (rc != 0 || !command || !args.dir) {
        fputs(usage, stderr);
        return BOOKING_USAGE;
    }
    return command->run(&args);
}
