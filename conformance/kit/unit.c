/* SPDX-License-Identifier: Apache-2.0
 *
 * Main of every unit test: runs the suite in this process (sanitizers and debuggers see it whole)
 * and prints TAP, one line a test case, so that the build tool can count cases.
 */
#include <stdlib.h>

#include "conformance/kit/unit.h"

int main(void)
{
    SRunner *runner = srunner_create(unit_suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
