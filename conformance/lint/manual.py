# SPDX-License-Identifier: Apache-2.0
#
# The manual pages and what they are about: libasl(3) names every public header and every function
# of asl.h, and shows examples/hello; asl(1) has each command's options; the cases that asl-case(5)
# shows are played, and pass.
import os
import re
import subprocess
import tempfile

import lint
import symbols

GUARANTEES, CHECKS = 'docs/guarantees.md', 'torture/judge.h'
COMMAND, LIBRARY = 'docs/man/asl.1.scd', 'docs/man/libasl.3.scd'
CASE, HELLO = 'docs/man/asl-case.5.scd', 'examples/hello/hello.c'


def text_of(path):
    return lint.Source(path).text if os.path.exists(os.path.join(lint.ROOT, path)) else ''


def names():
    manual = text_of(LIBRARY)
    for source in lint.sources('.h'):
        if source.path.startswith('include/'):
            wanted = ['<%s>' % source.path[len('include/'):]]
            if source.path == 'include/asl.h':
                wanted += ['*%s*' % name for name in symbols.DECLARED.findall(source.code)]
            for name in wanted:
                if name not in manual:
                    yield '%s: %s is missing' % (LIBRARY, name)


def examples(page):
    """The literal blocks of a page, as a reader sees them."""
    return [re.sub(r'\\(.)', r'\1', block) for block in
            re.findall(r'^```\n(.*?)^```$', text_of(page), re.S | re.M)]


def hello():
    text = re.sub(r'\A/\*.*?\*/\n', '', text_of(HELLO), flags=re.S)
    if text not in examples(LIBRARY):
        yield '%s: its example is not the text of %s' % (LIBRARY, HELLO)


def cases(build):
    runner = os.path.join(build, 'conformance/recordings')
    if not os.path.exists(runner):
        raise lint.Skip('recordings is not built')
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(examples(CASE)):
            with open(os.path.join(folder, '%d.json' % number), 'w', encoding='utf-8') as case:
                case.write(text)
        got = subprocess.run([runner, '--list-failures', folder], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if got.returncode:
            yield '%s: its example fails:\n%s' % (CASE, got.stdout.rstrip())


def options(build):
    """asl(1) lists, with each command, the options that its --help has."""
    asl = os.path.join(build, 'asl')
    if not os.path.exists(asl):
        raise lint.Skip('asl is not built')
    commands = text_of(COMMAND).split('# COMMANDS\n', 1)[1].split('\n# ', 1)[0]
    for part in re.split(r'^(?=\*asl )', commands, flags=re.M)[1:]:
        command = re.match(r'\*asl (\w+)', part).group(1)
        listed = re.search(r'Options: ([^.]*)\.', part)
        same = listed and re.match(r'those of \*asl\s(\w+)\*', listed.group(1))
        understood = options_of(asl, command)
        told = (options_of(asl, same.group(1)) if same else
                set(re.findall(r'\*--([a-z-]+)\*', listed.group(1) if listed else '')))
        for name in sorted(understood ^ told):
            yield '%s: asl %s: --%s is %s' % (
                COMMAND, command, name, 'missing' if name in understood else 'no option of it')


def options_of(asl, command):
    usage = subprocess.run([asl, command, '--help'], text=True, stdout=subprocess.PIPE).stdout
    return set(re.findall(r'^  --([a-z-]+)', usage, re.M)) - {'help'}


def guarantees():
    """A promise that names a test, or a check of asl torture, names one that there is."""
    tests = set()
    for source in lint.sources('.c'):
        tests.update(re.findall(r'^START_TEST\((\w+)\)', source.text, re.M))
    text = text_of(GUARANTEES)
    for name in re.findall(r'`([a-z_0-9]+)`', text):
        if name not in tests:
            yield '%s: no test is named %s' % (GUARANTEES, name)
    checks = set(re.findall(r'^    X\([A-Z]+, "(\w+)"', text_of(CHECKS), re.M))
    for listed in re.findall(r'torture: ([a-z,\s]+)\)', text):
        for name in re.split(r',\s+', listed):
            if name not in checks:
                yield '%s: no check of torture is named %s' % (GUARANTEES, name)


def rules(build):
    return [('names: libasl(3) names the headers and the functions of asl.h', names),
            ('hello: the example of libasl(3) is examples/hello', hello),
            ('cases: the example of asl-case(5) passes', lambda: cases(build)),
            ('options: asl(1) lists the options of each command', lambda: options(build)),
            ('guarantees: docs/guarantees.md names tests that there are', guarantees)]
