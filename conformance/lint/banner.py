# SPDX-License-Identifier: Apache-2.0
#
# How a file opens: its licence, and some words on what it is for.
import re

import lint

LICENCE = 'SPDX-License-Identifier: Apache-2.0'


def licences():
    for source in lint.sources('.c', '.h', '.py', '.sh'):
        if not any(LICENCE in line for line in source.lines[:3]):
            yield '%s: "%s" is not in its first lines' % (source.path, LICENCE)


def purposes():
    for source in lint.sources():
        opening = re.match(r'/\*(.*?)\*/', source.text, re.S)
        words = opening.group(1).replace(LICENCE, '').replace('*', '').split() if opening else []
        if len(words) < 4:
            yield '%s: its first comment does not say what it is for' % source.path


def plain_text():
    for source in lint.sources('.c', '.h', '.py', '.sh', '.md', '.build'):
        for number, line in enumerate(source.lines, 1):
            if line.rstrip() != line or '\t' in line or '\r' in line:
                yield '%s:%d: a tab, or blanks at the end' % (source.path, number)


def rules(build):
    return [('licence: every source names it', licences),
            ('purpose: every source says what it is for', purposes),
            ('blanks: no tabs, no blanks at the end of a line', plain_text)]
