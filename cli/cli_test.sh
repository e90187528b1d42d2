#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests of the asl command, as TAP: cli_test.sh ASL PLUGIN MANUAL
#
# Every function test_* is a case, run in a folder of its own with the definitions below in it.
# Nothing waits for a clock: time is virtual, or a line of progress is read from a pipe.
asl=$(realpath "$1") plugin=$(realpath "$2") manual=$(realpath "$3")
self=$(realpath "$0")
. "$(dirname "$self")/test_kit.sh"

# ------------------------------------------------------------------ helpers

lambda=arn:aws:lambda:us-east-1:123456789012:function
callback=arn:aws:states:::sqs:sendMessage.waitForTaskToken

# task FILE RESOURCE [MORE FIELDS]: a machine of one Task
task() {
    printf '{"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "%s"%s,
 "End": true}}}' "$2" "$3" >"$1"
}

write_definitions() {
    cat >pass.asl.json <<END
{"StartAt": "Greet", "States": {"Greet": {"Type": "Pass", "End": true}}}
END
    cat >fail.asl.json <<END
{"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Sold.Out", "Cause": "no cars"}}}
END
    cat >wait.asl.json <<END
{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}
END
    cat >late.asl.json <<END
{"StartAt": "Sleep", "TimeoutSeconds": 5,
 "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}
END
    cat >bad.asl.json <<END
{"StartAt": "A", "States": {
  "A": {"Type": "Pass", "Next": "Nowhere"},
  "B": {"Type": "Nonsense", "End": true}}}
END
    cat >then-wait.asl.json <<END
{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "$callback", "Parameters": {"MessageBody": "hi"},
          "Next": "Sleep"},
  "Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}
END
    task echo.asl.json "$lambda:echo"
    task ask.asl.json "$callback" ', "Parameters": {"MessageBody": "hi"}'
    task hang.asl.json "$lambda:hang"
    task flaky.asl.json "$lambda:flaky" ', "Retry": [{"ErrorEquals": ["States.ALL"]}]'
}

# ------------------------------------------------------------------ run

test_run_prints_the_output() {
    expect 0 run pass.asl.json --input '{"a": 1}'
    is_output '{"a":1}'
}

test_run_without_a_store_says_that_it_is_in_memory() {
    expect 0 run pass.asl.json
    has err 'in memory'
    expect 0 run pass.asl.json --store s
    lacks err 'in memory'
}

test_run_express_prints_the_output_of_what_no_store_has() {
    expect 0 run pass.asl.json --express --input '{"a": 1}'
    is_output '{"a":1}'
    expect 0 run pass.asl.json --express --store s --name e --input 5
    is_output 5
    expect 0 list --store s
    lacks out e
    expect 1 run fail.asl.json --express --name e
    has err 'e FAILED: Sold.Out: no cars'
}

test_run_express_ends_after_five_minutes() {
    expect 3 run wait.asl.json --express --virtual-time --name e
    has err 'e TIMED_OUT'
}

test_run_express_refuses_what_express_cannot_do() {
    expect 2 run ask.asl.json --express
    has err "Express state machine does not support '.waitForTaskToken'"
    expect 2 validate ask.asl.json --express
    expect 0 validate echo.asl.json --express
}

test_an_express_execution_that_was_killed_is_resumed_from_its_beginning() {
    background run hang.asl.json --express --store s --name e --handlers "$plugin"
    await hanging
    kill -9 "$pid"
    ended 137
    expect 75 resume --store s
    has err 'Express executions are still running' 'asl resume --store s'
    expect 0 resume --store s --exec 'hang=echo 7'
    is_output 7
    expect 0 resume --store s --exec 'hang=cat'
    has err 'nothing is running'
    expect 2 resume "arn:aws:states:us-east-1:123456789012:express:hang:e:1" --store s
    has err "Resource type not valid in this context: express"
}

