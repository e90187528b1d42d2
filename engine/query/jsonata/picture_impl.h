/* SPDX-License-Identifier: Apache-2.0
 *
 * What the picture_*.c files share: a picture of an integer, and one of a time made of these.
 */
#ifndef ASLI_JSONATA_PICTURE_IMPL_H
#define ASLI_JSONATA_PICTURE_IMPL_H

#include "engine/query/jsonata/picture.h"

enum asli_jn_integer_form {
    ASLI_JN_DECIMAL,
    ASLI_JN_LETTERS,
    ASLI_JN_ROMAN,
    ASLI_JN_WORDS,
    ASLI_JN_SEQUENCE, /* another numbering: not supported */
};

enum asli_jn_case { ASLI_JN_LOWER, ASLI_JN_UPPER, ASLI_JN_TITLE };

struct asli_jn_group {
    size_t right; /* digits right of the separator */
    uint32_t character;
};

struct asli_jn_integer {
    enum asli_jn_integer_form form;
    enum asli_jn_case letters;
    bool ordinal;
    struct asli_jn_text token; /* the picture without its modifier, borrowed */
    /* of DECIMAL: */
    uint32_t zero;
    size_t mandatory, optional,
        interval;                 /* interval 0: the groups are irregular, or none */
    struct asli_jn_group *groups; /* from the right; owned */
    size_t group_count;
    size_t parse_width; /* digits to read; 0: all there are */
};

/* Beyond this a picture asks for nonsense. */
#define ASLI_JN_DIGITS_MOST 10000

int asli_jn_integer_analyse(struct asli_jn_text picture, struct asli_jn_integer *format,
                            struct asli_jn_fault *fault);
void asli_jn_integer_done(struct asli_jn_integer *format);
/* `value` is whole, infinite or NaN. */
int asli_jn_integer_put(double value, const struct asli_jn_integer *format,
                        struct asli_bytes *out, struct asli_jn_fault *fault);
/* NaN: there is no number in the text. SEQUENCE has been refused before. */
int asli_jn_integer_read(struct asli_jn_text text, const struct asli_jn_integer *format,
                         double *ret_value);
/* The regular expression of the texts that asli_jn_integer_read is given. D3130. */
int asli_jn_integer_regex(const struct asli_jn_integer *format, struct asli_bytes *out,
                          struct asli_jn_fault *fault);

/* English number words, picture_words.c; of finite numbers. */
void asli_jn_words_put(double value, bool ordinal, struct asli_bytes *out);
double asli_jn_words_read(const char *text, size_t len); /* lower case; NaN */
void asli_jn_words_regex(struct asli_bytes *out);

/* Of appended ASCII letters. */
void asli_jn_set_case(struct asli_bytes *out, size_t from, enum asli_jn_case letters);

/* JavaScript's parseInt. */
double asli_jn_parse_int(const char *text, size_t len);

#endif
