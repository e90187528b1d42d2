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
 * those of real tasks. An execution that is resumed goes on counting where its history ends.
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

/* Lets each execution tell its test case, as StartExecution's "ARN#CASE" does; those that tell none
 * are not touched. Once for an engine, before (that is: over) the providers it has. The file is read
 * now, and again when a case is asked for after it has changed. Errors: ASL_ESYSTEM (it cannot be
 * read), ASL_EJSON, ASL_EINVAL (something is wrong with it: the text says what), ASL_EEXISTS,
 * ASL_ENOMEM. */
ASL_API int asl_mock_open(asl_engine *engine, const char *path, asl_error *reterr);

/* The machine to be started in place of `machine`, so that this test case answers the tasks: the same,
 * as revision "REVISION#CASE", which the store keeps with the execution. Found in the file by the
 * machine's name. Errors: ASL_EINVAL (no file was opened, no such machine or case: the text says
 * which there are), and those of reading the file when it has changed; then it stays as it was. */
ASL_API int asl_mock_case(asl_engine *engine, const asl_machine *machine,
                          const char *test_case, asl_machine **ret_machine,
                          asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
