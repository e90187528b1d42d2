# SPDX-License-Identifier: Apache-2.0
#
# Who may include what: the arrows of docs/ARCHITECTURE.md, read from the #include lines.
import os
import re

import lint

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

# The first folder that matches a file's path: what it may include with "quotes".
QUOTED = [
    ('include/', []),
    ('engine/base/', ['engine/base/']),
    ('engine/query/jsonata/', ['engine/base/', 'engine/query/jsonata/']),
    ('engine/query/', ['engine/base/', 'engine/tbl/', 'engine/query/']),
    ('engine/', ['engine/']),
    ('states/', ['engine/', 'states/']),
    ('stores/', ['engine/base/', 'stores/']),
    ('providers/', ['engine/base/', 'providers/']),
    ('host/', ['engine/base/', 'host/']),
    ('definition/', ['engine/base/', 'definition/']),
    ('control/', ['engine/base/', 'control/']),
    ('server/', ['engine/base/', 'server/']),
    ('cli/', ['engine/base/', 'torture/torture.h', 'server/server.h', 'cli/']),
    ('torture/', ['engine/base/', 'torture/']),
    ('examples/', ['examples/']),
    ('bench/query.c', ['bench/', 'engine/base/', 'engine/query/']),
    ('bench/serve.c', ['bench/', 'conformance/kit/load.h', 'conformance/kit/server.h']),
    ('bench/', ['bench/']),
    ('conformance/outside/', ['conformance/plugins/store_suite.h']),
    ('conformance/fuzz/', ['engine/', 'conformance/']),
    ('conformance/golden/', ['engine/', 'conformance/']),
    ('conformance/power/', ['engine/base/', 'conformance/', 'torture/faulty_store.h',
                            'torture/random.h']),
    ('conformance/', ['engine/base/', 'conformance/', 'torture/faulty_store.h']),
]

FOR_TESTS = ['conformance/kit/', 'torture/faulty_store.h']

# Headers with an owner: the paths that may include them.
OWNED = {
    'lmdb.h': r'stores/lmdb\w*\.[ch]|examples/|bench/floor\.c',
    'ev.h': r'host/loop_ev(_test)?\.c|include/asl/ev\.h|server/|cli/|providers/|'
            r'examples/embedding/on_libev\.c',
    'curl/curl.h': r'providers/http/transfer\.c',
    'check.h': r'conformance/|.*_test\.[ch]',
    'yaml.h': r'definition/yaml\.c',
    'pcre2.h': r'engine/base/pcre|conformance/',
    'zlib.h': r'engine/items/gunzip(_test)?\.c',
    'microhttpd.h': r'server/',
    'jansson.h': r'include/|engine/|states/|providers/|stores/|host/|definition/|control/|server/|cli/|'
                 r'torture/|conformance/',
}

# The core knows nothing of sockets, files and loops (and banned.py: of threads).
NOT_IN_CORE = re.compile(r'(poll|dlfcn|signal|fcntl|netdb|unistd)\.h$|'
                         r'sys/(socket|epoll|eventfd|timerfd|wait|mman|file|select)\.h$|^net')


def includes():
    for source in lint.sources():
        for match in INCLUDE.finditer(source.text):
            line = source.line_at(match.start(2))
            yield source, line, match.group(1) == '"', match.group(2)


def allowed(path):
    for folder, names in QUOTED:
        if path.startswith(folder):
            in_tree = not path.startswith('conformance/outside/')
            return names + (FOR_TESTS if in_tree and lint.is_test(path) else [])
    return []


def beside(source, name):
    """A stranger's project does not know the root: its own headers stand beside its files."""
    path = os.path.join(lint.ROOT, os.path.dirname(source.path), name)
    return source.path.startswith('conformance/outside/') and os.path.exists(path)


def arrows():
    for source, line, quoted, name in includes():
        if quoted and not beside(source, name) and not source.excused('layers', line) and not any(
                name.startswith(start) for start in allowed(source.path)):
            yield '%s:%d: may not include "%s"' % (source.path, line, name)


def from_root():
    for source, line, quoted, name in includes():
        if '..' in name.split('/'):
            yield '%s:%d: "%s": write the path from the root' % (source.path, line, name)
        elif quoted and not os.path.exists(os.path.join(lint.ROOT, name)) and \
                not beside(source, name):
            yield '%s:%d: no file "%s" below the root' % (source.path, line, name)


def owners():
    for source, line, quoted, name in includes():
        if name in OWNED and not quoted and not re.match(OWNED[name], source.path):
            yield '%s:%d: <%s> is not for this file' % (source.path, line, name)


def pure_core():
    for source, line, quoted, name in includes():
        core = source.path.startswith(('engine/', 'states/'))
        if core and not quoted and NOT_IN_CORE.search(name) and \
                not lint.is_test(source.path) and not source.excused('core', line):
            yield '%s:%d: <%s>: the core has no files, sockets or loops' % (
                source.path, line, name)


def rules(build):
    return [('layers: includes follow the arrows', arrows),
            ('layers: includes are written from the root', from_root),
            ('layers: owned headers stay with their owners', owners),
            ('core: engine and states are pure', pure_core)]
