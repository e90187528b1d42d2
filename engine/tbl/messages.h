/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes and texts of the loader's diagnostics, in one place. Those of the first group are AWS's
 * own, recorded or measured; the second group is written in their style. Formats are macros so
 * that the compiler checks their arguments.
 */
#define ASLI_CODE_JSON "INVALID_JSON_DESCRIPTION"
#define ASLI_CODE_EMPTY "MISSING_DESCRIPTION"
#define ASLI_CODE_SCHEMA "SCHEMA_VALIDATION_FAILED"
#define ASLI_CODE_TARGET "MISSING_TRANSITION_TARGET"
#define ASLI_CODE_END "MISSING_END_STATE"
#define ASLI_CODE_DUPLICATE "DUPLICATE_STATE_NAME"
#define ASLI_CODE_NAME "INVALID_STATE_NAME"
#define ASLI_CODE_DEEP "TOO_DEEPLY_NESTED"
#define ASLI_CODE_NO_DOLLAR "NO_DOLLAR"
#define ASLI_CODE_NO_PATH "NO_PATH"
#define ASLI_CODE_STATIC "PASS_RESULT_IS_STATIC"
#define ASLI_CODE_UNREACHABLE "UNREACHABLE_STATE" /* ours, with AWS's text */
#define ASLI_CODE_UNSUPPORTED "ASL_UNSUPPORTED"   /* ours: a later version runs it */

#define ASLI_CODE_UNRESOLVED "UNRESOLVED_SUBSTITUTION"
#define ASLI_CODE_CALLBACK "CALLBACK_WITHOUT_TIMEOUT"
#define ASLI_CODE_NEVER "ERROR_NEVER_MATCHES"
#define ASLI_CODE_NEVER_ASSIGNED "VARIABLE_NEVER_ASSIGNED"
#define ASLI_CODE_NO_HANDLER "HANDLER_NOT_REGISTERED"

#define ASLI_MSG_OBJECT "Definition must be a valid JSON object"
#define ASLI_MSG_REQUIRED "These fields are required: [%s]"
#define ASLI_MSG_FIELD "Field '%s' is not supported"
#define ASLI_MSG_LANGUAGE                                                                \
    "The QueryLanguage is set to '%s', but field '%s' is only supported for the '%s' "   \
    "QueryLanguage"
#define ASLI_MSG_DOWNGRADE                                                               \
    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
#define ASLI_MSG_ENUM "Value should be one of the following: [%s]"
#define ASLI_MSG_TYPE "The field 'Type' should have one of these values: [%s]"
#define ASLI_MSG_ONE_AT_MOST "There should only be one of the following fields: [%s]"
#define ASLI_MSG_ONE_AT_LEAST                                                            \
    "This object should have only one of the following fields: [%s]"
#define ASLI_MSG_EMPTY "Value cannot be empty"
#define ASLI_MSG_MIN "Minimum value is %lld"
#define ASLI_MSG_MAX "Maximum value is %lld"
#define ASLI_MSG_MIN_NUMBER "Minimum value is %.1f"
#define ASLI_MSG_MAX_NUMBER "Maximum value is %.1f"
#define ASLI_MSG_EXPECTED "Expected value of type [%s]"
#define ASLI_MSG_INTEGER "Expected value of type Integer"
#define ASLI_MSG_TIMESTAMP "String does not match RFC3339 timestamp"
#define ASLI_MSG_PATH "Value must be a valid JSONPath."
#define ASLI_MSG_REFPATH "Value is not a Reference Path: %s"
#define ASLI_MSG_CALL                                                                    \
    "The value for the field '%s' must be a valid JSONPath or a valid intrinsic "        \
    "function call"
#define ASLI_MSG_ALL_LAST "States.ALL must appear alone and at end of list"
#define ASLI_MSG_TARGET "Missing 'Next' target: %s"
#define ASLI_MSG_DUPLICATE "Duplicate State name: %s"
#define ASLI_MSG_UNREACHABLE "State \"%s\" is not reachable."
#define ASLI_MSG_NO_DOLLAR /* of a path as recorded, of a call alike */                  \
    "The value of '%s' looks like %s %s. Instead of '%s', use '%s.$' to evaluate it as " \
    "%s %s at runtime."
