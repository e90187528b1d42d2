/* SPDX-License-Identifier: Apache-2.0
 *
 * A double as text: its shortest digits, laid out as Java's Double.toString does.
 */
#include "engine/base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/decimal.h"

size_t asli_json_real(double value, bool plain, char *buf)
{
    struct asli_decimal d;
    char *p = buf;
    if (signbit(value))
        *p++ = '-';
    if (value == 0) {
        memcpy(p, "0.0", 4);
        return (size_t)(p + 3 - buf);
    }
    asli_decimal_shortest(fabs(value), 2, &d);
    if (d.point > -3 && d.point <= (plain ? 15 : 7)) {
        p = d.point > 0 ? asli_decimal_put(p, &d, 0, d.point)
                        : asli_decimal_put(p, &d, -1, 0);
        *p++ = '.';
        int first = d.point, last = d.count > d.point ? d.count : d.point + 1;
        p = asli_decimal_put(p, &d, first, last);
        *p = '\0';
        return (size_t)(p - buf);
    }
    *p++ = d.digits[0];
    *p++ = '.';
    p = asli_decimal_put(p, &d, 1, d.count > 1 ? d.count : 2);
    return (size_t)(p - buf) + (size_t)snprintf(p, 6, "E%d", d.point - 1);
}
