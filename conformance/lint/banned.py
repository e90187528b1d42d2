# SPDX-License-Identifier: Apache-2.0
#
# Calls that break a promise of the library, and where each of them is still allowed. Tests, tools
# and examples are programs, not the library, and may do more.
import re

import lint

LIBRARY = ('engine/', 'states/', 'stores/', 'providers/', 'host/', 'definition/', 'control/')
CORE = ('engine/', 'states/')
EVERYWHERE = ('',)

# rule, why, folders, files that may, calls
BANNED = [
    ('json', 'JSON text goes through engine/base/json.h', LIBRARY + ('cli/', 'server/'),
     r'engine/base/json_(read|write)\w*\.c',
     r'json_(loads|loadb|loadf|loadfd|load_\w+|dumps|dumpb|dumpf|dumpfd|dump_\w+|'
     r'pack|pack_ex|vpack_ex|unpack|unpack_ex|vunpack_ex)'),
    ('copies', 'it leaves out what there is no memory for: asli_json_copy', LIBRARY + ('server/',), r'$^',
     r'json_copy'),
    ('prints', 'the library never prints', LIBRARY, r'$^',
     r'v?f?printf|v?dprintf|f?puts|f?putc|putchar|perror|fwrite|syslog|openlog'),
    ('aborts', 'the library never ends the process', LIBRARY, r'$^',
     r'abort|_?exit|_Exit|quick_exit|assert|raise|__builtin_trap|__builtin_unreachable'),
    ('malloc', 'memory comes from engine/base/alloc.h', LIBRARY, r'engine/base/alloc\.c',
     r'malloc|calloc|realloc|reallocarray|free|strdup|strndup|v?asprintf|posix_memalign|'
     r'aligned_alloc|getline|open_memstream|alloca'),
    ('clock', 'time enters the core as a parameter', CORE, r'$^',
     r'time|clock|clock_gettime|gettimeofday|timespec_get|localtime(_r)?|mktime|n?u?sleep|'
     r'nanosleep'),
    ('threads', 'the core starts no thread and waits for none', CORE, r'$^',
     r'pthread_(create|join|detach|cond_\w+|rwlock_\w+)|thrd_\w+|sem_\w+'),
    ('process', 'the library leaves what belongs to the process alone', LIBRARY, r'$^',
     r'setlocale|getenv|secure_getenv|setenv|putenv|signal|sigaction|rand|srand|random|srandom|'
     r'json_set_alloc_funcs|json_object_seed|atexit|umask|chdir|fork|system'),
    ('unsafe', 'it cannot be used safely', EVERYWHERE, r'$^',
     r'gets|strcat|v?sprintf|strtok|ato[ifl]|atoll|tmpnam|mktemp|alloca'),
]

CALL = r'(?<![\w.])(?<!->)(?<!struct )(%s)\s*\('
SETTER = re.compile(r'\b(json_(?:object_(?:set|update|deep)|array_(?:set|append|insert|extend)|'
                    r'(?:string|integer|real)_set)\w*)\s*\(')
GOTO = re.compile(r'\bgoto\s+(\w+)\s*;')


def calls(rule, why, folders, may, names):
    pattern = re.compile(CALL % names)
    for source in lint.sources():
        if not source.path.startswith(folders) or re.match(may, source.path) or \
                lint.is_test(source.path):
            continue
        for match in pattern.finditer(source.code):
            line = source.line_at(match.start(1))
            if not source.excused(rule, line):
                yield '%s:%d: %s: %s' % (source.path, line, match.group(1), why)


def setters():
    for source in lint.sources():
        if lint.is_test(source.path):
            continue
        for match in SETTER.finditer(source.code):
            before = source.code[:match.start()].rstrip()
            statement = before.endswith((';', '{', '}', ':', '(void)', 'else')) or \
                re.search(r'\b(if|for|while)\s*\([^;{}]*\)$', before) and balanced(before)
            line = source.line_at(match.start())
            if statement and not source.excused('setters', line):
                yield '%s:%d: %s may fail: check it' % (source.path, line, match.group(1))


def balanced(before):
    """The text after the last if, for or while is one closed condition."""
    condition = before[max(before.rfind(word) for word in ('if', 'for', 'while')):]
    return condition.count('(') == condition.count(')')


def gotos():
    for source in lint.sources():
        for match in GOTO.finditer(source.code):
            rest = source.code[match.end():].split('\n}', 1)[0]
            line = source.line_at(match.start())
            if match.group(1) != 'out':
                yield '%s:%d: the one label is out' % (source.path, line)
            elif not re.search(r'^out:', rest, re.M):
                yield '%s:%d: goto goes forward only' % (source.path, line)


def rules(build):
    found = [('%s: %s' % (rule[0], rule[1]), lambda rule=rule: calls(*rule)) for rule in BANNED]
    found.append(('setters: every setter of jansson is checked', setters))
    found.append(('goto: one label, out, forward only', gotos))
    return found
