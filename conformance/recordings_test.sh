#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runner itself, from outside: exit codes, the last line, what --list-failures prints, the
# verdict against a list of known differences, and that --mutate lets no change pass. Its cases
# are made here.
set -u
runner=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/cases" "$dir/wrong" "$dir/skipped"
n=0

check() { # check NAME EXPECTED-STATUS EXPECTED-TEXT COMMAND...
    name=$1 status=$2 text=$3
    shift 3
    n=$((n + 1))
    out=$("$@" 2>&1)
    got=$?
    if [ "$got" -eq "$status" ] && printf '%s\n' "$out" | grep -qF -e "$text"; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        printf '%s\n' "exit status $got, expected $status and: $text" "$out" | sed 's/^/# /'
    fi
}

make_case() { # make_case FILE ID NEEDS OUTPUT
    cat >"$1" <<EOF
{"id": "$2", "source": "made for this test", "kind": "execution", "type": "STANDARD",
 "definition": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}},
 "input": {"a": 1}, "mocks": {}, "mock_order": "exact",
 "expect": {"status": "SUCCEEDED", "output": {"a": $4}, "events": [
  {"id": 1, "previousEventId": 0, "timestamp": "timestamp", "type": "ExecutionStarted",
   "executionStartedEventDetails": {"input": {"a": 1}, "inputDetails": {"truncated": false},
    "roleArn": "arn:<partition>:iam::111111111111:role/<resource:1>"}},
  {"id": 2, "previousEventId": 0, "timestamp": "timestamp", "type": "PassStateEntered",
   "stateEnteredEventDetails": {"input": {"a": 1}, "inputDetails": {"truncated": false},
    "name": "P"}},
  {"id": 3, "previousEventId": 2, "timestamp": "timestamp", "type": "PassStateExited",
   "stateExitedEventDetails": {"name": "P", "output": {"a": 1},
    "outputDetails": {"truncated": false}}},
  {"id": 4, "previousEventId": 3, "timestamp": "timestamp", "type": "ExecutionSucceeded",
   "executionSucceededEventDetails": {"output": {"a": 1},
    "outputDetails": {"truncated": false}}}]},
 "needs": [$3], "skip_paths": [], "features": ["pass"], "placeholders": [],
 "aws": {"marker": "none", "validated": null}, "world": {}}
EOF
}

make_case "$dir/cases/right.json" made/right "" 1
make_case "$dir/wrong/right.json" made/right "" 1
make_case "$dir/wrong/wrong.json" made/wrong "" 2
make_case "$dir/skipped/later.json" made/later '"cloudformation"' 1
echo '- `made/wrong`: it expects what it must not' >"$dir/known.md"
: >"$dir/none.md"
{ cat "$dir/known.md"; echo '- `made/right`: but it passes'; } >"$dir/stale.md"
{ cat "$dir/known.md"; echo '- `made/gone`: there is no such case'; } >"$dir/gone.md"

check 'a right case passes' 0 '1 passed, 0 failed, 0 skipped' "$runner" "$dir/cases"
check 'a wrong case fails' 1 '1 passed, 1 failed, 0 skipped' "$runner" "$dir/wrong"
check 'failures name the place' 1 'made/wrong: /output/a, expected 2, got 1' \
    "$runner" --list-failures "$dir/wrong"
check 'a filter leaves the others out' 0 '1 passed, 0 failed, 0 skipped' \
    "$runner" --filter right "$dir/wrong"
check 'what cannot be replayed is skipped' 0 '0 passed, 0 failed, 1 skipped' \
    "$runner" "$dir/skipped"
check 'and says why' 0 'made/later: cloudformation' "$runner" --list-skipped "$dir/skipped"
check 'every mutant fails' 0 ', 0 survived' "$runner" --mutate "$dir/cases"
check 'a listed failure is expected' 0 '1 passed, 1 failed, 0 skipped' \
    "$runner" --known "$dir/known.md" "$dir/wrong"
check 'an unlisted failure is not' 1 'made/wrong: /output/a' \
    "$runner" --known "$dir/none.md" "$dir/wrong"
check 'a listed case that passes is wrong' 1 'made/right: passes, but' \
    "$runner" --known "$dir/stale.md" "$dir/wrong"
check 'an entry without a case is wrong' 1 'made/gone: listed in' \
    "$runner" --known "$dir/gone.md" "$dir/wrong"
check 'in TAP a case that passes is a line' 0 'ok 1 - made/right' "$runner" --tap "$dir/cases"
check 'and one that fails, with the place' 1 '# made/wrong: /output/a, expected 2, got 1' \
    "$runner" --tap "$dir/wrong"
check 'what cannot be replayed is skipped, with the reason' 0 'ok 1 - made/later # SKIP cloudformation' \
    "$runner" --tap "$dir/skipped"
check 'a known difference is skipped, with the reason' 0 \
    'ok 2 - made/wrong # SKIP known difference: it expects what it must not' \
    "$runner" --tap --known "$dir/known.md" "$dir/wrong"
check 'a listed case that passes fails' 1 'not ok 1 - made/right: passes, but' \
    "$runner" --tap --known "$dir/stale.md" "$dir/wrong"
check 'as does an entry without a case' 1 'not ok 3 - made/gone: listed in' \
    "$runner" --tap --known "$dir/gone.md" "$dir/wrong"
check 'an unknown option is wrong usage' 2 'usage: recordings' "$runner" --no-such-option
check 'two folders are wrong usage' 2 'usage: recordings' "$runner" "$dir/cases" "$dir/wrong"
check 'a folder that is not there is wrong usage' 2 'No such file' "$runner" "$dir/nowhere"
echo "1..$n"
