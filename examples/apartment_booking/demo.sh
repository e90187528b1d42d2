#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The booking example as a user would run it: the asl command, the plug-in, an LMDB store and the
# guest's booking-table. Four bookings: unpaid, paid, of an unknown apartment, and one whose
# process is killed inside the payment window and resumed when the window is over.
#
# Usage: demo.sh [--check] [BUILD_DIR]     --check: prints TAP, and the story on stderr
#
# The verdict does not depend on the machine's load: what must happen inside a payment window (the
# payment, the kill) is tried again with a window twice as long when it came too late.
set -u

check=
[ "${1-}" = --check ] && check=1 && shift
build=${1-build}
definition=$(dirname "$0")/booking.asl.json
asl=$build/asl
table=$build/examples/apartment_booking/booking-table
plugin=$build/examples/apartment_booking/libbooking.so

work=$(mktemp -d)
store=$work/store
export BOOKING_DB="$work/apartments"
trap 'rm -rf "$work"' EXIT
trap 'kill -9 "$(cat "$work/pid")" 2>/dev/null; exit 130' INT TERM
if [ "$check" ]; then exec 3>&2; else exec 3>&1; fi

count=0
wrong=0

say() {
    printf '%s\n' "$@" >&3
}

# Runs a command, shown as one would type it; $work/pid is its process.
shown() {
    line='$'
    for word in "$@"; do
        case $word in
        --*) line="$line \\
      $word" ;;
        *[!A-Za-z0-9_./=-]*) line="$line '$word'" ;;
        *) line="$line $word" ;;
        esac
    done
    say "$line"
    "$@" >&3 2>&3 &
    echo $! >"$work/pid"
    wait $!
}

# book NAME APARTMENT SECONDS: runs one booking to its end; its exit status.
book() {
    shown "$asl" run "$definition" --name "$1" \
        --input "{\"apartment\": \"$2\", \"paymentWindowSeconds\": $3}" \
        --store "$store" --handlers "$plugin" --progress
}

# The same without waiting; $work/status is its exit status once it has ended.
book_in_background() {
    rm -f "$work/pid" "$work/status"
    (
        book "$@"
        echo $? >"$work/status"
    ) 2>/dev/null &
    until [ -s "$work/pid" ]; do pause; done
}

ended() {
    [ -s "$work/status" ]
}

pause() {
    sleep 0.05
}

# What the store says about an execution: RUNNING, an error's name, paid or cancelled.
outcome() {
    "$asl" describe "$1" --store "$store" --json 2>/dev/null |
        grep -o -E 'outcome[": \]*[a-z]+|"error": *"[A-Za-z.]+|RUNNING' |
        grep -o -E '[A-Za-z.]+$' | tail -n 1
}

# expect WHAT GOT WANTED: one verdict.
expect() {
    count=$((count + 1))
    verdict=ok
    [ "$2" = "$3" ] || { verdict='not ok' && wrong=$((wrong + 1)); }
    [ "$check" ] && echo "$verdict $count - $1 is $3"
    [ "$verdict" = ok ] && say "=> $1 is $2" || say "=> $1 is '$2', and SHOULD BE '$3'"
}

unpaid() {
    say '' '--- Nobody pays: the reservation is cancelled when the window ends.'
    book unpaid a-101 1
    expect 'unpaid: exit status' $? 0
    expect 'unpaid: booking' "$(outcome unpaid)" cancelled
    expect 'unpaid: apartment' "$("$table" get a-101)" vacant
}

# 0: the payment came within the window, which LMDB's one writer decides.
pay_in_window() {
    book_in_background "$1" a-102 "$2"
    until "$table" pay a-102 2>/dev/null || ended; do pause; done
    until ended; do pause; done
    [ "$("$table" get a-102)" = paid ]
}

paid() {
    say '' '--- The guest pays within the window: the apartment stays booked.'
    window=2
    until pay_in_window "paid-$window" $window || [ $window -gt 100 ]; do
        window=$((window * 2))
    done
    expect 'paid: exit status' "$(cat "$work/status")" 0
    expect 'paid: booking' "$(outcome "paid-$window")" paid
    expect 'paid: apartment' "$("$table" get a-102)" paid
}

unknown() {
    say '' '--- There is no such apartment: the execution fails.'
    book unknown a-404 1
    expect 'unknown apartment: exit status' $? 1
    expect 'unknown apartment: error' "$(outcome unknown)" ApartmentUnknown
}

# 0: the process was killed while it waited for the payment.
kill_in_window() {
    book_in_background "$1" a-103 "$2"
    until "$asl" history "$1" --store "$store" 2>/dev/null | grep -q 'Wait for Payment' || ended
    do pause; done
    say "\$ kill -KILL $(cat "$work/pid")"
    kill -KILL "$(cat "$work/pid")" 2>/dev/null
    until ended; do pause; done
    [ "$(outcome "$1")" = RUNNING ]
}

killed() {
    say '' '--- The process is killed (SIGKILL) within the window, and the window passes.'
    window=2
    until kill_in_window "killed-$window" $window || [ $window -gt 100 ]; do
        window=$((window * 2))
    done
    expect 'killed: apartment' "$("$table" get a-103)" reserved
    sleep $window
    say '' '--- Started again: the execution goes on where it was, and cancels at once.'
    shown "$asl" resume "killed-$window" --store "$store" --handlers "$plugin" --progress
    expect 'resumed: exit status' $? 0
    expect 'resumed: booking' "$(outcome "killed-$window")" cancelled
    expect 'resumed: apartment' "$("$table" get a-103)" vacant
}

[ "$check" ] && echo 1..12
say "\$ export BOOKING_DB=$BOOKING_DB"
shown "$table" add a-101 a-102 a-103
unpaid
paid
unknown
killed
say '' 'The apartments at the end:'
shown "$table" list
[ $wrong -eq 0 ]
