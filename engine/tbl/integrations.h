/* SPDX-License-Identifier: Apache-2.0
 *
 * X(resource, action, polled): the optimized integrations, the action of engine/tbl/schemas.h whose
 * answer is their result, and the one that is asked until the end; NULL: it cannot wait (.sync);
 * "": it can, and nobody knows. Then X(resource, action, waits): those whose answers are not checked at
 * all; NULL: it cannot wait.
 */
#ifndef ASLI_INTEGRATIONS_H
#define ASLI_INTEGRATIONS_H

#define ASLI_INTEGRATIONS(X)                                                             \
    X("athena:startQueryExecution", "athena:startQueryExecution",                        \
      "athena:getQueryExecution")                                                        \
    X("athena:stopQueryExecution", "athena:stopQueryExecution", NULL)                    \
    X("athena:getQueryExecution", "athena:getQueryExecution", NULL)                      \
    X("athena:getQueryResults", "athena:getQueryResults", NULL)                          \
    X("batch:submitJob", "batch:submitJob", "batch:describeJobs")                        \
    X("bedrock:createModelCustomizationJob", "bedrock:createModelCustomizationJob",      \
      "bedrock:getModelCustomizationJob")                                                \
    X("codebuild:startBuild", "codebuild:startBuild", "codebuild:batchGetBuilds")        \
    X("codebuild:stopBuild", "codebuild:stopBuild", NULL)                                \
    X("codebuild:batchDeleteBuilds", "codebuild:batchDeleteBuilds", NULL)                \
    X("codebuild:batchGetReports", "codebuild:batchGetReports", NULL)                    \
    X("codebuild:startBuildBatch", "codebuild:startBuildBatch",                          \
      "codebuild:batchGetBuildBatches")                                                  \
    X("codebuild:stopBuildBatch", "codebuild:stopBuildBatch", NULL)                      \
    X("codebuild:retryBuildBatch", "codebuild:retryBuildBatch",                          \
      "codebuild:batchGetBuildBatches")                                                  \
    X("codebuild:deleteBuildBatch", "codebuild:deleteBuildBatch", NULL)                  \
    X("databrew:startJobRun", "databrew:startJobRun", "databrew:describeJobRun")         \
    X("dynamodb:getItem", "dynamodb:getItem", NULL)                                      \
    X("dynamodb:putItem", "dynamodb:putItem", NULL)                                      \
    X("dynamodb:deleteItem", "dynamodb:deleteItem", NULL)                                \
    X("dynamodb:updateItem", "dynamodb:updateItem", NULL)                                \
    X("ecs:runTask", "ecs:runTask", "ecs:describeTasks")                                 \
    X("eks:createCluster", "eks:createCluster", "eks:describeCluster")                   \
    X("eks:deleteCluster", "eks:deleteCluster", "")                                      \
    X("eks:createNodegroup", "eks:createNodegroup", "eks:describeNodegroup")             \
    X("eks:deleteNodegroup", "eks:deleteNodegroup", "")                                  \
    X("eks:createFargateProfile", "eks:createFargateProfile",                            \
      "eks:describeFargateProfile")                                                      \
    X("eks:deleteFargateProfile", "eks:deleteFargateProfile", "")                        \
    X("emr-containers:createVirtualCluster", "emr-containers:createVirtualCluster",      \
      NULL)                                                                              \
    X("emr-containers:deleteVirtualCluster", "emr-containers:deleteVirtualCluster",      \
      "emr-containers:describeVirtualCluster")                                           \
    X("emr-containers:startJobRun", "emr-containers:startJobRun",                        \
      "emr-containers:describeJobRun")                                                   \
    X("emr-serverless:createApplication", "emr-serverless:createApplication",            \
      "emr-serverless:getApplication")                                                   \
    X("emr-serverless:startApplication", "emr-serverless:startApplication",              \
      "emr-serverless:getApplication")                                                   \
    X("emr-serverless:stopApplication", "emr-serverless:stopApplication",                \
      "emr-serverless:getApplication")                                                   \
    X("emr-serverless:deleteApplication", "emr-serverless:deleteApplication",            \
      "emr-serverless:getApplication")                                                   \
    X("emr-serverless:startJobRun", "emr-serverless:startJobRun",                        \
      "emr-serverless:getJobRun")                                                        \
    X("emr-serverless:cancelJobRun", "emr-serverless:cancelJobRun",                      \
      "emr-serverless:getJobRun")                                                        \
    X("events:putEvents", "eventbridge:putEvents", NULL)                                 \
    X("glue:startJobRun", "glue:startJobRun", "glue:getJobRun")                          \
    X("lambda:invoke", "lambda:invokeParsed", NULL)                                      \
    X("sagemaker:createEndpoint", "sagemaker:createEndpoint", NULL)                      \
    X("sagemaker:createEndpointConfig", "sagemaker:createEndpointConfig", NULL)          \
    X("sagemaker:createHyperParameterTuningJob",                                         \
      "sagemaker:createHyperParameterTuningJob",                                         \
      "sagemaker:describeHyperParameterTuningJob")                                       \
    X("sagemaker:createLabelingJob", "sagemaker:createLabelingJob",                      \
      "sagemaker:describeLabelingJob")                                                   \
    X("sagemaker:createModel", "sagemaker:createModel", NULL)                            \
    X("sagemaker:createProcessingJob", "sagemaker:createProcessingJob",                  \
      "sagemaker:describeProcessingJob")                                                 \
    X("sagemaker:createTrainingJob", "sagemaker:createTrainingJob",                      \
      "sagemaker:describeTrainingJob")                                                   \
    X("sagemaker:createTransformJob", "sagemaker:createTransformJob",                    \
      "sagemaker:describeTransformJob")                                                  \
    X("sagemaker:updateEndpoint", "sagemaker:updateEndpoint", NULL)                      \
    X("sns:publish", "sns:publish", NULL)                                                \
    X("sqs:sendMessage", "sqs:sendMessage", NULL)                                        \
    X("states:startExecution", "sfn:startExecution", "sfn:describeExecution")

#define ASLI_MORE_INTEGRATIONS(X)                                                        \
    X("apigateway:invoke", NULL, NULL)                                                   \
    X("bedrock:invokeModel", NULL, NULL)                                                 \
    X("eks:call", NULL, NULL)                                                            \
    X("eks:runJob", NULL, "")                                                            \
    X("elasticmapreduce:addStep", NULL, "")                                              \
    X("elasticmapreduce:cancelStep", NULL, NULL)                                         \
    X("elasticmapreduce:createCluster", NULL, "")                                        \
    X("elasticmapreduce:modifyInstanceFleetByName", NULL, NULL)                          \
    X("elasticmapreduce:modifyInstanceGroupByName", NULL, NULL)                          \
    X("elasticmapreduce:setClusterTerminationProtection", NULL, NULL)                    \
    X("elasticmapreduce:terminateCluster", NULL, "")                                     \
    X("http:invoke", NULL, NULL)                                                         \
    X("mediaconvert:createJob", NULL, "")

#endif
