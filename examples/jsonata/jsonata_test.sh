#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The example prints the order's total. Usage: jsonata_test.sh EXAMPLE
echo 1..1
got=$("$1") && [ "$got" = '20.00 EUR' ] || printf 'not '
echo "ok 1 - the total is computed and formatted"
