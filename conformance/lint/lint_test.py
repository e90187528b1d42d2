#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Sees every rule fail: plants a violation in an empty tree and expects the rule, and only it, to
# name the place. Prints TAP, one case a planted text. What a rule must let pass has no word
# to wait for.
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import lint

OPENING = '/* SPDX-License-Identifier: Apache-2.0\n *\n * What this file is for.\n */\n'
LONG = 'int f(void)\n{\n' + '    g();\n' * 79 + '}\n'

# group, rule, path, text after the opening, what the complaint says (None: no complaint)
CASES = [
    ('layers', 'layers', 'engine/base/x.c', '#include "engine/query/x.h"', 'may not include'),
    ('layers', 'layers', 'stores/x.c', '#include "engine/engine.h"', 'may not include'),
    ('layers', 'layers', 'examples/x/x.c', '#include "engine/base/json.h"', 'may not include'),
    ('layers', 'layers', 'engine/x.c', '#include "../x.h"', 'from the root'),
    ('layers', 'layers', 'engine/x.c', '#include "engine/none.h"', 'no file'),
    ('layers', 'layers', 'host/x.c', '#include <lmdb.h>', 'not for this file'),
    ('layers', 'layers', 'stores/lmdb.c', '#include <lmdb.h>', None),
    ('layers', 'layers', 'conformance/outside/x/x.c', '#include "x.c"', None),
    ('layers', 'layers', 'conformance/outside/x/x.c', '#include "engine/x.h"', 'may not include'),
    ('layers', 'core', 'engine/x.c', '#include <poll.h>', 'no files'),
    ('layers', 'core', 'host/x.c', '#include <poll.h>', None),
    ('lengths', 'length', 'engine/x.c', LONG, 'f has 82 lines'),
    ('lengths', 'length', 'engine/x.c', '/* lint: length: a table */\n' + LONG, None),
    ('lengths', 'length', 'engine/x.c', LONG.replace('g();\n    g();', ''), None),
    ('lengths', 'length', 'engine/x.c', 'int a;\n' * 801, '806 lines'),
    ('banned', 'json', 'engine/x.c', 'x = json_loads(text, 0, NULL);', 'json_loads'),
    ('banned', 'json', 'engine/base/json_read.c', 'x = json_loads(text, 0, NULL);', None),
    ('banned', 'json', 'engine/x.c', '/* json_loads( */ x = "json_loads(";', None),
    ('banned', 'copies', 'providers/x.c', 'x = json_copy(y);', 'json_copy'),
    ('banned', 'prints', 'host/x.c', 'printf("x");', 'printf'),
    ('banned', 'prints', 'cli/x.c', 'printf("x");', None),
    ('banned', 'prints', 'host/x.c', 'snprintf(b, 1, "x");', None),
    ('banned', 'aborts', 'states/x.c', 'exit(1);', 'exit'),
    ('banned', 'aborts', 'states/x.c', 'frame->exit(1);', None),
    ('banned', 'malloc', 'stores/x.c', 'p = malloc(3);', 'malloc'),
    ('banned', 'malloc', 'stores/x.c', 'asli_free(p); ops.free(p);', None),
    ('banned', 'clock', 'engine/x.c', 'clock_gettime(1, &t);', 'clock_gettime'),
    ('banned', 'clock', 'host/x.c', 'clock_gettime(1, &t);', None),
    ('banned', 'threads', 'engine/x.c', 'pthread_create(&t, NULL, f, NULL);', 'pthread_create'),
    ('banned', 'process', 'engine/x.c', 'x = getenv("X");', 'getenv'),
    ('banned', 'unsafe', 'cli/x.c', 'strcat(a, b);', 'strcat'),
    ('banned', 'setters', 'engine/x.c', 'f();\njson_object_set_new(a, "b", c);', 'check it'),
    ('banned', 'setters', 'engine/x.c', 'if (x)\n    json_array_append(a, c);', 'check it'),
    ('banned', 'setters', 'engine/x.c', 'if (x ||\n    json_array_append(a, c))', None),
    ('banned', 'setters', 'engine/x.c', 'if (json_object_set(a, "b", c) != 0)', None),
    ('banned', 'setters', 'engine/x.c', 'return json_object_set(a, "b", c);', None),
    ('banned', 'goto', 'engine/x.c', 'void f(void)\n{\n    goto done;\n}\n', 'the one label'),
    ('banned', 'goto', 'engine/x.c', 'void f(void)\n{\nout:\n    goto out;\n}\n', 'forward'),
    ('banned', 'goto', 'engine/x.c', 'void f(void)\n{\n    goto out;\nout:\n    g();\n}\n', None),
    ('banner', 'licence', 'x.py', None, 'not in its first lines'),
    ('banner', 'purpose', 'x.c', None, 'what it is for'),
    ('banner', 'blanks', 'x.c', 'int x; ', 'blanks at the end'),
    ('format', 'format', 'x.c', 'int  x;', 'clang-format -i'),
    ('headers', 'alone', 'include/x.h', 'size_t x(void);', 'include/x.h'),
    ('headers', 'alone', 'include/x.h', '#include <stddef.h>\nsize_t x(void);', None),
    ('headers', 'alone', 'include/x.h', 'int delete;', 'include/x.h'),
    ('headers', 'alone', 'engine/x.h', 'size_t x(void);', 'engine/x.h'),
    ('docs', 'docs', 'x.md', '<!-- file: y.c -->\n```c\nint x;\n```', 'there is no y.c'),
    ('docs', 'docs', 'x.md', '<!-- file: x.md -->\n```c\nint x;\n```', 'not the text'),
    ('docs', 'docs', 'x.md', '<!-- part: y.c -->\n```c\nint x;\n```', 'there is no y.c'),
    ('docs', 'docs', 'x.md', '<!-- part: .clang-format -->\n```\nnot LLVM\n```', 'not a part'),
    ('docs', 'docs', 'x.md', '<!-- part: .clang-format -->\n```\nBasedOnStyle: LLVM\n...\n```', None),
    ('docs', 'docs', 'x.md', '[x](y/z.md)', 'leads nowhere'),
    ('docs', 'docs', 'x.md', '[x](x.md) [y](https://example.org/y) [z](#z)', None),
    ('docs', 'docs', 'x.md', '<!-- run -->\n```console\n$ echo a; echo b\na\n```', 'gave'),
    ('docs', 'docs', 'x.md', '<!-- run -->\n```console\n$ echo a; echo b\na\n...\n```', None),
    ('docs', 'docs', 'x.md', '<!-- run -->\n```console\n$ echo \\\n  a\na\n$ exit 3\n```', None),
    ('manual', 'names', 'include/asl/x.h', 'int x;', '<asl/x.h> is missing'),
    ('manual', 'names', 'include/asl.h', 'ASL_API int asl_x(void);', '*asl_x* is missing'),
    ('manual', 'hello', 'examples/hello/hello.c', 'int x;', 'is not the text'),
    ('manual', 'guarantees', 'docs/guarantees.md', '`nobody`', 'no test is named nobody'),
    ('manual', 'guarantees', 'docs/guarantees.md', '(torture: nothing)',
     'no check of torture is named nothing'),
]


