#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests of asl check, prune, delete, dump, load and upgrade, as TAP: upkeep_test.sh ASL PLUGIN
#
# Every function test_* is a case, run in a folder of its own. Dates are so far away that no clock
# matters.
asl=$(realpath "$1") plugin=$(realpath "$2")
self=$(realpath "$0")
. "$(dirname "$self")/test_kit.sh"

# ------------------------------------------------------------------ helpers

write_definitions() {
    cat >pass.asl.json <<END
{"StartAt": "Greet", "States": {"Greet": {"Type": "Pass", "End": true}}}
END
    cat >fail.asl.json <<END
{"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Sold.Out"}}}
END
    cat >wait.asl.json <<END
{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}
END
    cat >ask.asl.json <<END
{"StartAt": "Work", "States": {"Work": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}}
END
}

# ------------------------------------------------------------------ cases

test_check_says_what_is_wrong() {
    expect 0 run pass.asl.json --store s --name a
    expect 0 check --store s
    has out '1 executions (0 running), 1 definitions, 0 problems'
    expect 0 check --store s --json
    has out '"problems": []'
    expect 2 check
    expect 5 check --store missing
    LC_ALL=C sed -i 's/"Greet"/"Great"/g' s/data.mdb
    expect 5 check --store s
    has out 'its checksum is wrong' 'restore the store' 'definition is missing'
}

test_upgrade_is_for_stores_of_before() {
    expect 0 run pass.asl.json --store s --name a
    expect 0 upgrade --store s
    has err 'the store has version 3 already'
    expect 5 upgrade --store missing
    LC_ALL=C sed -i 's/\x00a\x03\x00/\x00a\x04\x00/g' s/data.mdb
    expect 5 upgrade --store s
    has err 'format version 4; this libasl reads version 3: it takes a newer one'
    expect 5 run pass.asl.json --store s --name b
    has err 'it takes a newer one'
    expect 5 list --store s
    has err 'it takes a newer one'
    LC_ALL=C sed -i 's/\x00a\x04\x00/\x00a\x01\x00/g' s/data.mdb
    expect 5 upgrade --store s
    has err 'format version 1; this libasl reads version 3'
}

test_prune_removes_what_ended_and_frees_names() {
    expect 0 run pass.asl.json --store s --name a
    expect 1 run fail.asl.json --store s --name b
    expect 2 prune --store s
    has err '--older-than AGE is missing'
    expect 2 prune --store s --older-than 30x
    has err 'no age'
    expect 2 prune --store s --older-than 0s --status RUNNING
    expect 0 prune --store s --older-than 30d
    has err 'removed 0 executions'
    expect 0 prune --store s --older-than 2000-01-01
    has err 'removed 0 executions'
    expect 0 prune --store s --older-than 2999-01-01 --status FAILED --dry-run
    has out ':b' FAILED
    has err 'would remove 1 executions and 1 definitions'
    expect 0 prune --store s --older-than 2999-01-01T00:00:00Z --status FAILED --json
    has out ':b"' '"definitions": 1'
    expect 0 list --store s
    has out 'a ' SUCCEEDED
    lacks out FAILED
    expect 1 run fail.asl.json --store s --name b
}

test_retention_prunes_before_it_runs() {
    expect 0 run wait.asl.json --store s --name old --virtual-time
    expect 0 run pass.asl.json --store s --name new --virtual-time --retention 2999-01-01
    expect 0 list --store s
    has out new
    lacks out old
    expect 2 resume --store s --retention soon
}

test_delete_removes_what_ended_only() {
    expect 75 run ask.asl.json --handlers "$plugin" --store s --name asks
    expect 2 delete asks --store s
    has err 'stop it first'
    expect 0 stop asks --store s
    expect 0 delete asks --store s
    expect 2 describe asks --store s
    expect 0 check --store s
    has out '0 executions'
}

test_a_dump_of_a_waiting_execution_goes_on_elsewhere() {
    expect 75 run ask.asl.json --handlers "$plugin" --store first --name asks
    expect 0 run pass.asl.json --store first --name done
    expect 0 dump --store first
    [ "$(wc -l <out)" -eq 2 ]
    cp out dump
    expect 0 dump asks --store first
    [ "$(wc -l <out)" -eq 1 ]
    expect 0 load dump --store s
    has out ':asks' ':done'
    expect 2 load - --store s <dump
    has err '<stdin>:1' 'Already Exists'
    expect 0 check --store s
    expect 0 answer "$(token_of asks)" --output '{"paid":true}' --store s
    expect 0 resume asks --handlers "$plugin" --store s
    is_output '{"paid":true}'
    expect 2 load pass.asl.json --store s
    has err 'no line of a dump'
}

# ------------------------------------------------------------------ runner

run_cases "$3"
