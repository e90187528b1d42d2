#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests of asl torture, as TAP: torture_test.sh ASL KILLS
#
# No verdict depends on how long anything takes; KILLS says how much there is to do.
asl=$(realpath "$1") kills=$2
self=$(realpath "$0")
. "$(dirname "$self")/../cli/test_kit.sh"

write_definitions() {
    mkdir tmp
    export TMPDIR="$PWD/tmp"
}

# plans DIR: which fault each life had, of each round
plans() {
    (cd "$1" && grep '^life' seed-*/journal | cut -d ' ' -f 1,3,5)
}

test_what_was_acknowledged_survives_all_faults() {
    expect 0 torture --seed 1 --kills "$kills"
    has out 'all as it should be' ' kills in ' 'seeds 1 to '
    [ -z "$(ls tmp)" ]
}

test_a_seed_means_the_same_again() {
    expect 0 torture --seed 7 --kills 1 --keep a
    expect 0 torture --seed 7 --kills 1 --keep b
    has out 'seeds 7 to 7'
    plans a >plan-a
    plans b >plan-b
    [ "$(wc -l <plan-a)" -gt 20 ]
    cmp plan-a plan-b
    "$asl" check --store a/seed-7/store
}

test_only_the_faults_that_were_named_come() {
    expect 0 torture --seed 3 --kills 1 --faults kill,commit --keep k
    [ "$(plans k | cut -d ' ' -f 3 | sort -u | tr '\n' ' ')" = 'commit kill ' ]
}

test_a_store_that_forgets_is_found() {
    expect 1 torture --seed 1 --kills 1 --faults kill,commit,forget
    has err 'kept: ' 'extends: ' 'seed 1 failed; its store and journal are in' \
        'run the first again with --seed 1 --kills 1 --faults kill,commit,forget'
    has out FAILED
    has tmp/asl-torture-*/seed-1/journal 'start e0 '
}

test_faults_are_listed() {
    expect 0 torture --list-faults
    has out 'commit ' 'eio ' 'nospace ' 'threads '
    [ "$(wc -l <out)" -eq 11 ]
}

test_wrong_words_are_told() {
    expect 2 torture --faults kill,flood
    has err "'flood' is none"
    expect 2 torture --kills none
    expect 5 torture --kills 1 --keep /dev/null/here
    has err 'cannot make /dev/null/here'
}

test_progress_is_told_when_asked_for() {
    expect 0 torture --seed 2 --kills 1
    [ ! -s err ]
    has out '48 executions'
}

run_cases "${3:-}"
