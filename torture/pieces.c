/* SPDX-License-Identifier: Apache-2.0
 *
 * See pieces.h: the pieces and endings there are.
 */
#include "torture/pieces.h"

#define FUNCTION "'arn:aws:lambda:us-east-1:123456789012:function:"
#define AGAIN_JP(name) "'@" name "':{'Type':'Pass','Parameters':{'v.$':'$.v'},!}"
#define AGAIN_JA(name)                                                                   \
    "'@" name "':{'Type':'Pass','Output':{'v':'{% $states.input.v %}'},!}"
#define V_JP "'ResultSelector':{'v.$':'$.v'},"
#define V_JA "'Output':{'v':'{% $states.result.v %}'},"
#define IN_JA "'v':'{% $states.input.v %}'"
#define CATCH_JP(error, next)                                                            \
    "'Catch':[{'ErrorEquals':['" error "'],'ResultPath':'$.e','Next':'@" next "'}],"
#define CATCH_JA(error, next)                                                            \
    "'Catch':[{'ErrorEquals':['" error                                                   \
    "'],'Output':{'v':'{% $states.input.v %}'},'Next':'@" next "'}],"
#define BRANCH_BAD                                                                       \
    "{'StartAt':'@Bad','States':{'@Bad':{'Type':'Task','Resource':'handler:bad','End':"  \
    "true}}}"
#define BRANCH_LONG                                                                      \
    "{'StartAt':'@Long','States':{'@Long':{'Type':'Wait','Seconds':9000000,'End':true}}" \
    "}"
#define TOKEN_JP "'Parameters':{'token.$':'$$.Task.Token','v.$':'$.v'},"
#define TOKEN_JA "'Arguments':{'token':'{% $states.context.Task.Token %}'," IN_JA "},"
#define DESK(name) "'Resource':'arn:aws:states:::desk:" name ".waitForTaskToken',"
#define RETRY_TABLE                                                                      \
    "'Retry':[{'ErrorEquals':['TableError'],'IntervalSeconds':1,'MaxAttempts':3}],"

#define NESTED                                                                           \
    "'@Nested':{'Type':'Task',"                                                          \
    "'Resource':'arn:aws:states:::states:startExecution.sync:2',"
#define INNER                                                                            \
    "'StateMachineArn':'arn:aws:states:us-east-1:123456789012:stateMachine:inner',"

