#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# That every case of the benchmark runs and has its row: bench_test.sh RUN BUILD_DIR. How fast it is
# decides nothing here.
set -u
out=$("$1" --quick --no-build --data "$2/bench/test-data" "$2" 2>&1) && status=0 || status=$?
echo '1..1'
# The engine's figures end in the same column of each row; what a device wrote is told where there is /sys.
if [ $status -eq 0 ] && [ "$(echo "$out" | wc -l)" -gt 20 ] &&
    ! echo "$out" | awk '/^$/ { exit } NR > 2 && !/ device B / && substr($0, 48, 10) !~ /[0-9]$/' | grep -q .; then
    echo 'ok 1 - every case of the benchmark runs'
else
    echo 'not ok 1 - every case of the benchmark runs'
fi
echo "$out" | sed 's/^/# /'