test_an_express_execution_that_is_interrupted_says_how_to_go_on() {
    background run echo.asl.json --express --store s --name e --exec 'echo=echo begun >&2; sleep 99'
    await begun
    kill -INT "$pid"
    ended 75
    has err 'still running' 'asl resume --store s'
}

test_run_has_an_empty_object_as_default_input() {
    expect 0 run pass.asl.json
    is_output '{}'
}

test_run_reads_input_from_a_file_and_from_standard_input() {
    echo '{"b": 2}' >input.json
    expect 0 run pass.asl.json --input @input.json
    is_output '{"b":2}'
    expect 0 run pass.asl.json --input - <input.json
    is_output '{"b":2}'
    expect 2 run pass.asl.json --input @missing.json
    has err missing.json
}

test_run_reads_the_definition_from_standard_input() {
    expect 0 run - --input '[1]' <pass.asl.json
    is_output '[1]'
    expect 2 run - --input - <pass.asl.json
    has err 'standard input'
}

test_run_of_a_failing_execution_gives_1_and_the_reason() {
    expect 1 run fail.asl.json --name f
    has err 'f FAILED: Sold.Out: no cars'
    is_output ''
}

test_run_of_a_late_execution_gives_3() {
    expect 3 run late.asl.json --virtual-time
    has err TIMED_OUT
}

test_virtual_time_does_not_wait() {
    expect 0 run wait.asl.json --virtual-time --input '{"slept":true}'
    is_output '{"slept":true}'
}

test_run_refuses_a_bad_definition_and_prints_every_diagnostic() {
    expect 2 run bad.asl.json
    has err 'bad.asl.json:2:' ': ERROR MISSING_TRANSITION_TARGET: ' ' at /States/A/Next' \
        'bad.asl.json:3:'
}

test_run_refuses_bad_input() {
    expect 2 run pass.asl.json --input '{"a": '
    has err input
}

test_run_refuses_missing_handlers_and_names_them() {
    cat >two.asl.json <<END
{"StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "$lambda:first", "Next": "B"},
  "B": {"Type": "Task", "Resource": "$lambda:second", "End": true}}}
END
    expect 2 run two.asl.json --store s --name t
    has err first second --handlers
    expect 0 list --store s
    lacks out RUNNING
}

test_run_loads_handlers() {
    expect 0 run echo.asl.json --handlers "$plugin" --input '{"x":[1,2]}'
    is_output '{"x":[1,2]}'
    cp "$plugin" handlers.so
    expect 0 run echo.asl.json --handlers handlers.so
}

test_run_refuses_a_library_that_is_no_plugin() {
    echo text >bad.so
    expect 2 run echo.asl.json --handlers ./bad.so
    has err 'cannot load handlers' bad.so
}

test_names_come_from_the_file_and_from_options() {
    cp pass.asl.json 'my order.asl.json'
    expect 0 run 'my order.asl.json' --store s --name one
    expect 0 describe one --store s
    has out stateMachine:my-order arn:aws:states:us-east-1:123456789012:execution:my-order:one
    expect 0 run pass.asl.json --store s --name two --machine shop --account 111111111111 \
        --region eu-west-1
    expect 0 describe two --store s
    has out arn:aws:states:eu-west-1:111111111111:execution:shop:two
}

test_a_name_is_taken_once() {
    expect 0 run pass.asl.json --store s --name one
    expect 2 run pass.asl.json --store s --name one --input '{"other": 1}'
    has err one
}

test_progress_shows_states_failures_retries_and_the_end() {
    expect 0 run flaky.asl.json --handlers "$plugin" --virtual-time --name p --progress
    has err 'p Work entered' 'p Work failed: Test.Error: it always fails' 'p Work retried' \
        'p Succeeded'
}

test_progress_is_off_when_standard_error_is_no_terminal() {
    expect 0 run pass.asl.json
    lacks err entered
    expect 0 run pass.asl.json --progress --no-progress
    lacks err entered
}

# ------------------------------------------------------------------ callbacks, resume, answer

