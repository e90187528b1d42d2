/* SPDX-License-Identifier: Apache-2.0
 *
 * In place of definition_yaml.c where libyaml is not: says so.
 */
#include "engine/base/error.h"
#include "definition/definition_private.h"

int asli_yaml_read(const char *text, size_t len, struct asli_bytes *out,
                   struct asli_marks *marks, asl_error *reterr)
{
    (void)text;
    (void)len;
    (void)out;
    (void)marks;
    return asl_error_set(reterr, ASL_EINVAL,
                         "this libasl was built without YAML (libyaml is missing)");
}
