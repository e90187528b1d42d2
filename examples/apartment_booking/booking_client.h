/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of `booking` that ask a `booking run`. Each returns the exit status: 0 done, 1 the
 * answer is no, 3 there was no answer.
 */
#ifndef BOOKING_CLIENT_H
#define BOOKING_CLIENT_H

struct booking_args {
    const char *command;
    const char *dir;
    const char *guest;
    unsigned window; /* seconds */
    int timeout_ms;  /* for an answer */
    char **names;    /* what follows the command, then NULL */
};

enum { BOOKING_OK = 0, BOOKING_NO = 1, BOOKING_USAGE = 2, BOOKING_TROUBLE = 3 };

int booking_ask(const struct booking_args *args); /* add, reserve, pay: each apartment */
int booking_list(const struct booking_args *args);
int booking_watch(const struct booking_args *args);

#endif