test_run_that_waits_for_an_answer_prints_the_commands_that_go_on() {
    expect 75 run ask.asl.json --store s --name c --handlers "$plugin"
    has err "$(token_of c)"
    asl() { "$asl" "$@"; }
    sed -n "s/^ *\(asl answer .*\)--output JSON/\1--output '{\"ok\":true}'/p" err >answer.sh
    grep '^ *asl resume' err >resume.sh
    . ./answer.sh
    . ./resume.sh >out
    is_output '{"ok":true}'
}

test_the_limits_are_those_of_aws_unless_options_raise_them() {
    { cat pass.asl.json; head -c 2097152 /dev/zero | tr '\0' ' '; } >large.asl.json
    expect 2 validate large.asl.json
    has out 'more than the 1048576 that are allowed; max_definition (--max-definition)'
    expect 0 validate large.asl.json --max-definition 3000000
    expect 0 run large.asl.json --max-definition 3000000 --store s --name l --input '[1]'
    expect 0 resume l --store s
    is_output '[1]'
    { printf '"'; head -c 300000 /dev/zero | tr '\0' a; printf '"'; } >long.json
    expect 2 run pass.asl.json --input @long.json
    has err 'at most 262144 are allowed; max_payload (--max-payload)'
    expect 0 run pass.asl.json --input @long.json --max-payload 300002
    expect 1 run pass.asl.json --max-events 3
    has err 'the maximum number of history events (3)'
}

test_a_large_definition_goes_on_in_another_process() {
    { cat ask.asl.json; head -c 2097152 /dev/zero | tr '\0' ' '; } >large.asl.json
    expect 75 run large.asl.json --max-definition 3000000 --store s --name c \
        --handlers "$plugin" --max-payload 300002
    has err 'JSON --store s --max-payload 300002' "$plugin --max-payload 300002" \
        'asl resume c --store s --max-definition 3000000'
    { printf '"'; head -c 300000 /dev/zero | tr '\0' a; printf '"'; } >long.json
    expect 2 answer "$(token_of c)" --output @long.json --store s
    expect 0 answer "$(token_of c)" --output @long.json --store s --max-payload 300002
    expect 0 resume c --store s --max-payload 300002
}

test_nesting_has_a_fixed_limit() {
    head -c 100000 /dev/zero | tr '\0' '[' >deep.asl.json
    expect 2 validate deep.asl.json
    has out 'more than 1000 arrays and objects stand one in another; that limit is fixed'
    expect 2 run pass.asl.json --input @deep.asl.json
    has err 'more than 1000 arrays and objects'
}

test_a_limit_is_a_number() {
    for value in 0 -1 1k '' 4294967296; do
        expect 2 run pass.asl.json --max-payload "$value"
        has err '--max-payload needs a number from 1 to 4294967295'
    done
}

test_callback_in_memory_says_that_it_is_gone() {
    expect 75 run ask.asl.json --handlers "$plugin"
    has err --store
}

test_answer_with_an_error_fails_the_task() {
    expect 75 run ask.asl.json --store s --name c --handlers "$plugin"
    expect 0 answer "$(token_of c)" --error Card.Refused --cause 'no money' --store s
    expect 1 resume c --store s
    has err 'c FAILED: Card.Refused: no money'
}

test_heartbeat_keeps_the_task_open() {
    expect 75 run ask.asl.json --store s --name c --handlers "$plugin"
    token=$(token_of c)
    expect 0 answer "$token" --heartbeat --store s --json
    is_output '{}'
    [ "$(token_of c)" = "$token" ]
}

test_answer_refuses_bad_tokens_bad_output_and_unclear_options() {
    expect 75 run ask.asl.json --store s --name c --handlers "$plugin"
    token=$(token_of c)
    expect 2 answer nonsense --output 1 --store s
    expect 2 answer "$token" --output '{' --store s
    expect 2 answer "$token" --store s
    expect 2 answer "$token" --output 1 --heartbeat --store s
    expect 0 answer "$token" --output 1 --store s
    expect 2 answer "$token" --output 1 --store s
}

