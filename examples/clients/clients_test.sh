#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each client, as installed, runs its bookings at a server of its own: clients_test.sh BUILD_DIR. One
# that is not there is skipped; the package for Node.js is installed below BUILD_DIR.
set -u
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap 'kill -9 $server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
unset AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_SFN AWS_SESSION_TOKEN http_proxy https_proxy all_proxy
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY
export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
count=0

# An AWS CLI of version 2, before others in the path.
find_aws() {
    for folder in /usr/bin $(echo "$PATH" | tr ':' ' '); do
        case $("$folder/aws" --version 2>/dev/null) in
        aws-cli/2.*) PATH=$folder:$PATH && return ;;
        esac
    done
    why='the AWS CLI, version 2, is not installed'
    return 1
}

find_boto3() {
    for python in /usr/bin/python3 python3; do
        "$python" -c 'import boto3' 2>/dev/null && return
    done
    why='boto3 is not installed'
    return 1
}

find_sdk() {
    folder=$build/examples/clients
    command -v npm >/dev/null || { why='Node.js and npm are not installed'; return 1; }
    [ ! -f "$folder/installed" ] || return 0
    mkdir -p "$folder"
    # Only this one line needs the network.
    if (cd "$folder" && echo '{"private": true}' >package.json && npm install --ignore-scripts \
        --no-audit --no-fund --fetch-retries 1 --fetch-timeout 20000 @aws-sdk/client-sfn@3 >"$work/npm" 2>&1); then
        touch "$folder/installed"
        return
    fi
    why="npm install: $(tail -n 1 "$work/npm")"
    return 1
}

by_aws() {
    sh "$here/booking.sh" "$1"
}

by_boto3() {
    "$python" "$here/booking.py" "$1"
}

# A module is looked for above the program.
by_sdk() {
    cp "$here/booking.mjs" "$folder" && node "$folder/booking.mjs" "$1" "$here/booking.asl.json"
}

# Any signed request.
ask_by_aws() {
    aws stepfunctions list-activities --endpoint-url "$1"
}

ask_by_boto3() {
    "$python" -c 'import boto3, sys
print(boto3.client("stepfunctions", endpoint_url=sys.argv[1]).list_activities())' "$1"
}

ask_by_sdk() {
    (cd "$folder" && node --input-type=module -e 'import { SFN } from "@aws-sdk/client-sfn";
console.log(await new SFN({ endpoint: process.argv[1] }).listActivities({}));' "$1")
}

start_server() { # start_server OPTION...
    rm -rf "$work/store" "$work/apartments" && : >"$work/log"
    BOOKING_DB=$work/apartments "$build/examples/apartment_booking/booking-table" add a-101 a-102 >/dev/null
    BOOKING_DB=$work/apartments "$build/asl" serve --port 0 --store "$work/store" "$@" \
        --handlers "$build/examples/apartment_booking/libbooking.so" >"$work/log" 2>&1 &
    server=$!
    until port=$(sed -n 's/.*"listening".*"port":\([0-9]*\).*/\1/p' "$work/log") && [ -n "$port" ]; do
        kill -0 $server 2>/dev/null || return 1
        sleep 0.02
    done
    endpoint=http://127.0.0.1:$port
}

stop_server() {
    kill $server && wait $server
    server=
}

books() {
    start_server && "by_$1" "$endpoint" >"$work/out" 2>"$work/trouble"
    stop_server
    diff "$here/expected.txt" "$work/out" >>"$work/trouble" 2>&1
}

signs() {
    echo "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY 123456789012 us-east-1" >"$work/keys"
    start_server --auth sigv4 --keys "$work/keys" && "ask_by_$1" "$endpoint" >"$work/trouble" 2>&1 &&
        ! AWS_SECRET_ACCESS_KEY=another "ask_by_$1" "$endpoint" >"$work/trouble" 2>&1 &&
        grep -q 'InvalidSignatureException' "$work/trouble"
    status=$?
    stop_server
    return $status
}

# client NAME WHAT: two verdicts.
client() {
    for does in books signs; do
        count=$((count + 1)) why=
        if ! "find_$1"; then
            echo "ok $count - $2 $does # SKIP $why"
        elif $does "$1"; then
            echo "ok $count - $2 $does"
        else
            echo "not ok $count - $2 $does"
            sed 's/^/# /' "$work/trouble" "$work/log"
        fi
    done
}

client aws 'the AWS CLI'
client boto3 'boto3'
client sdk 'the AWS SDK for JavaScript'
echo "1..$count"
