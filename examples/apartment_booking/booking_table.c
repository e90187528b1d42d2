/* SPDX-License-Identifier: Apache-2.0
 *
 * booking-table: looks at the apartments and pays for them, from outside the workflow: the guest's
 * side of the example. It works on the table of $BOOKING_DB while executions run on it.
 * Exit status: 0 done, 1 refused (said on stderr), 2 usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples/apartment_booking/apartments.h"

static const char usage[] =
    "usage: booking-table add ID...   new apartments, vacant\n"
    "       booking-table get ID      print an apartment's status\n"
    "       booking-table pay ID      pay for a reserved apartment\n"
    "       booking-table list        print them all\n"
    "The table is in the directory $BOOKING_DB, made when missing.\n";

static int report(const char *id, enum apartment_end end)
{
    if (end == APARTMENT_OK)
        return 0;
    fprintf(stderr, "booking-table: %s: %s\n", id, apartment_cause(end));
    return 1;
}

static int add(apartments *table, char **ids)
{
    int rc = 0;
    for (; *ids; ids++)
        rc |= report(*ids, apartments_add(table, *ids));
    return rc;
}

static int get(apartments *table, char **ids)
{
    apartment row;
    enum apartment_end end = apartments_get(table, *ids, &row);
    if (end == APARTMENT_OK)
        puts(row.status);
    return report(*ids, end);
}

static int pay(apartments *table, char **ids)
{
    return report(*ids, apartments_pay(table, *ids, NULL));
}

static int print_row(void *arg, const char *id, const apartment *row)
{
    (void)arg;
    printf("%-12s %-10s %s\n", id, row->status, row->holder);
    return 0;
}

static int list(apartments *table, char **ids)
{
    (void)ids;
    return report("list", apartments_each(table, "", print_row, NULL));
}

static const struct command {
    const char *name;
    int (*run)(apartments *table, char **ids);
    int min_ids, max_ids;
} commands[] = {
    {"add", add, 1, 1 << 16},
    {"get", get, 1, 1},
    {"pay", pay, 1, 1},
    {"list", list, 0, 0},
};

static const struct command *find_command(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].min_ids &&
            argc - 2 <= commands[i].max_ids)
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const struct command *command = find_command(argc, argv);
    const char *dir = getenv("BOOKING_DB");
    if (!command || !dir) {
        fputs(usage, stderr);
        return 2;
    }
    apartments *table = apartments_open(dir);
    if (!table)
        return report(dir, APARTMENT_TROUBLE);
    int rc = command->run(table, argv + 2);
    apartments_close(table);
    return rc;
}