test_resume_without_handlers_leaves_tasks_parked_and_says_which() {
    cat >next.asl.json <<END
{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "$callback", "Parameters": {"MessageBody": "hi"},
          "Next": "Work"},
  "Work": {"Type": "Task", "Resource": "$lambda:echo", "End": true}}}
END
    expect 75 run next.asl.json --store s --name n --handlers "$plugin"
    expect 0 answer "$(token_of n)" --output '"done"' --store s
    expect 75 resume n --store s
    has err "Work: a handler for $lambda:echo"
    expect 0 resume n --store s --handlers "$plugin"
    is_output '"done"'
}

test_resume_no_wait_does_not_wait_for_timers() {
    expect 75 run then-wait.asl.json --store s --name w --handlers "$plugin"
    expect 0 answer "$(token_of w)" --output 1 --store s
    expect 75 resume --no-wait --store s
    has err 'w is still running'
}

test_resume_of_all_gives_the_worst_status() {
    for name in a b c; do
        expect 75 run ask.asl.json --store s --name $name --handlers "$plugin"
    done
    token=$(token_of b)
    expect 75 resume --store s
    has out 'a  RUNNING' 'b  RUNNING'
    expect 0 answer "$token" --error No --store s
    expect 1 resume a b --store s
    has out 'a  RUNNING' 'b  FAILED'
    expect 75 resume a c --store s --json
    has out '"executions": [' '"status": "RUNNING"'
    expect 75 resume a --store s --json
    has err 'asl resume a --store s'
}

test_resume_with_nothing_running_gives_0() {
    expect 0 run pass.asl.json --store s
    expect 0 resume --store s
    has err 'nothing is running'
}

test_resume_of_an_ended_execution_prints_its_output() {
    expect 0 run pass.asl.json --store s --name e --input '[7]'
    expect 0 resume e --store s
    is_output '[7]'
    expect 2 resume nobody --store s
}

test_a_store_of_virtual_time_resumes_in_virtual_time() {
    expect 75 run then-wait.asl.json --store s --name v --handlers "$plugin" --virtual-time
    expect 0 answer "$(token_of v)" --output 5 --store s
    expect 0 resume v --store s
    is_output 5
    expect 2 run pass.asl.json --store s
}

# ------------------------------------------------------------------ exec, activities, nested machines

test_exec_does_tasks_with_a_command() {
    expect 0 run echo.asl.json --exec 'echo=sed s/1/2/' --input '{"a":1}'
    is_output '{"a":2}'
    expect 1 run echo.asl.json --name x --exec 'echo=echo no stock >&2; exit 3'
    has err 'x FAILED: Exec.ExitStatus: exit 3: no stock'
    expect 1 run echo.asl.json --exec 'echo=kill -9 $$'
    has err 'Exec.Signal: signal 9: '
    expect 1 run echo.asl.json --exec 'echo=echo hello'
    has err 'Exec.InvalidOutput'
    expect 2 run echo.asl.json --exec 'echo'
    has err 'NAME=COMMAND'
}

test_exec_holds_virtual_time_while_it_works() {
    task clock.asl.json "$lambda:echo" ', "TimeoutSeconds": 1'
    expect 0 run clock.asl.json --virtual-time --exec 'echo=cat' --input 5
    is_output 5
}

test_exec_tells_the_command_about_its_task() {
    expect 0 run echo.asl.json --store s --name t --exec \
        'echo=printf %s "[\"$ASL_TASK_NAME\",\"$ASL_STATE\",$ASL_ATTEMPT,\"$ASL_EXECUTION\"]"'
    is_output '["echo","Work",0,"arn:aws:states:us-east-1:123456789012:execution:echo:t"]'
}

test_an_interrupted_run_ends_its_commands_and_does_them_again() {
    background run echo.asl.json --store s --name e --exec 'echo=echo begun >&2; sleep 1000'
    await begun
    kill -INT "$pid"
    ended 75
    has err "asl resume e --store s --exec 'echo=echo begun >&2; sleep 1000'"
    expect 0 resume e --store s --exec 'echo=echo $ASL_REDELIVERED'
    is_output 1
}

