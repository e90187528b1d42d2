# SPDX-License-Identifier: Apache-2.0
#
# Measurements of queries (ROUND SIDE CASE METRIC VALUE, sorted by side, case, metric and value) to a
# table: medians in microseconds, and how many times faster than the peer, compiling included.
BEGIN {
    FS = "\t"
    target = 5
}

$2 == "query" && !($3 in seen) {
    seen[$3]
    name[++cases] = $3
}

{
    id = $2 FS $3 FS $4
    values[id, ++count[id]] = $5
}

function median(side, name, metric, id)
{
    id = side FS name FS metric
    return values[id, int((count[id] + 1) / 2)]
}

function figure(value)
{
    return value == "" ? "-" : sprintf(value >= 100 ? "%d" : "%.2f", value)
}

END {
    format = "%-32s %10s %10s %10s %10s %7s %s\n"
    if (cases)
        printf "\n" format, "query, us", "compile", "eval", "both", "peer both", "faster", "met"
    for (i = 1; i <= cases; i++) {
        both = median("query", name[i], "both us")
        # The peer of JSONPath keeps what it has compiled: its figure is of an evaluation.
        peer = median("peer-query", name[i], "eval us") + median("peer-query", name[i], "compile us")
        printf format, name[i], figure(median("query", name[i], "compile us")), \
            figure(median("query", name[i], "eval us")), figure(both), \
            figure(peer ? peer : ""), peer ? sprintf("%.1f", peer / both) : "-", \
            peer ? (peer / both >= target ? "yes" : "no") : ""
    }
}
