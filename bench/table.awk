# SPDX-License-Identifier: Apache-2.0
#
# Measurements (ROUND SIDE CASE METRIC VALUE, sorted by side, case, metric and value) to a table:
# medians, the engine's ratio to what it stands beside, and its target from README.md.
BEGIN {
    FS = "\t"
    row("durable 512", "steps/s", "floor", ">= 0.55")
    row("durable 64", "steps/s", "floor", ">= 0.5")
    row("durable 1", "p50 ms", "floor", "<= 1.4")
    row("durable 512", "p50 ms", "floor", "")
    row("durable 512", "cpu us", "floor", "")
    row("durable 512", "device B", "floor", "<= 1536")
    row("durable 512", "file B", "floor", "")
    counts("durable 512")
    split("Pass|Pass, templates|Choice loop|Task|Task, 64 in flight|Map", memory, "|")
    for (i = 1; i <= 6; i++)
        row(memory[i], "transitions/s", "peer", ">= 3")
    for (i = 1; i <= 6; i++)
        counts(memory[i])
    row("parked", "created/s", "", ">= 50000")
    row("parked", "memory B", "", "<= 100")
    row("parked", "file B", "", "<= 1024")
    row("parked", "restart ms", "", "")
    row("parked", "resumed/s", "", ">= 30000")
    split("items/s|cpu us|file B|memory MiB", map, "|")
    for (i = 1; i <= 4; i++)
        row("map run", map[i], "", "")
}

function counts(name)
{
    row(name, "allocations", "counted", "")
    row(name, "copies", "counted", "")
    row(name, "copied bytes", "counted", "")
}

function row(name, metric, beside, target)
{
    rows++
    key[rows] = name FS metric
    beside_of[rows] = beside
    target_of[rows] = target
}

{
    id = $2 FS $3 FS $4
    values[id, ++count[id]] = $5
}

function median(id)
{
    return values[id, int((count[id] + 1) / 2)]
}

function figure(value)
{
    return value == "" ? "-" : value >= 100 ? sprintf("%d", value + 0.5) : sprintf("%.2f", value)
}

# A target with a unit is the engine's own figure, one beside something a ratio.
function verdict(value, target, words)
{
    if (target == "" || value == "")
        return ""
    split(target, words, " ")
    return (words[1] == ">=" ? value >= words[2] : value <= words[2]) ? "yes" : "no"
}

END {
    format = "%-20s %-14s %10s %10s %7s  %-9s %s\n"
    printf format, "case", "metric", "beside", "engine", "ratio", "target", "met"
    for (i = 1; i <= rows; i++) {
        split(key[i], words, FS)
        engine = median((beside_of[i] == "counted" ? "counted" : "engine") FS key[i])
        beside = beside_of[i] == "" ? "" : median(beside_of[i] FS key[i])
        if (beside_of[i] == "counted")
            beside = ""
        ratio = beside == "" || beside == 0 ? "" : engine / beside
        absolute = words[2] ~ / B$/ || words[1] == "parked"
        printf format, words[1], words[2], figure(beside), figure(engine), \
            ratio == "" ? "-" : sprintf("%.2f", ratio), target_of[i], \
            verdict(absolute ? engine : ratio, target_of[i])
    }
}