const struct torture_piece torture_pieces[] = {
    {ANYWHERE, "'@Pass':{'Type':'Pass','Parameters':{'v.$':'States.MathAdd($.v,~)'},!}",
     "'@Pass':{'Type':'Pass','Output':{'v':'{% $states.input.v + ~ %}'},!}"},

    {NOT_IN_EXPRESS, "'@Wait~':{'Type':'Wait','Seconds':~,!}",
     "'@Wait~':{'Type':'Wait','Seconds':'{% ~ %}',!}"},

    {ANYWHERE,
     "'@Choice':{'Type':'Choice','Choices':[{'Variable':'$.v','NumericGreaterThan':20,"
     "'Next':'@Big'}],'Default':'@Small'},"
     "'@Big':{'Type':'Pass','Parameters':{'v.$':'States.MathAdd($.v,-17)'},!},"
     "'@Small':{'Type':'Pass','Parameters':{'v.$':'States.MathAdd($.v,~)'},!}",
     "'@Choice':{'Type':'Choice','Choices':[{'Condition':'{% $states.input.v > 20 %}',"
     "'Next':'@Big'}],'Default':'@Small'},"
     "'@Big':{'Type':'Pass','Output':{'v':'{% $states.input.v - 17 %}'},!},"
     "'@Small':{'Type':'Pass','Output':{'v':'{% $states.input.v + ~ %}'},!}"},

    {ANYWHERE,
     "'@Set':{'Type':'Pass','Assign':{'k@.$':'$.v'},'Next':'@Get'},"
     "'@Get':{'Type':'Pass','Parameters':{'v.$':'States.MathAdd($k@,~)'},!}",
     "'@Set':{'Type':'Pass','Assign':{'k@':'{% $states.input.v %}'},'Next':'@Get'},"
     "'@Get':{'Type':'Pass','Output':{'v':'{% $k@ + ~ %}'},!}"},

    {ANYWHERE, "'@Add':{'Type':'Task','Resource':" FUNCTION "add'," V_JP "!}",
     "'@Add':{'Type':'Task','Resource':" FUNCTION "add','Arguments':{" IN_JA "}," V_JA
     "!}"},

    {ANYWHERE,
     "'@Later':{'Type':'Task','Resource':'handler:later','TimeoutSeconds':9000000,"
     "'HeartbeatSeconds':8000000," V_JP "!}",
     "'@Later':{'Type':'Task','Resource':'handler:later','TimeoutSeconds':9000000,"
     "'Arguments':{" IN_JA "}," V_JA "!}"},

    {NOT_IN_EXPRESS,
     "'@Flaky':{'Type':'Task','Resource':'handler:flaky',"
     "'Parameters':{'v.$':'$.v','fails':~}," V_JP "'Retry':[{'ErrorEquals':['Flaky'],"
     "'IntervalSeconds':1,'MaxAttempts':6,'BackoffRate':1.5,'MaxDelaySeconds':3}],!}",
     "'@Flaky':{'Type':'Task','Resource':'handler:flaky',"
     "'Arguments':{" IN_JA ",'fails':~}," V_JA "'Retry':[{'ErrorEquals':['Flaky'],"
     "'IntervalSeconds':1,'MaxAttempts':6,'BackoffRate':1.5,'MaxDelaySeconds':3}],!}"},

    {NOT_IN_EXPRESS,
     "'@Bad':{'Type':'Task','Resource':'handler:bad',"
     "'Retry':[{'ErrorEquals':['Bad'],'IntervalSeconds':~,'MaxAttempts':1}]," CATCH_JP(
         "Bad", "Caught") "!}," AGAIN_JP("Caught"),
     "'@Bad':{'Type':'Task','Resource':'handler:bad',"
     "'Retry':[{'ErrorEquals':['Bad'],'IntervalSeconds':~,'MaxAttempts':1}]," CATCH_JA(
         "Bad", "Caught") "!}," AGAIN_JA("Caught")},

    {ANYWHERE,
     "'@Rude':{'Type':'Task','Resource':'handler:rude','Parameters':{'how':~}," CATCH_JP(
         "States.ALL", "Borne") "!}," AGAIN_JP("Borne"),
     "'@Rude':{'Type':'Task','Resource':'handler:rude','Arguments':{'how':~}," CATCH_JA(
         "States.ALL", "Borne") "!}," AGAIN_JA("Borne")},

    {NOT_IN_EXPRESS,
     "'@Silent':{'Type':'Task','Resource':'handler:silent','TimeoutSeconds':~," CATCH_JP(
         "States.Timeout", "Late") "!}," AGAIN_JP("Late"),
     "'@Silent':{'Type':'Task','Resource':'handler:silent','TimeoutSeconds':~," CATCH_JA(
         "States.Timeout", "Late") "!}," AGAIN_JA("Late")},

    {NOT_IN_EXPRESS,
     "'@Mute':{'Type':'Task'," DESK("mute") TOKEN_JP "'HeartbeatSeconds':~," CATCH_JP(
         "States.HeartbeatTimeout", "Dead") "!}," AGAIN_JP("Dead"),
     "'@Mute':{'Type':'Task'," DESK("mute") TOKEN_JA
     "'TimeoutSeconds':9000000,'HeartbeatSeconds':~," CATCH_JA(
         "States.HeartbeatTimeout", "Dead") "!}," AGAIN_JA("Dead")},

    {NOT_IN_EXPRESS, "'@Ask':{'Type':'Task'," DESK("ask") TOKEN_JP V_JP "!}",
     "'@Ask':{'Type':'Task'," DESK("ask") TOKEN_JA V_JA "!}"},

    {NOT_IN_EXPRESS,
     "'@Work':{'Type':'Task','Resource':'arn:aws:states:us-east-1:123456789012:"
     "activity:work'," V_JP "!}",
     "'@Work':{'Type':'Task','Resource':'arn:aws:states:us-east-1:123456789012:"
     "activity:work','Arguments':{" IN_JA "}," V_JA "!}"},

    {NESTS,
     "'@Both':{'Type':'Parallel','Branches':[{#},{#}],"
     "'ResultSelector':{'v.$':'States.MathAdd($[0].v,$[1].v)'},!}",
     "'@Both':{'Type':'Parallel','Branches':[{#},{#}],"
     "'Output':{'v':'{% $states.result[0].v + $states.result[1].v %}'},!}"},

    {NOT_IN_EXPRESS,
     "'@Broken':{'Type':'Parallel','Branches':[" BRANCH_BAD "," BRANCH_LONG
     "]," CATCH_JP("Bad", "Mended") "!}," AGAIN_JP("Mended"),
     "'@Broken':{'Type':'Parallel','Branches':[" BRANCH_BAD "," BRANCH_LONG
     "]," CATCH_JA("Bad", "Mended") "!}," AGAIN_JA("Mended")},

    {NESTS,
     "'@Items':{'Type':'Pass','Result':[1,2,~],'ResultPath':'$.items','Next':'@Map'},"
     "'@Map':{'Type':'Map','ItemsPath':'$.items','MaxConcurrency':2,"
     "'ItemSelector':{'v.$':'$$.Map.Item.Value'},'ItemProcessor':{#},"
     "'ResultSelector':{'v.$':'States.MathAdd($[0].v,$[2].v)'},!}",
     "'@Map':{'Type':'Map','Items':'{% [1,2,~] %}','MaxConcurrency':2,"
     "'ItemSelector':{'v':'{% $states.context.Map.Item.Value %}'},'ItemProcessor':{#},"
     "'Output':{'v':'{% $sum($states.result.v) %}'},!}"},

    {NOT_IN_EXPRESS | AT_TOP | NESTS,
     "'@Given':{'Type':'Pass','Result':[1,2,3,4,~],'ResultPath':'$.items',"
     "'Next':'@Spread'},'@Spread':{'Type':'Map','ItemsPath':'$.items',"
     "'MaxConcurrency':3,'ItemSelector':{'v.$':'$$.Map.Item.Value'},'ItemProcessor':{"
     "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'STANDARD'},#},"
     "'ResultSelector':{'v.$':'States.MathAdd($[0].v,$[4].v)'},!}",
     "'@Spread':{'Type':'Map','Items':'{% [1,2,3,4,~] %}','MaxConcurrency':3,"
     "'ItemSelector':{'v':'{% $states.context.Map.Item.Value %}'},'ItemProcessor':{"
     "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'STANDARD'},#},"
     "'Output':{'v':'{% $sum($states.result.v) %}'},!}"},

    /* A child may run out of its five minutes when the machine is busy: the outcome does not ask. */
    {NOT_IN_EXPRESS | AT_TOP,
     "'@Given':{'Type':'Pass','Result':[1,2,~],'ResultPath':'$.items','Next':'@Fast'},"
     "'@Fast':{'Type':'Map','ItemsPath':'$.items','ToleratedFailurePercentage':100,"
     "'ItemSelector':{'v.$':'$$.Map.Item.Value'},'ItemProcessor':{"
     "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'EXPRESS'},"
     "'StartAt':'@One','States':{'@One':{'Type':'Task','Resource':'handler:add',"
     "'End':true}}},'ResultSelector':{'v':~},!}",
     "'@Fast':{'Type':'Map','Items':'{% [1,2,~] %}','ToleratedFailurePercentage':100,"
     "'ItemSelector':{'v':'{% $states.context.Map.Item.Value %}'},'ItemProcessor':{"
     "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'EXPRESS'},"
     "'StartAt':'@One','States':{'@One':{'Type':'Task','Resource':'handler:add',"
     "'End':true}}},'Output':{'v':~},!}"},

    {NOT_IN_EXPRESS,
     NESTED "'Parameters':{" INNER "'Input':{'v.$':'$.v'}},"
            "'ResultSelector':{'v.$':'$.Output.v'},!}",
     NESTED "'Arguments':{" INNER "'Input':{" IN_JA "}},"
            "'Output':{'v':'{% $states.result.Output.v %}'},!}"},

    /* The flow of examples/apartment_booking. */
    {NOT_IN_EXPRESS,
     "'@Reserve':{'Type':'Task','Resource':" FUNCTION
     "reserve','ResultPath':'$.booking'," RETRY_TABLE CATCH_JP(
         "ApartmentTaken",
         "Taken") "'Next':'@Payment Wait~'},"
                  "'@Payment Wait~':{'Type':'Wait','Seconds':~,'Next':'@Look Up'},"
                  "'@Look Up':{'Type':'Task','Resource':" FUNCTION
                  "lookup','ResultPath':'$.booking'," RETRY_TABLE
                  "'Next':'@Is It Paid?'},"
                  "'@Is It "
                  "Paid?':{'Type':'Choice','Choices':[{'Variable':'$.booking.status',"
                  "'StringEquals':'paid','Next':'@Paid'}],'Default':'@Revert'},"
                  "'@Revert':{'Type':'Task','Resource':" FUNCTION
                  "revert','ResultPath':'$.booking'," RETRY_TABLE
                  "'Catch':[{'ErrorEquals':['ApartmentPaid'],'ResultPath':'$.late',"
                  "'Next':'@Look Up'}],'Next':'@Cancelled'}," AGAIN_JP(
                      "Paid") "," AGAIN_JP("Cancelled") "," AGAIN_JP("Taken"),
     "'@Reserve':{'Type':'Task','Resource':" FUNCTION "reserve','Arguments':{" IN_JA
     "}," V_JA RETRY_TABLE CATCH_JA(
         "ApartmentTaken",
         "Taken") "'Next':'@Payment Wait~'},"
                  "'@Payment Wait~':{'Type':'Wait','Seconds':~,'Next':'@Look Up'},"
                  "'@Look Up':{'Type':'Task','Resource':" FUNCTION "lookup',"
                  "'Arguments':'{% $states.input %}','Assign':{'b@':'{% "
                  "$states.result.status %}'}," V_JA RETRY_TABLE "'Next':'@Is It Paid?'},"
                  "'@Is It Paid?':{'Type':'Choice','Choices':[{'Condition':'{% $b@ = "
                  "\\'paid\\' %}',"
                  "'Next':'@Paid'}],'Default':'@Revert'},"
                  "'@Revert':{'Type':'Task','Resource':" FUNCTION
                  "revert','Arguments':{" IN_JA "}," V_JA RETRY_TABLE
                  "'Catch':[{'ErrorEquals':['ApartmentPaid'],"
                  "'Output':{" IN_JA
                  ",'late':true},'Next':'@Look Up'}],'Next':'@Cancelled'}," AGAIN_JA(
                      "Paid") "," AGAIN_JA("Cancelled") "," AGAIN_JA("Taken")},
};
const unsigned torture_piece_count = sizeof torture_pieces / sizeof *torture_pieces;