def complaints(group, path, text, rule):
    module = __import__(group)
    with tempfile.TemporaryDirectory() as root:
        lint.ROOT = root
        os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
        opening = OPENING if path.endswith(('.c', '.h')) else ''
        with open(os.path.join(root, path), 'w', encoding='utf-8') as file:
            file.write('int x;\n' if text is None else opening + text + '\n')
        with open(os.path.join(root, '.clang-format'), 'w', encoding='utf-8') as file:
            file.write('BasedOnStyle: LLVM\n')
        with open(os.path.join(root, 'asl'), 'w', encoding='utf-8'):
            pass
        return [str(line) for name, check in module.rules(root) if name.startswith(rule + ':')
                for line in check()]


def main():
    print('1..%d' % len(CASES))
    failed = 0
    for number, (group, rule, path, text, wanted) in enumerate(CASES, 1):
        title = '%s: %s in %s' % (rule, (text or 'no opening').split('\n')[-1][:60].strip()
                                  .replace('#', ''), path)
        try:
            got = complaints(group, path, text, rule)
        except lint.Skip as why:
            print('ok %d - %s # SKIP %s' % (number, title, why))
            continue
        good = not got if wanted is None else any(wanted in line for line in got)
        failed += not good
        print('%sok %d - %s' % ('' if good else 'not ', number, title))
        if not good:
            print('# wanted: %s\n# got: %s' % (wanted, '; '.join(got).replace('\n', ' | ')))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
