#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# hello says hello: its output is the JSON text of the execution's output. Usage: hello_test.sh HELLO
echo 1..1
got=$("$1") && [ "$got" = '"Hello, Ada!"' ] || printf 'not '
echo "ok 1 - hello greets Ada"
