/* SPDX-License-Identifier: Apache-2.0
 *
 * arn.h: ARNs taken apart.
 */
#include "engine/base/arn.h"

#include <string.h>

bool asli_part_is(struct asli_part part, const char *text)
{
    return strlen(text) == part.len && memcmp(part.text, text, part.len) == 0;
}

/* The part that begins at *at; *at is then what follows its colon, NULL when it was the last. */
static struct asli_part next(const char **at)
{
    struct asli_part part = {*at, *at ? strcspn(*at, ":") : 0};
    if (*at)
        *at = part.text[part.len] ? part.text + part.len + 1 : NULL;
    return part;
}

static bool is_one_of(struct asli_part part, const char *words)
{
    for (size_t len; *words; words += len + strspn(words + len, " ")) {
        len = strcspn(words, " ");
        if (len == part.len && memcmp(words, part.text, len) == 0)
            return true;
    }
    return false;
}

int asli_arn_read(const char *text, const char *types, struct asli_arn *ret_arn,
                  asl_error *reterr)
{
    const char *at = text;
    struct asli_arn arn;
    bool ours = asli_part_is(next(&at), "arn");
    arn.partition = next(&at);
    ours = ours && asli_part_is(next(&at), "states");
    arn.region = next(&at);
    arn.account = next(&at);
    arn.type = next(&at);
    arn.name = next(&at);
    arn.rest = at;
    if (!ours || !arn.type.len)
        return asli_refuse(reterr, ASL_EINVAL, "InvalidArn",
                           "Invalid Arn: 'Invalid ARN prefix: %s'", text);
    if (!is_one_of(arn.type, types))
        return asli_refuse(reterr, ASL_EINVAL, "InvalidArn",
                           "Invalid Arn: 'Resource type not valid in this context: %.*s'",
                           (int)arn.type.len, arn.type.text);
    if (!arn.name.len)
        return asli_refuse(reterr, ASL_EINVAL, "InvalidArn",
                           "Invalid Arn: 'Resource name is missing: %s'", text);
    *ret_arn = arn;
    return 0;
}

int asli_arn_check_role(const char *text, asl_error *reterr)
{
    static const char role[] = "role/";
    const char *at = text;
    bool good = asli_part_is(next(&at), "arn");
    good = next(&at).len && good;
    good = asli_part_is(next(&at), "iam") && good;
    good = !next(&at).len && good;
    struct asli_part account = next(&at);
    good = good && account.len && strspn(account.text, "0123456789") == account.len;
    if (good && at && strncmp(at, role, sizeof role - 1) == 0 && at[sizeof role - 1])
        return 0;
    return asli_refuse(reterr, ASL_EINVAL, "InvalidArn", "Invalid Role Arn: '%s'", text);
}
