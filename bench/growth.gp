# SPDX-License-Identifier: Apache-2.0
#
# Draws the curves of growth.awk: gnuplot -c growth.gp DATA CURVES [PICTURE.svg]; without a picture,
# as text.
if (ARGC > 2) {
    set terminal svg size 900,560 background "white"
    set output ARG3
} else {
    set terminal dumb noenhanced size 100,32
    set key outside bottom
}
set title "Cost of one, as there are more of them"
set xlabel "how many"
set ylabel "microseconds"
set logscale xy
set grid
set key outside bottom
plot for [i = 0:ARG2 - 1] ARG1 index i using 1:2 with linespoints title columnheader(1)
