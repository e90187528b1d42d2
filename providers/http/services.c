/* SPDX-License-Identifier: Apache-2.0
 *
 * The services that can be spoken to, see service.h. Which of their members are what is taken from
 * AWS's descriptions of their APIs.
 */
#include "providers/http/services.h"

#include <stddef.h>

const struct asli_service asli_services[] = {
    {
        .name = "athena",
        .prefix = "Athena",
        .signing = "athena",
        .protocol = &asli_protocol_json,
        .target = "AmazonAthena",
        .version = "1.1",
        .maps = " AdditionalConfigs LogTypes Parameters Properties SparkProperties ",
        .times = " AuthTokenExpirationTime CompletionDateTime CreateTime CreatedAt "
                 "CreationTime EndDateTime IdleSinceDateTime LastAccessTime "
                 "LastModifiedAt LastModifiedDateTime LastModifiedTime "
                 "LastSuccessfulAllocationTime RequestCompletionTime RequestTime "
                 "StartDateTime SubmissionDateTime ",
        .odd = " ApplicationDPUSizes ResourceARN SupportedDPUSizes ",
    },
    {
        .name = "cloudtrail",
        .prefix = "CloudTrail",
        .signing = "cloudtrail",
        .protocol = &asli_protocol_json,
        .target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        .version = "1.1",
        .maps = " Dimensions QueryParameterValues QueryResultRows ViewProperties ",
        .times = " CreatedTimestamp CreationTime EndEventTime EndTime EventTime "
                 "LastUpdatedTime LatestCloudWatchLogsDeliveryTime "
                 "LatestDeliveryTime LatestDigestDeliveryTime "
                 "LatestIngestionAttemptTime LatestIngestionSuccessTime "
                 "LatestNotificationTime StartEventTime StartLoggingTime StartTime "
                 "StopLoggingTime Timestamps UpdatedTimestamp ValidityEndTime "
                 "ValidityStartTime ",
        .bytes = " Value ",
        .odd = " LatestIngestionAttemptEventID LatestIngestionSuccessEventID SQL "
               "SnsTopicARN TrailARN ",
        .modelled = " AccessDeniedException ThrottlingException ",
    },
    {
        .name = "cloudwatch",
        .prefix = "CloudWatch",
        .signing = "monitoring",
        .protocol = &asli_protocol_json,
        .target = "GraniteServiceVersion20100801",
        .version = "1.0",
        .maps = " AlarmContributorAttributes Attributes ContributorAttributes "
                "ExtendedStatistics KeyAttributes ",
        .times = " AlarmConfigurationUpdatedTimestamp CreatedAt CreationDate EndDate "
                 "EndTime ExpireDate LastModified LastUpdateDate "
                 "LastUpdatedTimestamp StartDate StartTime "
                 "StateTransitionedTimestamp StateUpdatedTimestamp Timestamp "
                 "Timestamps UpdatedAt ",
        .bytes = " MetricWidgetImage ",
        .odd = " OKActions PromQLCriteria QueryARN ResourceARN "
               "ScheduledQueryRoleARN ",
    },
    {
        .name = "cloudwatchlogs",
        .prefix = "CloudWatchLogs",
        .signing = "logs",
        .protocol = &asli_protocol_json,
        .target = "Logs_20140328",
        .version = "1.1",
        .small = true,
        .maps = " attributes deliverySourceConfiguration dimensions enumerations "
                "extractedValues histogram keyAttributes logRecord tags ",
        .bytes = " data ",
        .texts = " message ",
        .odd = " parseJSON parseToOCSF parseVPC parseWAF ",
        .modelled = " AccessDeniedException ThrottlingException "
                    "UnrecognizedClientException ValidationException ",
    },
    {
        .name = "codebuild",
        .prefix = "CodeBuild",
        .signing = "codebuild",
        .protocol = &asli_protocol_json,
        .target = "CodeBuild_20161006",
        .version = "1.1",
        .small = true,
        .maps = " statusCounts ",
        .times = " created endTime expired lastModified lastModifiedSecret "
                 "requestTime requestedOn startTime submitTime ",
        .odd = " reportARN ",
    },
    {
        .name = "codepipeline",
        .prefix = "CodePipeline",
        .signing = "codepipeline",
        .protocol = &asli_protocol_json,
        .target = "CodePipeline_20150709",
        .version = "1.1",
        .small = true,
        .maps = " artifactStores configuration outputVariables queryParam "
                "resolvedConfiguration ",
        .times = " approvedAt created endTime lastChangedAt lastStatusChange "
                 "lastTriggered lastUpdateTime pollingDisabledAt startTime updated ",
        .odd = " AllowedIPRange logStreamARN ",
        .modelled = " ValidationException ",
    },
    {
        .name = "cognitoidentityprovider",
        .prefix = "CognitoIdentityProvider",
        .signing = "cognito-idp",
        .protocol = &asli_protocol_json,
        .target = "AWSCognitoIdentityProviderService",
        .version = "1.1",
        .maps = " AcrConfiguration AcrMapping AttributeMapping Attributes "
                "AuthParameters ChallengeParameters ChallengeResponses "
                "ClientMetadata Links ProviderDetails Tags UserPoolTags ",
        .times = " CachedDate ClientSecretCreateDate CompletionDate CreateDate "
                 "CreatedAt CreationDate DeviceCreateDate "
                 "DeviceLastAuthenticatedDate DeviceLastModifiedDate ExpirationDate "
                 "FeedbackDate LastActiveDate LastModifiedDate RestoreTimestamp "
                 "StartDate TriggerTimestamp UserCreateDate UserLastModifiedDate ",
        .bytes = " Bytes ImageFile ",
        .odd = " AWSAccountId BlockedIPRangeList CIMDPolicies CIMDPolicy "
               "CIMDPolicyId CSS CSSVersion CSVHeader CallbackURLs "
               "ClientMetadataURLs CustomSMSSender DefaultRedirectURI KMSKeyID "
               "LastIPAddress LogoutURLs MFAOptions "
               "PublishSecretsInAWSSecretsManager SMSMessage SMSMfaSettings "
               "SSOSession SkippedIPRangeList UICustomization URL URLPatterns "
               "UserMFASettingList ",
        .modelled = " AccessDeniedException ",
    },
    {
        .name = "comprehend",
        .prefix = "Comprehend",
        .signing = "comprehend",
        .protocol = &asli_protocol_json,
        .target = "Comprehend_20171127",
        .version = "1.1",
        .times = " CreationTime CreationTimeAfter CreationTimeBefore EndTime "
                 "LastModifiedTime LatestVersionCreatedAt SubmitTime SubmitTimeAfter "
                 "SubmitTimeBefore TrainingEndTime TrainingStartTime ",
        .bytes = " Bytes ",
    },
    {
        .name = "dynamodb",
        .prefix = "DynamoDb",
        .signing = "dynamodb",
        .protocol = &asli_protocol_json,
        .target = "DynamoDB_20120810",
        .version = "1.0",
        .maps = " AttributeUpdates Attributes ExclusiveStartKey Expected "
                "ExpressionAttributeNames ExpressionAttributeValues "
                "GlobalSecondaryIndexes Item ItemCollectionKey "
                "ItemCollectionMetrics Items Key KeyConditions Keys "
                "LastEvaluatedKey LocalSecondaryIndexes M QueryFilter RequestItems "
                "Responses ScanFilter UnprocessedItems UnprocessedKeys "
                "VectorIndexes ",
        .times = " ArchivalDateTime BackupCreationDateTime BackupExpiryDateTime "
                 "CreationDateTime EarliestRestorableDateTime EndTime ExportFromTime "
                 "ExportTime ExportToTime InaccessibleEncryptionDateTime "
                 "LastDecreaseDateTime LastIncreaseDateTime LastUpdateDateTime "
                 "LastUpdateToPayPerRequestDateTime LatestRestorableDateTime "
                 "ReplicaInaccessibleDateTime RestoreDateTime StartTime "
                 "TableCreationDateTime TimeRangeLowerBound TimeRangeUpperBound ",
        .odd = " KMSMasterKeyArn KMSMasterKeyId SSEDescription SSESpecification "
               "SSESpecificationOverride SSEType SizeEstimateRangeGB ",
        .modelled = " ThrottlingException ",
    },
    {
        .name = "ecr",
        .prefix = "Ecr",
        .signing = "ecr",
        .protocol = &asli_protocol_json,
        .target = "AmazonEC2ContainerRegistry_V20150921",
        .version = "1.1",
        .small = true,
        .maps = " annotations findingSeverityCounts tags ",
        .times = " createdAt endedAt expiresAt firstObservedAt imagePushedAt "
                 "imageScanCompletedAt lastActivatedAt lastArchivedAt "
                 "lastEvaluatedAt lastInUseAt lastObservedAt lastRecordedPullTime "
                 "pushedAt startedAt updatedAt vendorCreatedAt vendorUpdatedAt "
                 "vulnerabilitySourceUpdatedAt ",
        .bytes = " layerPartBlob ",
        .modelled = " ValidationException ",
    },
    {
        .name = "ecs",
        .prefix = "Ecs",
        .signing = "ecs",
        .protocol = &asli_protocol_json,
        .target = "AmazonEC2ContainerServiceV20141113",
        .version = "1.1",
        .small = true,
        .maps = " dockerLabels driverOpts labels options ",
        .times = " after before connectivityAt createdAt deleteRequestedAt "
                 "deregisteredAt executionStoppedAt expirationDate expiresAt "
                 "finishedAt lastStartedAt lastStatusChange lastUpdated "
                 "pullStartedAt pullStoppedAt registeredAt stabilityStatusAt "
                 "startedAt stoppedAt stoppingAt updatedAt ",
        .odd = " bindIP enableECSManagedTags managedEBSVolume totalLocalStorageGB "
               "webACLArn ",
        .modelled = " AccessDeniedException ",
    },
    {
        .name = "emr",
        .prefix = "Emr",
        .signing = "elasticmapreduce",
        .protocol = &asli_protocol_json,
        .target = "ElasticMapReduce",
        .version = "1.1",
        .maps = " AdditionalInfo EnvironmentVariables ErrorData LogTypeUploadPolicy "
                "LogTypes Properties ",
        .times = " AuthTokenExpirationTime CreatedAfter CreatedAt CreatedBefore "
                 "CreationDateTime CreationTime EndDateTime EndTime EndedAt "
                 "ExpiresAt From IdleSince LastModifiedTime ReadyDateTime "
                 "StartDateTime StartTime StartedAt To UpdatedAt ",
        .odd = " ADDomainJoinPassword ADDomainJoinUser AvailableOSReleases "
               "EC2InstanceIdsToTerminate EMRContainersConfig MemoryGB "
               "OSReleaseLabel OnClusterAppUIType OutputNotebookURI "
               "PersistentAppUI PersistentAppUIId PersistentAppUIStatus "
               "PersistentAppUIType PersistentAppUITypeList PresignedURL "
               "PresignedURLReady SizeInGB StorageGB VCPU ",
    },
    {
        .name = "eventbridge",
        .prefix = "EventBridge",
        .signing = "events",
        .protocol = &asli_protocol_json,
        .target = "AWSEvents",
        .version = "1.1",
        .maps = " HeaderParameters InputPathsMap QueryStringParameters ",
        .times = " CreationTime EventEndTime EventLastReplayedTime EventStartTime "
                 "ExpirationTime LastAuthorizedTime LastModifiedTime ReplayEndTime "
                 "ReplayStartTime Time ",
        .texts = " Detail EventPattern Input ",
        .odd = " ClientID EnableECSManagedTags GraphQLOperation ResourceARN ",
        .modelled = " AccessDeniedException ThrottlingException ",
    },
    {
        .name = "firehose",
        .prefix = "Firehose",
        .signing = "firehose",
        .protocol = &asli_protocol_json,
        .target = "Firehose_20150804",
        .version = "1.1",
        .maps = " ColumnToJsonKeyMappings ",
        .times = " CreateTimestamp DeliveryStartTimestamp LastUpdateTimestamp "
                 "ReadFromTimestamp RequestTimestamp ",
        .bytes = " Data ",
        .odd = " AWSKMSKeyARN BucketARN CatalogARN ClusterJDBCURL "
               "DatabaseSourceVPCConfiguration DeliveryStreamARN DomainARN "
               "HECAcknowledgmentTimeoutInSeconds HECEndpoint HECEndpointType "
               "HECToken KMSEncryptionConfig KeyARN KinesisStreamARN MSKClusterARN "
               "MSKSourceConfiguration MSKSourceDescription RoleARN SSLMode "
               "SecretARN ",
    },
    {
        .name = "glue",
        .prefix = "Glue",
        .signing = "glue",
        .protocol = &asli_protocol_json,
        .target = "AWSGlue",
        .version = "1.1",
        .maps = " AddArguments AdditionalContext AdditionalDataSources "
                "AdditionalDeltaOptions AdditionalEncryptionContext "
                "AdditionalHudiOptions AdditionalIcebergOptions AdditionalOptions "
                "AdditionalPlanOptionsMap Arguments AthenaConnectionProperties "
                "AthenaProperties Attachments BasicAuthenticationProperties "
                "CodeGenConfigurationNodes Compaction "
                "ComputeEnvironmentConfigurations ConnectionOptionNameOverrides "
                "ConnectionOptions ConnectionProperties "
                "ConnectionPropertyNameOverrides CustomAuthenticationCredentials "
                "CustomAuthenticationProperties CustomProperties Data "
                "DataTypeMapping DefaultArguments DefaultRunProperties Descriptors "
                "Dimensions EntityConfigurations Errors EvaluatedDistributions "
                "EvaluatedMetrics FlagsEnabled Forms IterableForms JobConfiguration "
                "Labels MetadataInfoMap NonOverridableArguments OAuth2Properties "
                "OperatorMappings OrphanFileDeletion Parameters "
                "PhysicalConnectionRequirements Properties "
                "PythonConnectionProperties PythonProperties Retention RuleMetrics "
                "RunProperties Schema SessionConfiguration "
                "SkewedColumnValueLocationMaps SourceProperties "
                "SparkConnectionProperties SparkPipelineInfo SparkProperties "
                "StatisticProperties Tags TagsToAdd TokenUrlParametersMap "
                "WorkflowRunProperties ",
        .times = " AnalyzedTime AuthTokenExpirationTime CompletedOn CreateTime "
                 "CreatedAfter CreatedAt CreatedBefore CreatedOn CreatedTimeStamp "
                 "CreatedTimestamp CreationTime Date EndAt EndTime "
                 "ExecutionCompletedOn ExecutionStartedOn ExecutionTimestamp "
                 "ImportTime LastAccessTime LastAnalyzedTime "
                 "LastConnectionValidationTime LastModified LastModifiedAfter "
                 "LastModifiedBefore LastModifiedOn LastModifiedTimestamp "
                 "LastUpdated LastUpdatedTime MaximumValue MinimumValue "
                 "PublishedAfter PublishedBefore QueryAsOfTime QueryStartTime "
                 "RecordedAfter RecordedBefore RecordedOn RequestTime "
                 "ResultPublishedOn StartAt StartTime StartedAfter StartedBefore "
                 "StartedOn StartingTimestamp StatisticRecordedOn UpdateTime "
                 "UpdatedAt endTimestamp startTimestamp ",
        .bytes = " UnscaledValue ",
        .odd = " AWSManagedClientApplicationReference AreaUnderPRCurve CatalogID "
               "DPUHour DPUSeconds DefaultRLSPolicy DirectJDBCSource DynamoDB "
               "DynamoDBCatalogSource DynamoDBELTConnectorSource DynamoDBTargets "
               "DynamodbUnnestDDBJson FanoutConsumerARN JDBCConnectorSource "
               "JDBCConnectorTarget JWTBearerProperties "
               "MicrosoftSQLServerCatalogSource MicrosoftSQLServerCatalogTarget "
               "MongoDBTargets MySQLCatalogSource MySQLCatalogTarget "
               "OracleSQLCatalogSource OracleSQLCatalogTarget PIIDetection "
               "PostgreSQLCatalogSource PostgreSQLCatalogTarget RLSProperties "
               "SparkSQL TmpDirIAMRole XMLClassifier ",
        .modelled = " AccessDeniedException ThrottlingException ValidationException ",
    },
    {
        .name = "kinesis",
        .prefix = "Kinesis",
        .signing = "kinesis",
        .protocol = &asli_protocol_json,
        .target = "Kinesis_20131202",
        .version = "1.1",
        .maps = " Tags ",
        .times = " ApproximateArrivalTimestamp ChannelCreationTimestamp "
                 "ConsumerCreationTimestamp EarliestAllowedEndAt EndedAt "
                 "FirstReceiveTimestamp QueueCreationTimestamp StartedAt "
                 "StreamCreationTimestamp Timestamp ",
        .bytes = " Data ",
        .odd = " BucketARN ChannelARN ConsumerARN GSRSchemaARN "
               "KMSAccessDeniedException KMSDisabledException "
               "KMSInvalidStateException KMSNotFoundException KMSOptInRequired "
               "KMSThrottlingException QueueARN ResourceARN "
               "ServiceExecutionRoleARN StreamARN TableBucketARN ",
        .modelled = " AccessDeniedException ThrottlingException ValidationException ",
    },
    {
        .name = "kms",
        .prefix = "Kms",
        .signing = "kms",
        .protocol = &asli_protocol_json,
        .target = "TrentService",
        .version = "1.1",
        .maps = " DestinationEncryptionContext EncryptionContext "
                "EncryptionContextEquals EncryptionContextSubset "
                "SourceEncryptionContext ",
        .times = " CreationDate DeletionDate KeyCreationDate LastUpdatedDate "
                 "NextRotationDate OnDemandRotationStartDate ParametersValidTo "
                 "RotationDate Timestamp TrackingStartDate ValidTo ",
        .bytes = " AttestationDocument CiphertextBlob CiphertextForRecipient "
                 "EncryptedKeyMaterial ImportToken Mac Message Plaintext "
                 "PrivateKeyCiphertextBlob PrivateKeyPlaintext PublicKey "
                 "SharedSecret SharedSecretCiphertextBlob Signature ",
        .odd = " AWSAccountId ",
    },
    {
        .name = "redshiftdata",
        .prefix = "RedshiftData",
        .signing = "redshift-data",
        .protocol = &asli_protocol_json,
        .target = "RedshiftData",
        .version = "1.1",
        .times = " CreatedAt SessionTtl UpdatedAt ",
        .bytes = " blobValue ",
        .odd = " CSVRecords ",
        .modelled = " ValidationException ",
    },
    {
        .name = "rekognition",
        .prefix = "Rekognition",
        .signing = "rekognition",
        .protocol = &asli_protocol_json,
        .target = "RekognitionService",
        .version = "1.1",
        .maps = " Tags ",
        .times = " CompletionTimestamp CreationTimestamp LastUpdateTimestamp "
                 "LastUpdatedTimestamp TrainingEndTimestamp ",
        .bytes = " Bytes GroundTruth ",
        .odd = " CSSColor CollectionARN DurationSMPTE EndTimecodeSMPTE "
               "KVSStreamStartSelector SDKType SNSTopicArn StartTimecodeSMPTE ",
        .modelled = " AccessDeniedException ThrottlingException ",
    },
    {
        .name = "secretsmanager",
        .prefix = "SecretsManager",
        .signing = "secretsmanager",
        .protocol = &asli_protocol_json,
        .target = "secretsmanager",
        .version = "1.1",
        .maps = " SecretVersionsToStages VersionIdsToStages ",
        .times = " CreatedDate DeletedDate DeletionDate LastAccessedDate "
                 "LastChangedDate LastRotatedDate NextRotationDate ",
        .bytes = " SecretBinary ",
        .texts = " SecretString ",
        .odd = " ARN CrossAccountPrimaryARN CrossAccountReplicaARN PrimarySecretARN "
               "ReplicaSecretARN ReplicationRoleARN RotationLambdaARN ",
    },
    {
        .name = "sfn",
        .prefix = "Sfn",
        .signing = "states",
        .protocol = &asli_protocol_json,
        .target = "AWSStepFunctions",
        .version = "1.0",
        .small = true,
        .maps = " assignedVariables variableReferences ",
        .times = " creationDate redriveDate startDate stopDate timestamp updateDate ",
        .texts = " definition input output ",
        .odd = " billedMemoryUsedInMB ",
        .modelled = " ValidationException ",
    },
    {
        .name = "sqs",
        .prefix = "Sqs",
        .signing = "sqs",
        .protocol = &asli_protocol_json,
        .target = "AmazonSQS",
        .version = "1.0",
        .maps = " Attributes MessageAttributes MessageSystemAttributes Tags tags ",
        .bytes = " BinaryListValues BinaryValue ",
        .texts = " MessageBody ",
        .odd = " AWSAccountIds MD5OfBody MD5OfMessageAttributes MD5OfMessageBody "
               "MD5OfMessageSystemAttributes QueueOwnerAWSAccountId ",
    },
    {
        .name = "ssm",
        .prefix = "Ssm",
        .signing = "ssm",
        .protocol = &asli_protocol_json,
        .target = "AmazonSSM",
        .version = "1.1",
        .maps = " AssociationStatusAggregatedCount Content Context Data Details "
                "Entries Inputs InstanceAssociationStatusAggregatedCount Metadata "
                "MetadataToUpdate OperationalData Outputs OverriddenParameters "
                "Parameters Payload Properties StepPreviews Summary TargetMaps "
                "TaskParameters Values Variables ",
        .times = " ActualEndTime ActualStartTime ApprovalDate CaptureTime CreateTime "
                 "CreatedAt CreatedDate CreatedTime CreationDate Date "
                 "DeletionStartTime EndDate EndTime EndedAt ExecutionDate "
                 "ExecutionEndTime ExecutionStartTime ExecutionTime ExpirationDate "
                 "ExpirationTime ExpiresAfter InstalledTime "
                 "LastAssociationExecutionDate LastExecutionDate LastModifiedDate "
                 "LastModifiedTime LastNoRebootInstallOperationTime LastPingDateTime "
                 "LastStatusUpdateTime LastSuccessfulAssociationExecutionDate "
                 "LastSuccessfulExecutionDate LastSuccessfulSyncTime LastSyncTime "
                 "LastUpdateAssociationDate LaunchTime ModifiedDate OperationEndTime "
                 "OperationStartTime PlannedEndTime PlannedStartTime "
                 "RegistrationDate ReleaseDate RequestedDateTime "
                 "ResponseFinishDateTime ResponseStartDateTime ReviewedTime "
                 "ScheduledEndTime ScheduledTime StartDate StartTime SyncCreatedTime "
                 "SyncLastModifiedTime UpdatedAt UpdatedTime ",
        .bytes = " Payload ",
        .texts = " Value ",
        .odd = " ARN AWSKMSKeyARN CVEIds IPAddress KBId TargetLocationsURL ",
        .modelled = " AccessDeniedException ThrottlingException ValidationException ",
    },
    {
        .name = "textract",
        .prefix = "Textract",
        .signing = "textract",
        .protocol = &asli_protocol_json,
        .target = "Textract",
        .version = "1.1",
        .maps = " KmsEncryptionContext Tags ",
        .times = " AfterCreationTime BeforeCreationTime CreationTime LastModifiedTime ",
        .bytes = " Bytes ",
        .odd = " AnalyzeIDModelVersion KMSKeyId ResourceARN SNSTopicArn ",
        .modelled = " AccessDeniedException ThrottlingException ValidationException ",
    },
    {
        .name = "transcribe",
        .prefix = "Transcribe",
        .signing = "transcribe",
        .protocol = &asli_protocol_json,
        .target = "Transcribe",
        .version = "1.1",
        .maps = " KMSEncryptionContext LanguageIdSettings ",
        .times = " CompletionTime CreateTime CreationTime LastModifiedTime "
                 "LastUpdateTime StartTime ",
        .bytes = " MediaBytes ",
        .odd = " KMSEncryptionContext KMSKey OutputEncryptionKMSKeyId ",
    },
    {
        .name = "translate",
        .prefix = "Translate",
        .signing = "translate",
        .protocol = &asli_protocol_json,
        .target = "AWSShineFrontendService_20170701",
        .version = "1.1",
        .times = " CreatedAt EndTime LastUpdatedAt LatestUpdateAttemptAt "
                 "SubmittedAfterTime SubmittedBeforeTime SubmittedTime ",
        .bytes = " Content File ",
    },
    {
        .name = "sns",
        .prefix = "Sns",
        .signing = "sns",
        .protocol = &asli_protocol_query,
        .version = "2010-03-31",
        .maps = " MessageAttributes ",
        .texts = " Message ",
        .modelled = " ThrottledException ValidationException ",
    },
    {
        .name = "s3",
        .prefix = "S3",
        .signing = "s3",
        .protocol = &asli_protocol_s3,
    },
    {.name = "lambda", .prefix = "Lambda", .signing = "lambda"},
    {.name = NULL},
};

const struct asli_optimized asli_optimized[] = {
    {"athena", "athena", "Athena", "AmazonAthena", "AmazonAthenaException",
     " getQueryExecution getQueryResults startQueryExecution stopQueryExecution ", false},
    {"codebuild", "codebuild", "CodeBuild", "AWSCodeBuild", "AWSCodeBuildException",
     " batchDeleteBuilds batchGetReports startBuild stopBuild ", false},
    {"dynamodb", "dynamodb", "DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException",
     " deleteItem getItem putItem updateItem ", false},
    {"ecs", "ecs", "ECS", "AmazonECS", "AmazonECSException", " runTask ", false},
    {"events", "eventbridge", "EventBridge", "AmazonEventBridge",
     "AmazonEventBridgeException", " putEvents ", true},
    {"glue", "glue", "Glue", "AWSGlue", "AWSGlueException", " startJobRun ", false},
    {"sns", "sns", "SNS", "AmazonSNS", "AmazonSNSException", " publish ", false},
    {"sqs", "sqs", "SQS", "AmazonSQS", "AmazonSQSException", " sendMessage ", false},
    {"states", "sfn", "StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException",
     " startExecution ", false},
    {.name = NULL},
};