test_exec_submits_callbacks() {
    expect 75 run ask.asl.json --store s --name c --exec 'sqs:sendMessage=echo "{\"id\":7}"'
    expect 0 history c --store s
    has out TaskSubmitted '{"id":7}'
    expect 0 answer "$(token_of c)" --output 8 --store s
    expect 0 resume c --store s
    is_output 8
}

test_work_does_the_tasks_of_an_activity() {
    activity=arn:aws:states:us-east-1:123456789012:activity
    task paint.asl.json "$activity:paint"
    expect 1 run paint.asl.json --name none
    has err "The activity $activity:paint does not exist."
    expect 75 run paint.asl.json --store s --name p --activity paint --input '{"colour":"red"}'
    has err "a worker of $activity:paint" 'asl work paint --store s -- COMMAND'
    expect 0 work paint --store s -- sed 's/red/blue/'
    is_output '{"colour":"blue"}'
    expect 0 work "$activity:paint" --store s -- cat
    has err 'nothing is running'
    expect 2 work paint --store s
}

test_an_interrupted_worker_does_its_task_again_and_starts_it_once() {
    task paint.asl.json "arn:aws:states:us-east-1:123456789012:activity:paint"
    expect 75 run paint.asl.json --store s --name p --activity paint
    background work paint --store s -- sh -c 'echo begun >&2; sleep 1000'
    await begun
    kill -TERM "$pid"
    ended 75
    expect 0 work paint --store s -- echo 3
    is_output 3
    expect 0 history p --store s
    [ "$(grep -c ActivityStarted out)" -eq 1 ]
}

test_machine_file_lets_an_execution_start_others() {
    child=arn:aws:states:us-east-1:123456789012:stateMachine
    start=arn:aws:states:::states:startExecution
    task both.asl.json "$start.sync:2" ", \"Parameters\": {\"StateMachineArn\":
        \"$child:pass\", \"Name\": \"c\", \"Input.$\": \"$\"}, \"OutputPath\": \"$.Output\""
    expect 0 run both.asl.json --machine-file pass.asl.json --store s --input '{"a":1}'
    is_output '{"a":1}'
    expect 0 describe c --store s
    has out SUCCEEDED execution:pass:c
    task failing.asl.json "$start.sync" ", \"Parameters\": {\"StateMachineArn\": \"$child:fail\"}"
    expect 1 run failing.asl.json --machine-file fail.asl.json
    has err 'States.TaskFailed: {"Cause":"no cars","Error":"Sold.Out",'
    expect 1 run both.asl.json --machine-file fail.asl.json
    has err StepFunctions.StateMachineDoesNotExistException
    expect 2 run both.asl.json --machine-file bad.asl.json
    has err 'bad.asl.json:2:' MISSING_TRANSITION_TARGET
}

# ------------------------------------------------------------------ stop, list, describe, history

test_stop_aborts() {
    expect 75 run ask.asl.json --store s --name c --handlers "$plugin"
    expect 0 stop c --error Gone --cause 'changed my mind' --store s --json
    has out '"stopDate": '
    expect 0 describe c --store s
    has out ABORTED Gone 'changed my mind'
    expect 4 resume c --store s
    expect 2 stop c --store s
    expect 2 stop nobody --store s
}

test_redrive_goes_on_where_it_failed() {
    expect 1 run fail.asl.json --store s --name c
    expect 1 redrive c --store s
    has err 'Sold.Out: no cars'
    expect 0 history c --store s
    has out ExecutionRedriven
    expect 75 run ask.asl.json --store s --name d --handlers "$plugin"
    expect 0 stop d --store s
    expect 75 redrive d --store s --handlers "$plugin"
    expect 0 describe d --store s --json
    has out '"redriveCount": 1' RUNNING
    expect 2 redrive d --store s
    has err 'Execution is RUNNING and cannot be redriven'
    expect 2 redrive nobody --store s
}

