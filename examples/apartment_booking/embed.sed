# SPDX-License-Identifier: Apache-2.0
#
# Turns a text file into C string literals, one a line.
s/[\\"]/\\&/g
s/^/"/
s/$/\\n"/
