# SPDX-License-Identifier: Apache-2.0
#
# The layout of C code: what clang-format makes of it, by .clang-format at the root.
import re
import shutil
import subprocess

import lint


def formatted():
    if not shutil.which('clang-format'):
        raise lint.Skip('clang-format is not installed')
    paths = [source.path for source in lint.sources()]
    said = subprocess.run(['clang-format', '--dry-run'] + paths, cwd=lint.ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    wrong = {}
    for path, line in re.findall(r'^(\S+?):(\d+):\d+: (?:warning|error)', said, re.M):
        wrong.setdefault(path, line)
    for path, line in wrong.items():
        yield '%s:%s: run clang-format -i %s' % (path, line, path)


def rules(build):
    return [('format: clang-format changes nothing', formatted)]