test_list_shows_and_filters() {
    expect 0 run pass.asl.json --store s --name good
    expect 1 run fail.asl.json --store s --name wrong
    expect 0 list --store s
    has out NAME good SUCCEEDED wrong FAILED
    expect 0 list --store s --status FAILED
    has out wrong
    lacks out good
    expect 0 list --store s --json
    has out '"executions": [' '"executionArn": "arn:aws:states:' '"startDate": '
    expect 2 list --store s --status SLEEPING
    has err TIMED_OUT
}

test_describe_shows_open_tasks() {
    expect 75 run ask.asl.json --store s --name c --handlers "$plugin"
    expect 0 describe c --store s
    has out RUNNING "Work ($callback)" "$(token_of c)"
    expect 0 describe c --store s --json
    has out '"status": "RUNNING"' '"openTasks": ['
    expect 2 describe nobody --store s
}

test_describe_json_of_an_ended_execution_is_awss_response() {
    expect 0 run pass.asl.json --store s --name e --input '{"a": 1}'
    expect 0 describe e --store s --json
    has out '"status": "SUCCEEDED"' '"output": "{\"a\":1}"' '"redriveCount": 0'
    lacks out openTasks
}

test_history_shows_the_events() {
    expect 0 run echo.asl.json --store s --name h --handlers "$plugin" --input '{"q": 1}'
    expect 0 history h --store s
    has out TaskStateEntered LambdaFunctionSucceeded ExecutionSucceeded '{"q":1}'
    grep -q 'LambdaFunctionScheduled *Work ' out
    expect 0 history h --store s --json
    has out '"events": [' '"type": "ExecutionStarted"' '"previousEventId": 0' \
        '"input": "{\"q\": 1}"'
    expect 2 history nobody --store s
}

test_commands_on_a_store_need_one_that_exists() {
    expect 2 list
    expect 2 resume
    expect 5 list --store nowhere
    expect 5 resume --store nowhere
    [ ! -e nowhere ]
}

# ------------------------------------------------------------------ jsonata

test_jsonata_prints_the_result_and_nothing_for_nothing() {
    echo '{"a": [{"b": 1}, {"b": 2}]}' >doc.json
    expect 0 jsonata '$sum(a.b)' doc.json
    is_output 3
    expect 0 jsonata 'a.c' doc.json
    is_output ''
    echo '[1, 2]' | expect 0 jsonata '$count($)'
}

test_jsonata_binds_variables_and_needs_no_input() {
    expect 0 jsonata -n -b x=6 --bind y=7 '$x * $y'
    is_output 42
    expect 2 jsonata -n -b x '$x'
    has err 'NAME=JSON'
    expect 2 jsonata -n -b 'x={' '$x'
}

test_jsonata_tells_what_is_wrong_and_where() {
    expect 2 jsonata -n '1 + '
    has err 'S0207 at 1:5: Unexpected end of expression'
    expect 1 jsonata -n '"a" + 1'
    has err 'T2001'
    expect 1 jsonata -n '$sum'
    has err 'function'
    expect 2 jsonata
    expect 0 jsonata -n --aws '1/0'
    is_output '"Infinity"'
}

# ------------------------------------------------------------------ validate

test_validate_prints_every_diagnostic_and_gives_2() {
    expect 0 validate pass.asl.json wait.asl.json
    has out 'pass.asl.json: OK' 'wait.asl.json: OK'
    expect 2 validate pass.asl.json bad.asl.json
    has out 'pass.asl.json: OK' 'bad.asl.json:2:' 'ERROR MISSING_TRANSITION_TARGET' \
        ' at /States/A/Next' 'bad.asl.json:3:'
    expect 2 validate missing.asl.json
    has err missing.asl.json
}

test_validate_reads_standard_input() {
    expect 0 validate - <pass.asl.json
    has out "<stdin>: OK"
    expect 2 validate - <bad.asl.json
    has out '<stdin>:2:'
}

