/* SPDX-License-Identifier: Apache-2.0
 *
 * The shapes of what actions take, by AWS's names, and what is asked of them.
 *
 *     TEXT(name, shortest, longest)             characters; SECRET: its value is not shown
 *     PATTERN(name, shortest, longest, pattern, pcre)   and matches; pcre: where PCRE2 writes it so
 *     ENUM(name, values)                        as AWS lists them
 *     NUMBER(name, kind, smallest, largest)     INTEGER, LONG or FLOAT
 *     BOOLEAN(name)
 *     LIST(name, item, shortest, longest)
 *     STRUCTURE(name, members)                  NEEDS(member, shape): required; TAKES
 *
 * A shape stands below those it is made of. Included once, by server/actions.c.
 */
/* clang-format off */
TEXT(Name, 1, 80)
TEXT(TagKey, 1, 128)
TEXT(TagValue, 0, 256)
TEXT(KmsKeyId, 1, 2048)
SECRET(Definition, 1, 1048576)
TEXT(Arn, 1, 256)
SECRET(VersionDescription, 0, 256)
SECRET(AliasDescription, 0, 256)
PATTERN(CharacterRestrictedName, 1, 80, "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$", NULL)
TEXT(LongArn, 1, 2000)
TEXT(PageToken, 1, 1024)
TEXT(ListExecutionsPageToken, 1, 3096)
TEXT(RevisionId, 0, NO_LIMIT)
PATTERN(ClientToken, 1, 64, "[!-~]+", NULL)
SECRET(TaskToken, 1, 2048)
SECRET(SensitiveError, 0, 256)
SECRET(SensitiveCause, 0, 32768)
SECRET(SensitiveData, 0, 262144)
PATTERN(TraceHeader, 0, 256, "\\p{ASCII}*", "[\\x00-\\x7F]*")
SECRET(TestStateStateName, 1, 80)

ENUM(EncryptionType, "AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY")
ENUM(StateMachineType, "STANDARD, EXPRESS")
ENUM(LogLevel, "ALL, ERROR, FATAL, OFF")
ENUM(IncludedData, "ALL_DATA, METADATA_ONLY")
ENUM(ExecutionStatus, "RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE")
ENUM(ExecutionRedriveFilter, "REDRIVEN, NOT_REDRIVEN")
ENUM(InspectionLevel, "INFO, DEBUG, TRACE")
ENUM(MockResponseValidationMode, "STRICT, PRESENT, NONE")
ENUM(ValidateStateMachineDefinitionSeverity, "ERROR, WARNING")

NUMBER(KmsDataKeyReusePeriodSeconds, INTEGER, 60, 900)
NUMBER(VersionWeight, INTEGER, 0, 100)
NUMBER(PageSize, INTEGER, 0, 1000)
NUMBER(RetrierRetryCount, INTEGER, 0, NO_LIMIT)
NUMBER(MapIterationFailureCount, INTEGER, 0, NO_LIMIT)
NUMBER(MaxConcurrency, INTEGER, 0, NO_LIMIT)
NUMBER(ToleratedFailurePercentage, FLOAT, 0, 100)
NUMBER(ToleratedFailureCount, LONG, 0, NO_LIMIT)
NUMBER(ValidateStateMachineDefinitionMaxResult, INTEGER, 0, 100)

BOOLEAN(IncludeExecutionData)
BOOLEAN(Enabled)
BOOLEAN(Publish)
BOOLEAN(ReverseOrder)
BOOLEAN(IncludeExecutionDataGetExecutionHistory)
BOOLEAN(RevealSecrets)

STRUCTURE(Tag,
          TAKES(key, TagKey) TAKES(value, TagValue))
LIST(TagList, Tag, 0, NO_LIMIT)
STRUCTURE(EncryptionConfiguration,
          TAKES(kmsKeyId, KmsKeyId)
          TAKES(kmsDataKeyReusePeriodSeconds, KmsDataKeyReusePeriodSeconds)
          NEEDS(type, EncryptionType))
STRUCTURE(CloudWatchLogsLogGroup,
          TAKES(logGroupArn, Arn))
STRUCTURE(LogDestination,
          TAKES(cloudWatchLogsLogGroup, CloudWatchLogsLogGroup))
LIST(LogDestinationList, LogDestination, 0, NO_LIMIT)
STRUCTURE(LoggingConfiguration,
          TAKES(level, LogLevel) TAKES(includeExecutionData, IncludeExecutionData)
          TAKES(destinations, LogDestinationList))
STRUCTURE(TracingConfiguration,
          TAKES(enabled, Enabled))
STRUCTURE(RoutingConfigurationListItem,
          NEEDS(stateMachineVersionArn, Arn) NEEDS(weight, VersionWeight))
LIST(RoutingConfigurationList, RoutingConfigurationListItem, 1, 2)
STRUCTURE(MockErrorOutput,
          TAKES(error, SensitiveError) TAKES(cause, SensitiveCause))
STRUCTURE(MockInput,
          TAKES(result, SensitiveData) TAKES(errorOutput, MockErrorOutput)
          TAKES(fieldValidationMode, MockResponseValidationMode))
STRUCTURE(TestStateConfiguration,
          TAKES(retrierRetryCount, RetrierRetryCount)
          TAKES(errorCausedByState, TestStateStateName)
          TAKES(mapIterationFailureCount, MapIterationFailureCount)
          TAKES(mapItemReaderData, SensitiveData))
LIST(TagKeyList, TagKey, 0, NO_LIMIT)
