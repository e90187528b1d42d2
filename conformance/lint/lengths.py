# SPDX-License-Identifier: Apache-2.0
#
# How long things may be: a function 80 lines (aim at 40), a file 800, the public header 700.
# A function is found by its closing brace in the first column.
import re

import lint

FUNCTION, FILE, HEADER = 80, 800, 700
NOT_A_FUNCTION = re.compile(r'^(typedef\b|(static\s+|const\s+|extern\s+)*(struct|enum|union)\b'
                            r'[^(]*$|[^(]*=|extern "C")', re.S)


def functions(source):
    """(first line, last line, head) of each function, lines from 1."""
    lines = source.code.split('\n')
    start, opened = 0, None
    for number, line in enumerate(lines):
        if opened is None and line.rstrip().endswith('{') and not line.startswith((' ', '\t', '#')):
            opened = number
        if line.startswith('}'):
            head = '\n'.join(lines[start:(opened or start) + 1]).strip()
            if opened is not None and '(' in head and not NOT_A_FUNCTION.match(head):
                first = next(n for n in range(start, number) if lines[n].strip())
                yield first + 1, number + 1, head
            start, opened = number + 1, None
        elif opened is None and (line.rstrip().endswith((';', '}')) or line.startswith('#')):
            start = number + 1


def long_functions():
    for source in lint.sources():
        for first, last, head in functions(source):
            if last - first + 1 > FUNCTION and not source.excused('length', first):
                name = re.findall(r'(\w+)\s*\(', head)[0]
                yield '%s:%d: %s has %d lines' % (source.path, first, name, last - first + 1)


def long_files():
    for source in lint.sources('.c', '.h', '.py', '.sh'):
        length = len(source.lines) - 1
        limit = HEADER if source.path == 'include/asl.h' else FILE
        if length > limit and not re.search(r'lint: length: \S', '\n'.join(source.lines[:20])):
            yield '%s: %d lines, %d at most' % (source.path, length, limit)


def rules(build):
    return [('length: functions have 80 lines at most', long_functions),
            ('length: files have 800 lines at most', long_files)]
