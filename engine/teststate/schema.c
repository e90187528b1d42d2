/* SPDX-License-Identifier: Apache-2.0
 *
 * What services answer: placeholder.
 */
#include "engine/teststate/teststate.h"

int asli_teststate_check_result(const asl_resource *resource, const json_t *result,
                                bool strict, asl_error *reterr)
{
    return 0;
}
