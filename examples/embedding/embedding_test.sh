#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The programs of this folder greet whom they should. Prints TAP.
# Usage: embedding_test.sh BY_HAND ON_POLL [ON_LIBEV]
count=0
check() {
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        printf 'not ok %d - %s\n' "$count" "$1"
        printf 'expected:\n%s\ngot:\n%s\n' "$3" "$2" | sed 's/^/# /'
    fi
}
hello='SUCCEEDED "Hello, Ada!"
SUCCEEDED "Hello, Bob!"'

echo "1..$#"
check 'by_hand moves the time itself' "$("$1")" '365 days pass
SUCCEEDED "Hello, Ada!"'
check 'on_poll greets who is named on standard input' "$(printf 'Bob\nAda\n' | "$2" | sort)" "$hello"
[ $# -lt 3 ] || check 'on_libev runs two engines on a loop' "$("$3" | sort)" "$hello"