test_validate_json_is_awss_response() {
    expect 2 validate --json bad.asl.json
    has out '"result": "FAIL"' '"severity": "ERROR"' '"code": "MISSING_TRANSITION_TARGET"' \
        '"location": "/States/A/Next"'
    expect 0 validate --json pass.asl.json wait.asl.json
    has out '"file": "wait.asl.json"' '"result": "OK"' '"diagnostics": []'
}

write_sources() {
    cat >late.asl.yaml <<'END'
StartAt: Sleep
States:
  Sleep:
    Type: Wait
    Seconds: ${Late}
    End: true
END
    task task.asl.json handler:nobody
    task machine.asl.json '${Work}'
    cat >template.yaml <<'END'
Resources:
  Work: {Type: AWS::Serverless::Function}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: states/machine.asl.json
      DefinitionSubstitutions: {Work: !GetAtt Work.Arn}
END
    cat >mock.json <<'END'
{"StateMachines": {"Machine": {"TestCases": {"good": {"Work": "Ok"}}}},
 "MockedResponses": {"Ok": {"0": {"Return": {"mocked": true}}}}}
END
}

# Is YAML built in?
has_yaml() {
    write_sources
    "$asl" validate late.asl.yaml 2>&1 | grep -q 'without YAML' || return 0
    return 1
}

test_validate_knows_formats() {
    expect 2 validate --format sarif bad.asl.json
    has out '"version": "2.1.0"' '"ruleId": "MISSING_TRANSITION_TARGET"' '"startLine": 2'
    expect 2 validate --format json bad.asl.json
    has out '"result": "FAIL"'
    expect 2 validate --format xml bad.asl.json
    has err 'text, json or sarif'
}

test_validate_reads_yaml_and_replaces_names() {
    has_yaml || return 0
    expect 0 validate late.asl.yaml
    has out 'late.asl.yaml:5:5: WARNING UNRESOLVED_SUBSTITUTION' 'late.asl.yaml: OK'
    expect 0 validate -D Late=5 late.asl.yaml
    lacks out WARNING
    expect 2 run late.asl.yaml
    has err '-D NAME=VALUE'
    expect 0 run late.asl.yaml --define Late=5 --virtual-time
    expect 2 validate -D Late late.asl.yaml
    has err 'NAME=VALUE'
}

test_validate_tells_what_only_libasl_runs_and_what_nobody_does() {
    write_sources
    expect 0 validate task.asl.json
    expect 2 validate --aws task.asl.json
    has out 'ERROR SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN'
    expect 0 validate --handlers "$plugin" task.asl.json
    has out 'WARNING HANDLER_NOT_REGISTERED'
}

test_templates_are_resolved_and_mocks_answer() {
    has_yaml || return 0
    expect 2 run --template template.yaml
    has err "no handler is registered for 'Work'"
    expect 0 run --template template.yaml --mock mock.json --case good
    has out '{"mocked":true}'
    expect 0 validate --template template.yaml --resource Machine
    has out 'machine.asl.json: OK'
    expect 2 run --template template.yaml --resource Other
    has err 'it has: Machine'
    expect 2 run pass.asl.json --template template.yaml
    expect 2 run --template template.yaml --mock mock.json --case bad
    has err 'it has: good'
    expect 2 run --template template.yaml --mock mock.json
    has err '--case'
}

# ------------------------------------------------------------------ usage

test_wrong_usage_gives_2_and_a_hint() {
    expect 2
    has err 'Usage: asl'
    expect 2 dance
    has err "unknown command 'dance'" 'asl --help'
    expect 2 --dance
    expect 2 run
    has err 'asl run --help'
    expect 2 run pass.asl.json another.json
    has err another.json
    expect 2 run pass.asl.json --colour
    has err --colour 'asl run --help'
    expect 2 run pass.asl.json -x
    has err "'-x'"
    expect 2 run pass.asl.json --input
    has err "'--input' needs a value"
    expect 2 list --handlers x.so --store s
    has err --handlers
}

