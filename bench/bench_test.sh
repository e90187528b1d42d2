#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# That every case of the benchmark runs and has its row: bench_test.sh RUN BUILD_DIR. How fast it is
# decides nothing here.
set -u
out=$("$1" --quick --no-build --data "$2/bench/test-data" "$2" 2>&1) && status=0 || status=$?
echo '1..1'
if [ $status -eq 0 ] && [ "$(echo "$out" | grep -c '[0-9] .*')" -ge 20 ] &&
    ! echo "$out" | grep -v '/s ' | awk 'NF > 3 && $(NF > 6 ? NF - 3 : NF - 1) == "-"' | grep -q .; then
    echo 'ok 1 - every case of the benchmark runs'
else
    echo 'not ok 1 - every case of the benchmark runs'
fi
echo "$out" | sed 's/^/# /'