#define ASLI_MSG_NO_PATH                                                                 \
    "The value of '%s' looks like a JSONPath. Instead of '%s', use '%sPath' to "         \
    "evaluate it as a JSONPath at runtime."
#define ASLI_MSG_STATIC                                                                  \
    "The value of '%s' will not evaluate as a JSONPath or Intrinsic Function at "        \
    "runtime. Instead of 'Result', use 'Parameters' to evaluate it as a JSONPath or "    \
    "Intrinsic Function at runtime."
#define ASLI_MSG_END "Workflow has no terminal state"
#define ASLI_MSG_RESOURCE                                                                \
    "The resource provided %s is not recognized. The value is not a valid resource "     \
    "ARN, "                                                                              \
    "or the resource is not available in this region."
#define ASLI_MSG_EXPRESS_ACTIVITY "Express state machine does not support Activity ARN"
#define ASLI_MSG_EXPRESS_SYNC                                                            \
    "Express state machine does not support '.sync' service integration"
#define ASLI_MSG_EXPRESS_TOKEN /* AWS's blank at the end */                              \
    "Express state machine does not support '.waitForTaskToken' service integration "
#define ASLI_MSG_EXPRESS_DISTRIBUTED /* ours */                                          \
    "Express state machine does not support the Distributed mode of Map"
#define ASLI_MSG_NO_TEXT "Received a null or empty workflow input"

#define ASLI_MSG_LATER "%s is not supported by this version of libasl"
#define ASLI_MSG_VARIABLE_NAME "The variable name '%.*s' is not valid"
#define ASLI_MSG_VARIABLE_RESERVED "The variable name 'states' is reserved"
#define ASLI_MSG_VARIABLE_OUTER                                                          \
    "The variable '%s' is assigned in an outer scope and cannot be assigned here"
#define ASLI_MSG_VARIABLE_NEVER "The variable '%s' is read here and nothing assigns it"
#define ASLI_MSG_DISTRIBUTED                                                             \
    "Field '%s' is only supported for a ProcessorConfig with Mode 'DISTRIBUTED'"
#define ASLI_MSG_LABEL "The label '%s' has characters that are not allowed"
#define ASLI_MSG_LABEL_LONG "The label '%s' is longer than 40 characters"
#define ASLI_MSG_CONDITION "Value should be a JSONata expression or a boolean"
#define ASLI_MSG_UNRESOLVED "The substitution '%.*s' is not resolved"
#define ASLI_MSG_INCOMPLETE                                                              \
    "The definition cannot run before every '${Name}' has a value: '%s' stands where "   \
    "only its value could"
#define ASLI_MSG_CALLBACK                                                                \
    "Without TimeoutSeconds or HeartbeatSeconds, this task waits for an answer for ever"
#define ASLI_MSG_RESERVED "'%s' is no error name of the language, so it never matches"
#define ASLI_MSG_FATAL "'%s' ends the execution and cannot be handled"
#define ASLI_MSG_SHADOWED "'%s' never comes this far: an entry before matches it"
#define ASLI_MSG_NOT_AN_ARN "Value is not a valid resource ARN"
#define ASLI_MSG_NO_HANDLER "No handler is registered for '%s'"
#define ASLI_MSG_NUL "Value cannot contain the character U+0000"
#define ASLI_MSG_NUMBER "Expected value of type Number"
#define ASLI_MSG_NOT_SINGLE "The path '%s' does not identify a single node"
#define ASLI_MSG_NOT_INPUT "The path '%s' does not lead into the state's input"
#define ASLI_MSG_CALL_TEXT "The intrinsic function call '%s' does not return a string"
#define ASLI_MSG_DELAY "MaxDelaySeconds must be greater than IntervalSeconds"
#define ASLI_MSG_NAME_LONG                                                               \
    "State name '%s' exceeds the %d-character limit allowed by the service"
#define ASLI_MSG_NAME_EMPTY "State name cannot be empty"
#define ASLI_MSG_DEEP "States are nested more than %d levels deep"
#define ASLI_MSG_SIZE                                                                    \
    "The definition has %zu bytes, more than the %zu that are allowed; max_definition "  \
    "(--max-definition) allows more"
#define ASLI_MSG_POINTER "Value must be a valid JSON Pointer."
