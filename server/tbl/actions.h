/* SPDX-License-Identifier: Apache-2.0
 *
 * The actions of the API: ACTION(name, members of its input). Its handler is asli_act_NAME, in a
 * server/act_*.c; members are as in server/tbl/shapes.h. Included for their names, and for the table.
 */
/* clang-format off */
ACTION(CreateActivity,
       NEEDS(name, Name) TAKES(tags, TagList)
       TAKES(encryptionConfiguration, EncryptionConfiguration))
ACTION(CreateStateMachine,
       NEEDS(name, Name) NEEDS(definition, Definition) NEEDS(roleArn, Arn)
       TAKES(type, StateMachineType) TAKES(loggingConfiguration, LoggingConfiguration)
       TAKES(tags, TagList) TAKES(tracingConfiguration, TracingConfiguration)
       TAKES(publish, Publish) TAKES(versionDescription, VersionDescription)
       TAKES(encryptionConfiguration, EncryptionConfiguration))
ACTION(CreateStateMachineAlias,
       TAKES(description, AliasDescription) NEEDS(name, CharacterRestrictedName)
       NEEDS(routingConfiguration, RoutingConfigurationList))
ACTION(DeleteActivity,
       NEEDS(activityArn, Arn))
ACTION(DeleteStateMachine,
       NEEDS(stateMachineArn, Arn))
ACTION(DeleteStateMachineAlias,
       NEEDS(stateMachineAliasArn, Arn))
ACTION(DeleteStateMachineVersion,
       NEEDS(stateMachineVersionArn, LongArn))
ACTION(DescribeActivity,
       NEEDS(activityArn, Arn))
ACTION(DescribeExecution,
       NEEDS(executionArn, Arn) TAKES(includedData, IncludedData))
ACTION(DescribeMapRun,
       NEEDS(mapRunArn, LongArn))
ACTION(DescribeStateMachine,
       NEEDS(stateMachineArn, Arn) TAKES(includedData, IncludedData))
ACTION(DescribeStateMachineAlias,
       NEEDS(stateMachineAliasArn, Arn))
ACTION(DescribeStateMachineForExecution,
       NEEDS(executionArn, Arn) TAKES(includedData, IncludedData))
ACTION(GetActivityTask,
       NEEDS(activityArn, Arn) TAKES(workerName, Name))
ACTION(GetExecutionHistory,
       NEEDS(executionArn, Arn) TAKES(maxResults, PageSize)
       TAKES(reverseOrder, ReverseOrder) TAKES(nextToken, PageToken)
       TAKES(includeExecutionData, IncludeExecutionDataGetExecutionHistory))
ACTION(ListActivities,
       TAKES(maxResults, PageSize) TAKES(nextToken, PageToken))
ACTION(ListExecutions,
       TAKES(stateMachineArn, Arn) TAKES(statusFilter, ExecutionStatus)
       TAKES(maxResults, PageSize) TAKES(nextToken, ListExecutionsPageToken)
       TAKES(mapRunArn, LongArn) TAKES(redriveFilter, ExecutionRedriveFilter))
ACTION(ListMapRuns,
       NEEDS(executionArn, Arn) TAKES(maxResults, PageSize) TAKES(nextToken, PageToken))
ACTION(ListStateMachineAliases,
       NEEDS(stateMachineArn, Arn) TAKES(nextToken, PageToken)
       TAKES(maxResults, PageSize))
ACTION(ListStateMachineVersions,
       NEEDS(stateMachineArn, Arn) TAKES(nextToken, PageToken)
       TAKES(maxResults, PageSize))
ACTION(ListStateMachines,
       TAKES(maxResults, PageSize) TAKES(nextToken, PageToken))
ACTION(ListTagsForResource,
       NEEDS(resourceArn, Arn))
ACTION(PublishStateMachineVersion,
       NEEDS(stateMachineArn, Arn) TAKES(revisionId, RevisionId)
       TAKES(description, VersionDescription))
ACTION(RedriveExecution,
       NEEDS(executionArn, Arn) TAKES(clientToken, ClientToken))
ACTION(SendTaskFailure,
       NEEDS(taskToken, TaskToken) TAKES(error, SensitiveError)
       TAKES(cause, SensitiveCause))
ACTION(SendTaskHeartbeat,
       NEEDS(taskToken, TaskToken))
ACTION(SendTaskSuccess,
       NEEDS(taskToken, TaskToken) NEEDS(output, SensitiveData))
ACTION(StartExecution,
       NEEDS(stateMachineArn, Arn) TAKES(name, Name) TAKES(input, SensitiveData)
       TAKES(traceHeader, TraceHeader))
ACTION(StartSyncExecution,
       NEEDS(stateMachineArn, Arn) TAKES(name, Name) TAKES(input, SensitiveData)
       TAKES(traceHeader, TraceHeader) TAKES(includedData, IncludedData))
ACTION(StopExecution,
       NEEDS(executionArn, Arn) TAKES(error, SensitiveError)
       TAKES(cause, SensitiveCause))
ACTION(TagResource,
       NEEDS(resourceArn, Arn) NEEDS(tags, TagList))
ACTION(TestState,
       NEEDS(definition, Definition) TAKES(roleArn, Arn) TAKES(input, SensitiveData)
       TAKES(inspectionLevel, InspectionLevel) TAKES(revealSecrets, RevealSecrets)
       TAKES(variables, SensitiveData) TAKES(stateName, TestStateStateName)
       TAKES(mock, MockInput) TAKES(context, SensitiveData)
       TAKES(stateConfiguration, TestStateConfiguration))
ACTION(UntagResource,
       NEEDS(resourceArn, Arn) NEEDS(tagKeys, TagKeyList))
ACTION(UpdateMapRun,
       NEEDS(mapRunArn, LongArn) TAKES(maxConcurrency, MaxConcurrency)
       TAKES(toleratedFailurePercentage, ToleratedFailurePercentage)
       TAKES(toleratedFailureCount, ToleratedFailureCount))
ACTION(UpdateStateMachine,
       NEEDS(stateMachineArn, Arn) TAKES(definition, Definition) TAKES(roleArn, Arn)
       TAKES(loggingConfiguration, LoggingConfiguration)
       TAKES(tracingConfiguration, TracingConfiguration) TAKES(publish, Publish)
       TAKES(versionDescription, VersionDescription)
       TAKES(encryptionConfiguration, EncryptionConfiguration))
ACTION(UpdateStateMachineAlias,
       NEEDS(stateMachineAliasArn, Arn) TAKES(description, AliasDescription)
       TAKES(routingConfiguration, RoutingConfigurationList))
ACTION(ValidateStateMachineDefinition,
       NEEDS(definition, Definition) TAKES(type, StateMachineType)
       TAKES(severity, ValidateStateMachineDefinitionSeverity)
       TAKES(maxResults, ValidateStateMachineDefinitionMaxResult))
