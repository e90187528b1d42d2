/* SPDX-License-Identifier: Apache-2.0
 *
 * The apartments of the booking example: an LMDB table of its own, apart from the engine's store.
 * Every change is one transaction that reads, decides and writes; and because a task may be given
 * to its handler again after a crash, every change asked for twice by the same holder answers the
 * same twice. Several processes may use the table at once; one process opens it once.
 */
#ifndef APARTMENTS_H
#define APARTMENTS_H

/* X(NAME, error name, cause): how a change can end. */
#define APARTMENT_ENDS(X)                                                                \
    X(OK, "", "done")                                                                    \
    X(UNKNOWN, "ApartmentUnknown", "there is no such apartment")                         \
    X(TAKEN, "ApartmentTaken", "somebody else has reserved it")                          \
    X(PAID, "ApartmentPaid", "it has been paid")                                         \
    X(VACANT, "ApartmentVacant", "nobody has reserved it")                               \
    X(TROUBLE, "TableError", "the table of apartments cannot be used")

enum apartment_end {
#define APARTMENT_END_ROW(name, error, cause) APARTMENT_##name,
    APARTMENT_ENDS(APARTMENT_END_ROW)
#undef APARTMENT_END_ROW
};
const char *apartment_error(enum apartment_end end);
const char *apartment_cause(enum apartment_end end);

/* A row, stored as it stands. */
typedef struct apartment {
    char status[16];  /* "vacant", "reserved", "paid" */
    char holder[304]; /* ARN of the execution that reserved it; "" when vacant */
} apartment;

typedef struct apartments apartments;

/* Opens the table in `dir`, which is made when missing. NULL: it cannot be opened. */
apartments *apartments_open(const char *dir);
void apartments_close(apartments *table);

/* All fill *ret_row, which may be NULL, with the row as it is afterwards, unless UNKNOWN or
 * TROUBLE. Thread: any. */
enum apartment_end apartments_add(apartments *table,
                                  const char *id); /* vacant; keeps a row */
enum apartment_end apartments_get(apartments *table, const char *id, apartment *ret_row);
enum apartment_end apartments_reserve(apartments *table, const char *id,
                                      const char *holder,
                                      apartment *ret_row); /* OK, TAKEN */
enum apartment_end apartments_pay(apartments *table, const char *id,
                                  apartment *ret_row); /* OK, PAID, VACANT */
enum apartment_end
apartments_revert(apartments *table, const char *id, const char *holder,
                  apartment *ret_row); /* OK, PAID; others' stay theirs */

/* A row of apartments_each; not 0 ends it. */
typedef int apartments_fn(void *arg, const char *id, const apartment *row);

/* Calls fn for each row behind the id `after` ("": all), in order of the ids. */
enum apartment_end apartments_each(apartments *table, const char *after,
                                   apartments_fn *fn, void *arg);

#endif
