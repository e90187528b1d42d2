# SPDX-License-Identifier: Apache-2.0
#
# Measurements (ROUND SIDE CASE METRIC VALUE, sorted) of growth curves to a table, and those
# of time to the file -v data=DATA for gnuplot, a block a curve. A curve's METRIC is its size; parked executions have theirs in ROUND, and
# -v parked=N is that of the engine's side.
BEGIN {
    FS = "\t"
    unit["created/s"] = "start of a waiting one, us"
    unit["restart ms"] = "reopening of a waiting one, us"
    unit["resumed/s"] = "end of a waiting one, us"
    unit["memory B"] = "memory of a waiting one, B"
    unit["file B"] = "file of a waiting one, B"
}

function point(curve, size, value)
{
    if (!(curve in count))
        names[++curves] = curve
    for (i = ++count[curve]; i > 1 && at[curve, i - 1] > size; i--) {
        at[curve, i] = at[curve, i - 1]
        cost[curve, i] = cost[curve, i - 1]
    }
    at[curve, i] = size + 0
    cost[curve, i] = value
}

$2 == "curve" {
    point($3 ", us", $4, $5)
}

$3 == "parked" && ($2 == "parked" || $2 == "engine") && !(($2, $1, $4) in seen) {
    size = $2 == "parked" ? $1 : parked
    seen[$2, $1, $4]
    if ($2 == "engine" && told[$4]++)
        next # one of its rounds
    point(unit[$4], size, $4 ~ /\/s$/ ? 1e6 / $5 : $4 ~ / ms$/ ? 1e3 * $5 / size : $5)
}

END {
    if (curves)
        printf "\n%-32s %s\n", "cost of one", "how many: cost of each of them"
    for (c = 1; c <= curves; c++) {
        name = names[c]
        timed = data != "" && name ~ /, us$/
        printf "%-32s", name
        if (timed)
            printf "\"%s\"\n", substr(name, 1, length(name) - 4) >data
        for (i = 1; i <= count[name]; i++) {
            value = cost[name, i]
            printf " %14s", sprintf("%d: %.*f", at[name, i], value < 100 ? 2 : 0, value)
            if (timed)
                printf "%d %g\n", at[name, i], value >data
        }
        printf "\n"
        if (timed)
            printf "\n\n" >data
    }
}
