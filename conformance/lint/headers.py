# SPDX-License-Identifier: Apache-2.0
#
# A header can be included first and alone: the public ones as strict C99 and as C++, the private
# ones as the C the library is written in.
import os
import shlex
import shutil
import subprocess

import lint

STRICT = ['-Wall', '-Wextra', '-pedantic', '-Werror']
VARIANTS = [('C99', 'CC', 'cc', ['-x', 'c', '-std=c99'] + STRICT),
            ('C++', 'CXX', 'c++', ['-x', 'c++', '-std=c++11'] + STRICT)]
PRIVATE = ['-x', 'c', '-std=gnu11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror',
           '-Wno-unused-parameter']


def compiler(variable, default):
    words = shlex.split(os.environ.get(variable, default))
    if not shutil.which(words[0]):
        raise lint.Skip('%s is not installed' % words[0])
    return words


def compile_alone(command, path):
    name = path[len('include/'):] if path.startswith('include/') else path
    done = subprocess.run(command + ['-I.', '-Iinclude', '-fsyntax-only', '-'], cwd=lint.ROOT,
                          input='#include "%s"\nint lint_alone;\n' % name, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        yield '%s\n%s' % (path, done.stdout.strip())


def public(path, variable, default, flags):
    return lambda: compile_alone(compiler(variable, default) + flags, path)


def private():
    command = compiler('CC', 'cc') + PRIVATE
    for source in lint.sources('.h'):
        if not source.path.startswith(('include/', 'engine/tbl/')) and '/tbl/' not in source.path:  # tables have no guard
            yield from compile_alone(command, source.path)


def rules(build):
    found = []
    for path in lint.all_files():
        if path.startswith('include/') and path.endswith('.h'):
            for name, variable, default, flags in VARIANTS:
                found.append(('alone: %s compiles as %s' % (path, name),
                              public(path, variable, default, flags)))
    return found + [('alone: private headers compile by themselves', private)]
