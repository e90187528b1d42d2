#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Adds up test cases, not test programs: reads the log of `meson test` in each build folder, counts
# every TAP line, shows what failed with its output, and ends with the one line
# "N passed, N failed, N skipped". Exit status 1 when anything failed or did not run.
# Usage: summary.py [--brief] BUILD_DIR[:SUITE]...; of a build of which only a suite was run.
import json
import os
import re
import subprocess
import sys

CASE = re.compile(r'^(not )?ok\b[ \t]*\d*[ \t]*(?:- )?(.*?)(?:[ \t]+#[ \t]*(skip|todo)\b[ \t]*(.*))?$',
                  re.I)
PLAN = re.compile(r'^1\.\.(\d+)(?:[ \t]*#[ \t]*skip\b[ \t]*(.*))?', re.I)


class Sum:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return '%d passed, %d failed, %d skipped' % (
            self.passed, len(self.failed), len(self.skipped))


def tail(record):
    lines = (record.get('stdout', '') + record.get('stderr', '')).splitlines()
    return [line for line in lines if not CASE.match(line)][-40:]


def count_tap(name, record, total):
    plan, seen, failed_here, notes = None, 0, 0, None
    for line in record.get('stdout', '').splitlines():
        case, planned = CASE.match(line), PLAN.match(line)
        if line.startswith('#') and notes is not None:
            notes.append(line)
        elif planned:
            plan = int(planned.group(1))
            if plan == 0:
                total.skipped.append((name, '', planned.group(2) or 'no case'))
        elif case:
            seen, notes = seen + 1, None
            title = '%s: %s' % (name, case.group(2))
            if case.group(3):
                total.skipped.append((name, case.group(2), case.group(4) or case.group(3)))
            elif case.group(1):
                failed_here, notes = failed_here + 1, []
                total.failed.append((title, notes))
            else:
                total.passed += 1
    complete = plan is not None and plan == seen
    if not complete or (record['result'] not in ('OK', 'SKIP') and not failed_here):
        total.failed.append(('%s: %s after %d of %s cases, exit status %s' % (
            name, record['result'], seen, '?' if plan is None else plan,
            record.get('returncode')), tail(record)))


def count_program(name, record, total):
    if record['result'] in ('OK', 'EXPECTEDFAIL'):
        total.passed += 1
    elif record['result'] == 'SKIP':
        total.skipped.append((name, '', 'exit status 77'))
    else:
        total.failed.append(('%s: %s' % (name, record['result']), tail(record)))


def tests_of(build, suite):
    out = subprocess.run(['meson', 'introspect', '--tests', build], check=True,
                         stdout=subprocess.PIPE).stdout
    return {test['name']: test for test in json.loads(out)
            if not suite or any(name.endswith(':' + suite) for name in test['suite'])}


def count(build):
    build, _, suite = build.partition(':')
    total = Sum()
    log = os.path.join(build, 'meson-logs', 'testlog.json')
    if not os.path.exists(log):
        total.failed.append(('%s: no test ran' % build, []))
        return total
    tests = tests_of(build, suite)
    with open(log, encoding='utf-8', errors='replace') as file:
        records = [json.loads(line) for line in file]
    for record in records:
        name = record['name'].split(' / ', 1)[-1]
        protocol = tests.pop(name, {}).get('protocol')
        (count_tap if protocol == 'tap' else count_program)(name, record, total)
    for name in tests:
        total.failed.append(('%s: did not run' % name, []))
    return total


def show(total):
    """What was skipped in one program for one reason is one line."""
    skipped = {}
    for name, title, reason in total.skipped:
        skipped.setdefault((name, reason), []).append(title)
    for (name, reason), titles in skipped.items():
        what = titles[0] if len(titles) == 1 else '%d cases' % len(titles)
        print('skipped: %s (%s)' % (': '.join(filter(None, (name, what))), reason))
    for name, notes in total.failed:
        print('FAILED: %s' % name)
        for line in notes:
            print('    %s' % line)


def main(args):
    brief = '--brief' in args
    total = Sum()
    for build in [arg for arg in args if arg != '--brief']:
        part = count(build)
        if brief:
            print('%s: %s' % (build, part))
        else:
            show(part)
        total.add(part)
    print(total)
    return 1 if total.failed else 0


sys.exit(main(sys.argv[1:]))