test_every_command_has_help() {
    expect 0 --help
    has out 'Usage: asl COMMAND'
    for command in $(sed -n 's/^  \([a-z]*\)  .*/\1/p' out); do
        expect 0 "$command" --help
        has out "Usage: asl $command" Options: 'Exit status:' Example: --help
        cp out first
        expect 0 help "$command"
        cmp out first
    done
}

# book FILE KEY: reserves a flat, and looks at it by a key of this name
book() {
    cat >"$1" <<END
{"StartAt": "Book", "States": {
  "Book": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem",
    "Parameters": {"TableName": "Flats", "Key": {"Id": {"S": "7"}},
      "ConditionExpression": "attribute_exists(Id)", "UpdateExpression": "SET booked = :b",
      "ExpressionAttributeValues": {":b": {"S": "yes"}}}, "Next": "Look"},
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
    "Parameters": {"TableName": "Flats", "Key": {"$2": {"S": "7"}}}, "End": true}}}
END
}

test_tables_are_kept_beside_the_executions() {
    book book.asl.json Id
    expect 2 table scan Flats --store s
    has err 's has no tables; make one with --table NAME:KEY'
    expect 0 table put Flats '{"Id": {"S": "7"}}' --table Flats:Id --store s
    expect 0 run book.asl.json --store s
    is_output '{"Item":{"booked":{"S":"yes"},"Id":{"S":"7"}}}'
    expect 0 table get Flats '{"Id": {"S": "7"}}' --store s
    [ "$(tr -d ' \n' <out)" = '{"booked":{"S":"yes"},"Id":{"S":"7"}}' ]
    expect 0 table scan Flats --store s
    is_output '{"Id":{"S":"7"},"booked":{"S":"yes"}}'
    expect 2 table get Flats '{"Id": {"S": "8"}}' --store s
    has err 'no such item in Flats'
}

test_tables_answer_in_the_words_of_dynamodb() {
    book book.asl.json Id
    expect 1 run book.asl.json --table Flats:Id
    has err DynamoDB.ConditionalCheckFailedException 'The conditional request failed'
    expect 0 table put Flats '{"Id": {"S": "7"}}' --table Flats:Id --store s
    book book.asl.json id
    expect 1 run book.asl.json --store s
    has err DynamoDb.DynamoDbException 'The provided key element does not match the schema'
    expect 2 table put Flats '{"id": {"S": "7"}}' --store s
    has err 'ValidationException: One or more parameter values were invalid: Missing the key Id'
}

test_table_refuses_what_it_does_not_know() {
    expect 2 table drop Flats --store s
    has err 'put NAME ITEM'
    expect 2 table put Flats --store s
    expect 2 table scan Flats
    has err '--store DIR is missing'
    expect 2 table put Flats '{}' --store s --table Flats
    has err '--table needs NAME:KEY'
    expect 2 table put Flats '{' --store s --table Flats:Id
    expect 2 table scan Homes --store s
    has err "there is no table 'Homes'"
    expect 2 table put Flats '{}' --store s --table Flats:Key
    has err "exists with another key: 'Id'"
}

test_the_manual_knows_every_command_and_option() {
    "$asl" --help >commands
    for command in $(sed -n 's/^  \([a-z]*\)  .*/\1/p' commands); do
        has "$manual" "*asl $command*"
        "$asl" "$command" --help >out
        for option in $(sed -n 's/^  \(--[a-z-]*\).*/\1/p' out); do
            has "$manual" "*$option*"
        done
    done
}

test_version() {
    expect 0 --version
    has out 'asl '
}

test_output_that_cannot_be_written_is_trouble() {
    [ -c /dev/full ] || return 0
    status=0
    "$asl" --help >/dev/full 2>err || status=$?
    [ "$status" -eq 5 ]
    has err 'cannot write'
}

# ------------------------------------------------------------------ runner

run_cases "$4"
