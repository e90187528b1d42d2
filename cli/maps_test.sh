#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests of distributed Maps with the asl command, as TAP: maps_test.sh ASL
#
# Every function test_* is a case, run in a folder of its own.
asl=$(realpath "$1")
self=$(realpath "$0")
. "$(dirname "$self")/test_kit.sh"

# ------------------------------------------------------------------ helpers

# map KEY TYPE [FIELDS]: a machine in map.asl.json whose distributed Map reads s3://in/KEY
map() {
    cat >map.asl.json <<END
{"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "Each", "End": true,
  "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": $2},
                 "Parameters": {"Bucket": "in", "Key": "$1"}}, ${3-}
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "One", "States": {"One": $one}}}}}
END
}
one='{"Type": "Pass", "End": true}'
writer='"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
  "Parameters": {"Bucket": "out", "Prefix": "done"}},'

write_definitions() {
    mkdir -p objects/in objects/out
    printf 'id,colour\n1,red\n2,blue\n' >objects/in/rows.csv
    printf '{"id": 1}\n{"id": 2}\n{"id": 3}\n' >objects/in/rows.jsonl
}

member() {
    sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" "$2" | head -n 1
}

# ------------------------------------------------------------------ cases

test_a_csv_file_is_read_row_by_row() {
    map rows.csv '"CSV", "CSVHeaderLocation": "FIRST_ROW"'
    expect 0 run map.asl.json --objects objects
    has out '"colour":"red"' '"id":"2"'
}

test_json_lines_are_read_line_by_line() {
    map rows.jsonl '"JSONL"'
    expect 0 run map.asl.json --objects objects
    is_output '[{"id":1},{"id":2},{"id":3}]'
}

test_results_are_written_as_objects() {
    map rows.jsonl '"JSONL"' "$writer"
    expect 0 run map.asl.json --objects objects
    has out '"ResultWriterDetails":{"Bucket":"out","Key":"done/'
    has objects/out/done/*/manifest.json '"DestinationBucket":"out"'
    has objects/out/done/*/SUCCEEDED_0.json '{\"id\":3}'
}

test_without_objects_there_is_nothing_to_read() {
    map rows.jsonl '"JSONL"'
    expect 1 run map.asl.json
    has err States.ItemReaderFailed
    expect 2 run map.asl.json --objects missing
    has err missing
    map other.jsonl '"JSONL"'
    expect 1 run map.asl.json --objects objects
    has err States.ItemReaderFailed
}

test_describe_shows_map_runs_and_list_their_children() {
    map rows.jsonl '"JSONL"'
    expect 0 run map.asl.json --objects objects --store s --name m
    expect 0 describe m --store s
    has out 'Map run     arn:aws:states:us-east-1:123456789012:mapRun:map/Each:' \
        'pending 0, running 0, succeeded 3, failed 0, timedOut 0, aborted 0, total 3'
    expect 0 describe m --store s --json
    has out '"mapRuns": [' '"executionCounts": {'
    run=$(member mapRunArn out)
    expect 0 list --store s --map-run "$run" --json
    [ "$(grep -c '"itemCount": 1' out)" -eq 3 ]
    child=$(member name out)
    expect 0 list --store s --map-run "$run" --status FAILED
    lacks out map/Each
    expect 2 list --store s --map-run "${run}0"
    has err 'Map Run Does Not Exist'
    expect 0 list --store s
    lacks out map/Each
    expect 0 describe "$child" --store s
    has out "Child of    $run" ':stateMachine:map/Each'
    expect 0 history "$child" --store s
    has out ExecutionSucceeded
}

test_children_are_kept_and_removed_with_their_parent() {
    map rows.jsonl '"JSONL"'
    expect 0 run map.asl.json --objects objects --store s --name m
    expect 0 describe m --store s --json
    expect 0 list --store s --map-run "$(member mapRunArn out)" --json
    child=$(member name out)
    expect 2 delete "$child" --store s
    has err 'is a child execution of' 'delete that one'
    expect 2 dump "$child" --store s
    expect 0 dump --store s
    [ "$(wc -l <out)" -eq 1 ]
    cp out dumped
    expect 0 load dumped --store s2
    expect 0 check --store s2
    expect 0 describe "$child" --store s2
    has out SUCCEEDED
    expect 0 delete m --store s
    expect 2 describe "$child" --store s
    expect 0 check --store s
}

test_an_unfinished_run_is_resumed_with_its_objects() {
    one='{"Type": "Task", "End": true, "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask"}'
    map rows.jsonl '"JSONL"' '"MaxConcurrency": 1,'
    expect 75 run map.asl.json --objects objects --store s --name m --activity ask
    has err "asl resume m --store s --objects objects --activity ask"
    expect 0 work ask --store s --objects objects -- cat
    expect 0 describe m --store s
    has out '[{"id":1},{"id":2},{"id":3}]'
    expect 0 check --store s
}

test_children_that_wait_are_no_express_executions() {
    one='{"Type": "Task", "End": true, "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask"}'
    map rows.jsonl '"JSONL"'
    expect 75 run map.asl.json --objects objects --store s --name m --activity ask
    expect 75 resume --store s --objects objects --activity ask
    lacks err Express
}

test_a_failed_run_is_redriven_with_its_objects() {
    one='{"Type": "Task", "End": true, "Resource": "arn:aws:states:::desk:one"}'
    map rows.jsonl '"JSONL"'
    expect 1 run map.asl.json --objects objects --store s --name m --exec desk:one=false
    has err States.ExceedToleratedFailureThreshold
    expect 0 check --store s
    expect 0 redrive m --store s --objects objects --exec desk:one=cat --max-definition 2000000
    is_output '[{"id":1},{"id":2},{"id":3}]'
    expect 0 describe m --store s --json
    has out '"redriveCount": 1'
    expect 0 check --store s
}

# ------------------------------------------------------------------ runner

run_cases "$2"
