/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as English words, up to trillions of trillions, and back.
 */
#include "engine/query/jsonata/picture_impl.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* X("cardinal", "ordinal", value) */
#define SMALL(X)                                                                         \
    X("Zero", "Zeroth", 0)                                                               \
    X("One", "First", 1)                                                                 \
    X("Two", "Second", 2)                                                                \
    X("Three", "Third", 3)                                                               \
    X("Four", "Fourth", 4)                                                               \
    X("Five", "Fifth", 5)                                                                \
    X("Six", "Sixth", 6)                                                                 \
    X("Seven", "Seventh", 7)                                                             \
    X("Eight", "Eighth", 8)                                                              \
    X("Nine", "Ninth", 9)                                                                \
    X("Ten", "Tenth", 10)                                                                \
    X("Eleven", "Eleventh", 11)                                                          \
    X("Twelve", "Twelfth", 12)                                                           \
    X("Thirteen", "Thirteenth", 13)                                                      \
    X("Fourteen", "Fourteenth", 14)                                                      \
    X("Fifteen", "Fifteenth", 15)                                                        \
    X("Sixteen", "Sixteenth", 16)                                                        \
    X("Seventeen", "Seventeenth", 17)                                                    \
    X("Eighteen", "Eighteenth", 18)                                                      \
    X("Nineteen", "Nineteenth", 19)
#define TENS(X)                                                                          \
    X("Twenty", "Twentieth", 20)                                                         \
    X("Thirty", "Thirtieth", 30)                                                         \
    X("Forty", "Fortieth", 40)                                                           \
    X("Fifty", "Fiftieth", 50)                                                           \
    X("Sixty", "Sixtieth", 60)                                                           \
    X("Seventy", "Seventieth", 70)                                                       \
    X("Eighty", "Eightieth", 80)                                                         \
    X("Ninety", "Ninetieth", 90)
#define LARGE(X)                                                                         \
    X("Hundred", "Hundredth", 100)                                                       \
    X("Thousand", "Thousandth", 1e3)                                                     \
    X("Million", "Millionth", 1e6)                                                       \
    X("Billion", "Billionth", 1e9)                                                       \
    X("Trillion", "Trillionth", 1e12)

static const struct {
    const char *names[2]; /* cardinal, ordinal */
    double value;
} words[] = {
#define ROW(cardinal, ordinal, value) {{cardinal, ordinal}, value},
    SMALL(ROW) TENS(ROW) LARGE(ROW)
#undef ROW
};
#define WORDS (sizeof words / sizeof *words)
#define FIRST_TEN 20
#define FIRST_LARGE 28

static void put_below_thousand(int value, bool after, bool ordinal,
                               struct asli_bytes *out)
{
    if (value >= 100) {
        bool rest = value % 100;
        asli_bytes_adds(out, after ? ", " : "");
        asli_bytes_adds(out, words[value / 100].names[0]);
        asli_bytes_addc(out, ' ');
        asli_bytes_adds(out, words[FIRST_LARGE].names[ordinal && !rest]);
        if (!rest)
            return;
        value %= 100;
        after = true;
    }
    asli_bytes_adds(out, after ? " and " : "");
    if (value >= 20) {
        bool rest = value % 10;
        asli_bytes_adds(out, words[FIRST_TEN + value / 10 - 2].names[ordinal && !rest]);
        if (!rest)
            return;
        asli_bytes_addc(out, '-');
        value %= 10;
    }
    asli_bytes_adds(out, words[value].names[ordinal]);
}

/* The depth is that of the trillions of trillions: 26 at most. */
static void put_words(double value, bool after, bool ordinal, struct asli_bytes *out)
{
    if (value < 1000) {
        put_below_thousand((int)value, after, ordinal, out);
        return;
    }
    size_t large = WORDS - 1;
    while (value < words[large].value)
        large--;
    double count = floor(value / words[large].value);
    double rest = value - count * words[large].value;
    asli_bytes_adds(out, after ? ", " : "");
    put_words(count, false, false, out);
    asli_bytes_addc(out, ' ');
    asli_bytes_adds(out, words[large].names[ordinal && !(rest > 0)]);
    if (rest > 0)
        put_words(rest, true, ordinal, out);
}

void asli_jn_words_put(double value, bool ordinal, struct asli_bytes *out)
{
    put_words(value, false, ordinal, out);
}

static double word_value(const char *word, size_t len)
{
    for (size_t i = 0; i < WORDS; i++)
        for (int ordinal = 0; ordinal < 2; ordinal++)
            if (strlen(words[i].names[ordinal]) == len &&
                !strncasecmp(words[i].names[ordinal], word, len))
                return words[i].value;
    return NAN;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The length of what parts two words at p: ", ", " and ", a blank or a dash. */
static size_t separator_len(const char *p, const char *end)
{
    size_t left = (size_t)(end - p);
    if (left >= 2 && *p == ',' && is_blank(p[1]))
        return 2;
    if (left >= 5 && is_blank(*p) && !memcmp(p + 1, "and", 3) && is_blank(p[4]))
        return 5;
    return left && (is_blank(*p) || *p == '-' || *p == '\\');
}

double asli_jn_words_read(const char *text, size_t len)
{
    const char *end = text + len, *p = text;
    double sum = 0, top = 0;
    for (;;) {
        const char *word = p;
        size_t separator = 0;
        while (p < end && !(separator = separator_len(p, end)))
            p++;
        double value = word_value(word, (size_t)(p - word));
        if (value < 100) {
            sum += top >= 1000 ? top : 0;
            top = (top >= 1000 ? 0 : top) + value;
        } else {
            top *= value;
        }
        if (p == end)
            return sum + top;
        p += separator;
    }
}

void asli_jn_words_regex(struct asli_bytes *out)
{
    asli_bytes_adds(out, "(?:");
    for (size_t i = 0; i < WORDS; i++)
        asli_bytes_addf(out, "%s|%s|", words[i].names[0], words[i].names[1]);
    asli_bytes_adds(out, "and|[\\-, ])+");
}
