# SPDX-License-Identifier: Apache-2.0
#
# What the library shows of itself: exactly the functions that include/ declares with ASL_API, no
# name without a prefix, and no variable that anybody could write to.
import os
import re
import shutil
import subprocess

import lint

DECLARED = re.compile(r'^ASL_API\b[^;{]*?\b(\w+)\s*\(', re.M)
OF_SANITIZERS = re.compile(r'^_*(asan|odr_asan|ubsan|lsan|tsan|sancov)|\.Lubsan')


def output(*command):
    if not shutil.which(command[0]):
        raise lint.Skip('%s is not installed' % command[0])
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def library(build, name):
    path = os.path.join(build, name)
    if not os.path.exists(path):
        raise lint.Skip('%s is not built' % name)
    return path


def names(listing):
    found = set()
    for line in listing.splitlines():
        words = line.split()
        if len(words) >= 2 and not OF_SANITIZERS.search(words[-1]):
            found.add(words[-1].split('@')[0])
    return found


def declared():
    found = set()
    for source in lint.sources('.h'):
        if source.path.startswith('include/'):
            found.update(DECLARED.findall(source.code))
    return found


def exported(build):
    so = library(build, 'libasl.so')
    has, wants = names(output('nm', '-D', '--defined-only', so)), declared()
    needs = names(output('nm', '-D', '--undefined-only', so))
    if 'mdb_env_create' not in needs:
        wants.discard('asl_store_lmdb')
    if 'ev_timer_start' not in needs:
        wants -= {'asl_ev_attach', 'asl_ev_detach'}
    if 'curl_multi_init' not in needs:
        wants -= {'asl_http_open', 'asl_http_endpoint', 'asl_http_connections'}
    for name in sorted(has - wants):
        yield '%s is exported and no public header declares it' % name
    for name in sorted(wants - has):
        yield '%s is declared with ASL_API and not exported' % name


def prefixed(build):
    archive = library(build, 'libasl.a')
    for name in sorted(names(output('nm', '-g', '--defined-only', archive))):
        if not re.match(r'asli?_', name):
            yield '%s has neither asl_ nor asli_ before it' % name


def no_globals(build):
    table = output('objdump', '-t', library(build, 'libasl.a'))
    if re.search(r'\*UND\*.*__(asan|ubsan|tsan)_', table):
        raise lint.Skip('a sanitizer adds its own')
    for line in table.splitlines():
        match = re.search(r' O (\.t?data(?!\.rel\.ro)\S*|\.t?bss\S*|\*COM\*)\s+\S+\s+(.*)', line)
        if match:
            yield '%s is a variable (in %s): keep it in an object or make it const' % (
                match.group(2), match.group(1))


def rules(build):
    return [('symbols: the library exports what its headers declare', lambda: exported(build)),
            ('symbols: every name that files share has a prefix', lambda: prefixed(build)),
            ('symbols: the library has no global variables', lambda: no_globals(build))]
