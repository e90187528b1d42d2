# SPDX-License-Identifier: Apache-2.0
#
# What the shell tests of asl share: sourced by a test that has set asl and self. A function test_*
# is a case; it runs in a folder of its own, after write_definitions.
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT

# expect STATUS ARGUMENT...: runs asl into the files out and err
expect() {
    want=$1
    shift
    echo "\$ asl $*"
    status=0
    "$asl" "$@" >out 2>err || status=$?
    cat out err
    [ "$status" -eq "$want" ] || { echo "exit status $status, expected $want"; return 1; }
}

# has FILE TEXT...; lacks FILE TEXT
has() {
    file=$1
    shift
    for text; do
        grep -qF -e "$text" "$file" || { echo "no '$text' in $file"; return 1; }
    done
}
lacks() {
    ! grep -F -e "$2" "$1" || return 1
}

is_output() {
    [ "$(cat out)" = "$1" ] || { echo "stdout is not: $1"; return 1; }
}

token_of() {
    "$asl" describe "$1" --store s --json | sed -n 's/.*"taskToken": "\(.*\)".*/\1/p'
}

# background ARGUMENT...: starts asl with progress on descriptor 3; sets pid
background() {
    mkfifo progress
    "$asl" "$@" --progress >background.out 2>progress &
    pid=$!
    exec 3<progress
}

# await TEXT: reads progress up to a line that holds TEXT
await() {
    while read -r line <&3; do
        echo "progress: $line"
        case $line in *"$1"*) return 0 ;; esac
    done
    echo "no progress line with '$1'"
    return 1
}

# ended STATUS: the one in the background ended with it; the rest of its progress is in err
ended() {
    cat <&3 >err
    status=0
    wait "$pid" || status=$?
    cat err
    [ "$status" -eq "$1" ] || { echo "exit status $status, expected $1"; return 1; }
}

# run_cases [TEXT]: all cases, or those whose name has TEXT in it, as TAP
run_cases() {
    cases=$(sed -n 's/^\(test_[a-z0-9_]*\)() {$/\1/p' "$self" | grep -e "$1")
    set -- $cases
    echo "1..$#"
    number=0 failures=0
    for case; do
        number=$((number + 1))
        mkdir "$top/$case"
        (
            set -e
            cd "$top/$case"
            write_definitions
            "$case"
        ) >"$top/log" 2>&1
        if [ $? -eq 0 ]; then
            echo "ok $number - ${case#test_}"
        else
            echo "not ok $number - ${case#test_}"
            sed 's/^/# /' "$top/log"
            failures=$((failures + 1))
        fi
    done
    [ "$failures" -eq 0 ]
}
