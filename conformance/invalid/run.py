#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Definitions that are wrong in one way each, and what asl says of them: code, location, line and
# column. Usage: run.py ASL FILE.txt...; one case of TAP for each section of a file:
#
#     == what is wrong
#     ERROR CODE /LOCATION: the text, or nothing of it
#     A: {"Type": "Pass", »"Next": "B"}
#
# Each » is the place of one expected line, in their order; it is not part of the definition. A
# location of "-" stands for the whole: no location, no place. "A: " before a state stands for a
# machine that begins with this state A. "$ OPTION..." gives options; no expected line means OK.
# The text goes through standard input, or through a .yaml file when the name of the .txt says so.
import os
import re
import subprocess
import sys
import tempfile

LINE = re.compile(r'[^:]*:(\d+):(\d+): (\w+) (\w+): (.*?)(?: at (/.*))?$')


def sections(path):
    with open(path, encoding='utf-8') as file:
        for part in re.split(r'^== ', file.read(), flags=re.M)[1:]:
            title, _, body = part.partition('\n')
            expected, options = [], []
            while re.match(r'(ERROR|WARNING|\$) ', body):
                line, _, body = body.partition('\n')
                (options if line[0] == '$' else expected).append(line)
            yield title, expected, ' '.join(options).replace('$ ', '').split(), body.rstrip('\n')


def places(text):
    """The text without its marks, and line:column of each of them."""
    found = []
    while '»' in text:
        at = text.index('»')
        found.append('%d:%d' % (text.count('\n', 0, at) + 1, at - text.rfind('\n', 0, at)))
        text = text[:at] + text[at + 1:]
    return text, found


def wanted(expected, found):
    lines, left = [], list(found)
    for line in expected:
        severity, code, rest = line.split(' ', 2)
        location, _, text = rest.partition(': ')
        place = '1:1' if location == '-' else left.pop(0) if left else 'a » is missing'
        location = '-' if location == '?' else location
        lines.append((place, severity, code, '' if location == '-' else location, text))
    return lines, left


def validate(asl, options, text, yaml):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'case.asl.yaml') if yaml else '-'
        if yaml:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        done = subprocess.run([asl, 'validate'] + options + [path], input=text, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.splitlines()


def parse(line):
    match = LINE.match(line)
    if not match:
        return ('?', '?', line, '', '')
    at_line, column, severity, code, text, location = match.groups()
    return ('%s:%s' % (at_line, column), severity, code, location or '', text)


def check(asl, expected, options, body, yaml):
    if body.startswith('A: '):
        body = '{"StartAt": "A", "States": {"A":\n%s}}' % body[3:]
    text, found = places(body)
    want, left = wanted(expected, found)
    status, lines = validate(asl, options, text, yaml)
    got = [parse(line) for line in lines if not line.endswith(': OK')]
    good = len(got) == len(want) and not left and all(
        g[:4] == w[:4] and (not w[4] or g[4] == w[4]) for g, w in zip(got, want))
    good = good and status == (2 if any(w[1] == 'ERROR' for w in want) else 0)
    return good, lines, found


def main(asl, paths):
    count = 0
    for path in paths:
        yaml = 'yaml' in os.path.basename(path)
        for title, expected, options, body in sections(path):
            count += 1
            good, lines, found = check(asl, expected, options, body, yaml)
            name = '%s: %s' % (os.path.basename(path)[:-4], title)
            print('%sok %d - %s' % ('' if good else 'not ', count, name.replace('#', '')))
            if not good:
                print(''.join('# expected %s\n' % line for line in expected) +
                      '# places %s\n' % ' '.join(found) +
                      ''.join('# got %s\n' % line for line in lines), end='')
    print('1..%d' % count)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
