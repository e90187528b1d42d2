/* SPDX-License-Identifier: Apache-2.0
 *
 * Does a store hold everything that was acknowledged before the power went?
 */
#ifndef POWER_VERDICT_H
#define POWER_VERDICT_H

#include "conformance/power/log.h"

/* What has been told up to a record. */
struct power_promises {
    const struct power_log *log;
    size_t done;    /* records that were taken in */
    size_t applied; /* batches that were */
    /* Of the whole log. rows: [hashes of the rows] after each batch, from none on: its own and those
     * that the next may have made. ends: {name and how many redrives: "final" mark}. */
    json_t *rows, *ends;
    /* {name: {"input", "express", "events": [mark], "answers": [id], "end": "ended" mark,
     * "ends": of how many drives, "redrives": how many,
     * "there", "deleting", "deleted", "stopped", "worked": bool}} */
    json_t *names;
};

struct power_reason {
    char text[900];
};

void power_promises_begin(struct power_promises *promises, const struct power_log *log);
/* Takes the log in up to a record, without it. */
void power_promises_advance(struct power_promises *promises, size_t to);
void power_promises_end(struct power_promises *promises);

/* Opens the store in `dir`, looks for all of it, and lets it run to its end. False: something is
 * missing, and why. */
bool power_verdict(const struct power_promises *promises, const char *dir,
                   struct power_reason *ret_reason);

#endif
