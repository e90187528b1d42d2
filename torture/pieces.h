/* SPDX-License-Identifier: Apache-2.0
 *
 * What generated machines are made of, as text with ' for ", in JSONPath and in JSONata. Each piece
 * takes {"v": number} and gives the same with another number. generate.c puts in place of
 *
 *     @   the beginning of this piece's state names, unlike any other
 *     ~   a digit from 1 to 5, the same all over the piece
 *     !   the way on: 'Next':'...' or 'End':true
 *     #   a chain of pieces: 'StartAt':'...','States':{...}
 *     \'  an apostrophe
 *
 * A Wait's state name ends with Wait and its seconds, so that the judge knows when it is due.
 */
#ifndef TORTURE_PIECES_H
#define TORTURE_PIECES_H

#include <stdbool.h>

enum torture_where {
    ANYWHERE = 0,
    NOT_IN_EXPRESS =
        1,      /* callbacks, distributed Maps; and what waits: five minutes are short */
    AT_TOP = 2, /* not within another piece */
    NESTS = 4,  /* it has chains within */
};

struct torture_piece {
    unsigned where; /* enum torture_where */
    const char *jsonpath, *jsonata;
};
extern const struct torture_piece torture_pieces[];
extern const unsigned torture_piece_count;

/* How a machine ends, after its chain; a higher weight is more often. */
struct torture_ending {
    unsigned weight;
    bool stop, redrive, express; /* as in struct torture_case */
    struct torture_piece piece;
};
extern const struct torture_ending torture_endings[];
extern const unsigned torture_ending_count;

/* A chain of one, of a machine that has TimeoutSeconds. */
extern const struct torture_piece torture_endless;

#endif
