# SPDX-License-Identifier: Apache-2.0
#
# Measurements of the server (ROUND SIDE CASE METRIC VALUE, sorted by side, case, metric and value) to
# a table of medians.
BEGIN {
    FS = "\t"
    cases = split("start|describe|answer", what, "|")
    sizes = split("1|64|512", connections, "|")
    metrics = split("requests/s|p50 ms|p99 ms|cpu us|memory MiB", metric, "|")
    target["start 512"] = 15000
}

$2 == "server" {
    id = $3 FS $4
    values[id, ++count[id]] = $5
    any = 1
}

function figure(value)
{
    return value >= 100 ? sprintf("%d", value + 0.5) : sprintf("%.2f", value)
}

END {
    if (!any)
        exit
    printf "\n%-20s %11s %11s %9s %9s %9s %11s  %-9s %s\n", "server", "connections", "requests/s", \
        "p50 ms", "p99 ms", "cpu us", "memory MiB", "target", "met"
    for (i = 1; i <= cases; i++)
        for (j = 1; j <= sizes; j++) {
            printf "%-20s %11s", what[i], connections[j]
            for (k = 1; k <= metrics; k++) {
                id = "serve " what[i] " " connections[j] FS metric[k]
                value[k] = values[id, int((count[id] + 1) / 2)]
                printf((k == 1 || k == 5 ? " %11s" : " %9s"), figure(value[k]))
            }
            wanted = target[what[i] " " connections[j]]
            if (wanted)
                printf "  >= %-6d %s", wanted, (value[1] >= wanted ? "yes" : "no")
            print ""
        }
}
