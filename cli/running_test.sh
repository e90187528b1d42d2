#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests of the asl command beside an engine that runs, and of signals to it, as TAP:
# running_test.sh ASL PLUGIN
#
# Every function test_* is a case, run in a folder of its own. Nothing waits for a clock: a line of
# progress is read from a pipe.
asl=$(realpath "$1") plugin=$(realpath "$2")
self=$(realpath "$0")
. "$(dirname "$self")/test_kit.sh"

# ------------------------------------------------------------------ helpers

write_definitions() {
    cat >wait.asl.json <<END
{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}
END
    cat >hang.asl.json <<END
{"StartAt": "Work", "States": {"Work": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:us-east-1:123456789012:function:hang"}}}
END
}

# an execution that waits for an answer, in a process that waits for a timer
both_in_the_background() {
    cat >both.asl.json <<END
{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "HeartbeatSeconds": 3600, "Next": "Told",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {}},
    "Told": {"Type": "Pass", "End": true}}},
  {"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}]}}}
END
    background run both.asl.json --store s --name b --handlers "$plugin"
    await Ask
    until token=$(token_of b) && [ -n "$token" ]; do :; done
}

# ------------------------------------------------------------------ cases

test_a_second_engine_is_refused_but_readers_are_not() {
    background run wait.asl.json --store s --name w
    await 'w Sleep entered'
    expect 5 resume w --store s
    has err "$pid"
    expect 5 delete w --store s
    expect 0 list --store s
    has out 'RUNNING'
    expect 0 history w --store s
    has out WaitStateEntered
    kill -TERM "$pid"
    ended 75
}

test_an_interrupted_run_prints_how_to_resume() {
    background run wait.asl.json --store 'my store' --name w --handlers "$plugin"
    await 'w Sleep entered'
    kill -INT "$pid"
    ended 75
    has err interrupted "asl resume w --store 'my store' --handlers"
    expect 0 describe w --store 'my store'
    has out RUNNING
    expect 75 resume w --no-wait --store 'my store'
}

test_an_interrupted_run_in_memory_is_gone() {
    background run wait.asl.json --name w
    await 'w Sleep entered'
    kill -TERM "$pid"
    ended 4
    has err 'w was in memory and is gone'
}

test_answers_reach_the_engine_that_runs() {
    both_in_the_background
    expect 0 answer "$token" --heartbeat --store s --json
    is_output '{}'
    expect 2 answer nonsense --output 1 --store s
    expect 2 answer "$token" --output '{' --store s
    expect 0 answer "$token" --output '{"ok": "\u00e4"}' --store s
    await Told
    expect 2 answer "$token" --output 1 --store s
    has err 'the token'
    kill -TERM "$pid"
    ended 75
    [ ! -e s/engine.sock ]
    expect 0 history b --store s
    has out '{"ok": "\u00e4"}'
}

test_a_running_execution_is_stopped_in_the_engine_that_runs() {
    both_in_the_background
    expect 2 stop nobody --store s
    expect 0 stop b --store s --error Gone --cause 'no more' --json
    has out stopDate
    ended 4
    has err 'b ABORTED: Gone: no more'
    expect 2 stop b --store s
}

test_a_socket_that_a_killed_engine_left_is_no_hindrance() {
    both_in_the_background
    kill -KILL "$pid"
    ended 137
    [ -e s/engine.sock ]
    expect 0 answer "$token" --output 1 --store s
    expect 75 resume --no-wait --store s
}

test_a_command_that_does_a_task_sends_its_heartbeats() {
    sed 's/hang/beat/' hang.asl.json >beat.asl.json
    expect 0 run beat.asl.json --store s \
        --exec "beat='$asl' answer \"\$ASL_TASK_TOKEN\" --heartbeat --store s && echo 7"
    is_output 7
}

test_a_second_signal_ends_at_once() {
    background run hang.asl.json --store s --name h --handlers "$plugin"
    await hanging
    kill -INT "$pid"
    await 'asl resume h'
    kill -TERM "$pid"
    ended 143
    expect 0 describe h --store s
    has out RUNNING
}

# ------------------------------------------------------------------ runner

run_cases "$3"