const struct torture_ending torture_endings[] = {
    {5, 0, 0, 0, {ANYWHERE, "'@Done':{'Type':'Succeed'}", "'@Done':{'Type':'Succeed'}"}},
    {1,
     0,
     0,
     0,
     {ANYWHERE, "'@Fail':{'Type':'Fail','Error':'Wrong','Cause':'as planned'}",
      "'@Fail':{'Type':'Fail','Error':'Wrong','Cause':'{% \\'v=\\' & $states.input.v "
      "%}'}"}},
    {1,
     0,
     1,
     0,
     {ANYWHERE,
      "'@Healed':{'Type':'Task','Resource':'handler:healed','Parameters':{'v.$':'$.v',"
      "'redrives.$':'$$.Execution.RedriveCount'}," V_JP "!}",
      "'@Healed':{'Type':'Task','Resource':'handler:healed','Arguments':{" IN_JA ","
      "'redrives':'{% $states.context.Execution.RedriveCount %}'}," V_JA "!}"}},
    {1,
     1,
     0,
     0,
     {ANYWHERE, "'@Forever':{'Type':'Wait','Seconds':9000000,!}",
      "'@Forever':{'Type':'Task'," DESK("mute") TOKEN_JA "!}"}},
    {1,
     0,
     0,
     1,
     {ANYWHERE, "'@End':{'Type':'Task','Resource':'handler:add'," V_JP "!}",
      "'@End':{'Type':'Task','Resource':'handler:add','Arguments':{" IN_JA "}," V_JA
      "!}"}},
};
const unsigned torture_ending_count = sizeof torture_endings / sizeof *torture_endings;

const struct torture_piece torture_endless = {
    ANYWHERE, "'@Forever':{'Type':'Wait','Seconds':9000000,!}",
    "'@Forever':{'Type':'Task'," DESK("mute") TOKEN_JA "!}"};
