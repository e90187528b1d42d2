/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/mock.h: answers Task states from a mock file of AWS Step Functions Local, so that a test
 * case runs without the services, functions and activities it names.
 *
 *     {"StateMachines": {"orders": {"TestCases": {"paid": {"Charge": "ChargeOk"}}}},
 *      "MockedResponses": {"ChargeOk": {"0": {"Throw": {"Error": "Busy", "Cause": ""}},
 *                                       "1-9": {"Return": {"paid": true}}}}}
 *
 * A state that the test case names is answered with what its response holds for this invocation:
 * the how-manieth time the state runs in the execution, retries counted, from 0. Without an entry
 * for it the execution fails with States.Runtime. All other states run for real. Histories are
 * those of real tasks. Counts are in memory: an execution that is resumed counts from 0 again.
 */
#ifndef ASL_MOCK_H
#define ASL_MOCK_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Adds the mocks of a test case to an engine, before (that is: over) the providers it has.
 * `config` is the file's text. `machine` names the state machine in it and in the engine; when
 * the file has only one, that one is taken whatever it is called. Errors: ASL_EJSON, ASL_EINVAL
 * (not such a file, or it has no such machine or case: the text says what), ASL_ENOMEM. */
ASL_API int asl_mock_add(asl_engine *engine, const char *config, size_t len,
                         const char *machine, const char *test_case, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
