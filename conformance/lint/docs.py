# SPDX-License-Identifier: Apache-2.0
#
# What the documents claim. In a Markdown file, a comment before a fenced block makes it checked:
#   <!-- file: PATH -->   the block is the file's text, without its opening comment
#   <!-- part: PATH -->   the block is lines of the file ("..." stands for any lines between them)
#   <!-- run -->          lines that begin with "$ " are run by bash with the build folder as
#                         build/; the lines after each are its output ("..." stands for any lines)
# Relative links lead to files that exist. Files that are shown are built and run by other tests.
import os
import re
import subprocess
import tempfile

import lint

BLOCK = re.compile(r'<!-- (?P<kind>file|part|run)(: (?P<file>\S+))? -->\n+'
                   r'```\w*\n(?P<text>.*?)^```$', re.S | re.M)
LINK = re.compile(r'\]\((?!\w+:|#)([^)#\s]+)')
LINKED = ('examples', 'conformance', 'docs', 'include', 'cli')


def blocks(kind):
    for source in lint.sources('.md'):
        for match in BLOCK.finditer(source.text):
            if match.group('kind') == kind:
                yield source, source.line_at(match.start()), match


def snippets():
    for source, line, match in blocks('file'):
        path = match.group('file')
        if not os.path.exists(os.path.join(lint.ROOT, path)):
            yield '%s:%d: there is no %s' % (source.path, line, path)
            continue
        body = re.sub(r'\A/\*.*?\*/\n', '', lint.Source(path).text, flags=re.S)
        if match.group('text').strip() != body.strip():
            yield '%s:%d: the block is not the text of %s' % (source.path, line, path)


def parts():
    for source, line, match in blocks('part'):
        path = match.group('file')
        if not os.path.exists(os.path.join(lint.ROOT, path)):
            yield '%s:%d: there is no %s' % (source.path, line, path)
            continue
        text, at = '\n' + lint.Source(path).text, 0
        for piece in re.split(r'^ *\.\.\.\n', match.group('text'), flags=re.M):
            if not piece.strip('\n'):
                continue
            at = text.find('\n' + piece.strip('\n') + '\n', at)
            if at < 0:
                yield '%s:%d: the block is not a part of %s' % (source.path, line, path)
                break


def sessions(text):
    """(command, expected output) of a block; a command goes on while its line ends with a \\."""
    command, expected, found = None, [], []
    for line in text.splitlines():
        if command is not None and command.endswith('\\'):
            command += '\n' + line
        elif line.startswith('$ '):
            if command is not None:
                found.append((command, expected))
            command, expected = line[2:], []
        else:
            expected.append(line)
    return found + ([(command, expected)] if command is not None else [])


def matches(expected, got):
    pattern = ''.join('(?:.*\n)*' if line == '...' else re.escape(line.rstrip()) + '\n'
                      for line in expected)
    lines = ''.join(line.rstrip() + '\n' for line in got.splitlines())
    return re.fullmatch(pattern, lines) is not None


def commands(build):
    if not os.path.exists(os.path.join(build, 'asl')):
        raise lint.Skip('asl is not built')
    with tempfile.TemporaryDirectory() as folder:
        for name in LINKED:
            os.symlink(os.path.join(lint.ROOT, name), os.path.join(folder, name))
        os.symlink(build, os.path.join(folder, 'build'))
        for source, line, match in blocks('run'):
            for command, expected in sessions(match.group('text')):
                got = subprocess.run(['bash', '-c', command], cwd=folder, text=True,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT).stdout
                if not matches(expected, got):
                    yield '%s:%d: $ %s\ngave:\n%s' % (source.path, line, command, got.rstrip())


def links():
    for source in lint.sources('.md'):
        for match in LINK.finditer(source.text):
            target = os.path.join(lint.ROOT, os.path.dirname(source.path), match.group(1))
            if not os.path.exists(target):
                yield '%s:%d: the link to %s leads nowhere' % (
                    source.path, source.line_at(match.start()), match.group(1))


def rules(build):
    return [('docs: blocks marked with a file are its text', snippets),
            ('docs: blocks marked as a part of a file are in it', parts),
            ('docs: commands marked to run print what is shown', lambda: commands(build)),
            ('docs: links lead somewhere', links)]
