#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The rules of the house that a machine can check. Prints TAP: one case a rule, and for each place
# that breaks it "# FILE:LINE: what is wrong".
# Usage: lint.py [--build DIR] [GROUP...]; the groups are the modules beside this file.
#
# A place that has to break a rule says why, in a comment on its line or one of the three above:
#     /* lint: RULE: the reason */
# where RULE is the first word of the TAP case.
import argparse
import importlib
import os
import re
import sys

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GROUPS = ['layers', 'symbols', 'lengths', 'banned', 'banner', 'format', 'headers', 'docs',
          'manual']


class Skip(Exception):
    """A rule that cannot be checked here, and why."""


class Source:
    """A file: its path from the root, its text, and its C text without comments and strings."""

    def __init__(self, path):
        self.path = path
        with open(os.path.join(ROOT, path), encoding='utf-8') as file:
            self.text = file.read()
        self.lines = self.text.split('\n')

    @property
    def code(self):
        if not hasattr(self, '_code'):
            self._code = strip(self.text)
        return self._code

    def line_at(self, offset):
        return self.text.count('\n', 0, offset) + 1

    def excused(self, rule, line):
        near = '\n'.join(self.lines[max(0, line - 4):line])
        return re.search(r'lint: %s: \S' % re.escape(rule), near) is not None


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def strip(text):
    """Blanks comments and the insides of literals; every offset and line stays where it is."""
    def blank(match):
        token = match.group(0)
        if token[0] == '/':
            return re.sub(r'[^\n]', ' ', token)
        return token[0] + ' ' * (len(token) - 2) + token[0]
    return TOKEN.sub(blank, text)


def is_test(path):
    """Unit tests, and all of the suite and its tools."""
    return re.search(r'_test\.[ch]$', path) is not None or path.startswith('conformance/')


def all_files():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if not name.startswith('.git') and not
                            os.path.isdir(os.path.join(folder, name, 'meson-private')) and
                            name not in ('__pycache__', '.cache', 'subprojects'))
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def sources(*suffixes):
    return [Source(path) for path in all_files() if path.endswith(suffixes or ('.c', '.h'))]


def run(groups, build):
    rules = []
    for group in groups:
        rules += importlib.import_module(group).rules(build)
    print('1..%d' % len(rules))
    failed = 0
    for number, (name, check) in enumerate(rules, 1):
        try:
            wrong = [str(line) for line in check()]
        except Skip as why:
            print('ok %d - %s # SKIP %s' % (number, name, why))
            continue
        failed += bool(wrong)
        print('%sok %d - %s' % ('not ' if wrong else '', number, name))
        for line in wrong:
            print('# ' + line.replace('\n', '\n# '))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', default='build')
    parser.add_argument('groups', nargs='*', choices=[[]] + GROUPS)
    args = parser.parse_args()
    return run(args.groups or GROUPS, os.path.abspath(args.build))


if __name__ == '__main__':
    sys.modules['lint'] = sys.modules['__main__']
    sys.exit(main())
