#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Has the language a case of its own for everything? What there is comes from the engine's tables,
# what a case is about from its "covers", which is only believed when the case holds it:
#     operator:NAME  intrinsic:States.NAME  intrinsic-error:States.NAME:KIND  field:TYPE.NAME
#     event:NAME  trap:NUMBER          ("field:*.NAME": of every state type that the case has)
#     expression:TYPE.NAME             (a field that JSONata may compute, computed)
# JSONata's cases (conformance/jsonata) say so by their file and by the code they expect.
# Prints TAP; usage: coverage.py
import json
import os
import re
import sys

import lint

CASES = 'conformance/language'
JSONATA = 'conformance/jsonata/groups'
JSONATA_AWS = 'engine/query/jsonata/aws_test.c'  # the runner knows only the plain dialect
# Codes that no text can reach: they stand in the table because the reference has them.
JSONATA_UNREACHED = {'D2015', 'S0205', 'S0206', 'S0209'}
ANY = 'ASLI_ANY_COUNT'

# What each function can find wrong with its arguments; "count" comes from the table.
INTRINSIC_ERRORS = {
    'Array': '', 'ArrayPartition': 'array number range', 'ArrayContains': 'array',
    'ArrayRange': 'number step size', 'ArrayGetItem': 'array number range negative',
    'ArrayLength': 'array', 'ArrayUnique': 'array', 'Base64Encode': 'string size',
    'Base64Decode': 'string size', 'Hash': 'algorithm string size', 'JsonMerge': 'object deep',
    'StringToJson': 'string json', 'JsonToString': '', 'MathRandom': 'number range',
    'MathAdd': 'number range', 'StringSplit': 'string', 'UUID': '', 'Format': 'surplus none brace',
}
# What compile-time code reads of a Choice rule without a table of fields.
RULE_FIELDS = 'Variable And Or Not'.split()
# Tables of fields that are no state's: where they are, and how their fields are called here.
OTHER_FIELDS = [
    ('engine/scope.c', 'machine_fields', 'Machine'), ('engine/scope.c', 'branch_fields', 'Scope'),
    ('engine/scope.c', 'processor_fields', 'Processor'),
    ('engine/scope.c', 'config_fields', 'ProcessorConfig'),
    ('states/choice.c', 'rule_fields', 'Rule'),
    ('engine/policy.c', 'retrier_fields', 'Retry'), ('engine/policy.c', 'catcher_fields', 'Catch'),
    ('engine/items/fields.c', 'reader_fields', 'ItemReader'),
    ('engine/items/fields.c', 'reader_config_fields', 'ReaderConfig'),
    ('engine/items/fields.c', 'batcher_fields', 'ItemBatcher'),
    ('engine/items/fields.c', 'writer_fields', 'ResultWriter'),
    ('engine/items/fields.c', 'writer_config_fields', 'WriterConfig'),
]
# Of those, the ones that are an object in the field of that name.
OBJECTS = ('ItemReader', 'ReaderConfig', 'ItemBatcher', 'ResultWriter', 'WriterConfig')

# Where emulators get AWS wrong. Numbers are those of the list of traps, as far as it is about the
# language.
TRAPS = {
    'D1.1': 'a definite path yields the element', 'D1.2': 'an indefinite path yields a list',
    'D1.3': 'an indefinite path without hits yields []',
    'D1.4': 'an index past the end is null in a template', 'D1.5': 'filters are those of Jayway',
    'D1.6': 'a slice has a colon', 'D1.7': 'a miss in InputPath and OutputPath',
    'D1.8': 'a miss in a template', 'D1.9': 'which is States.Runtime',
    'D1.10': 'and is not caught', 'D1.11': 'InputPath and OutputPath null give {}',
    'D1.12': 'ResultPath null keeps the raw input', 'D1.13': 'ResultPath goes into the raw input',
    'D1.14': 'ResultPath makes parents, but not list elements',
    'D1.15': 'InputPath and OutputPath of Choice, Wait, Succeed and Parallel',
    'D1.16': 'OutputPath and ResultSelector are skipped by a catcher',
    'D1.17': '$$ wherever a path may be', 'D1.18': '$ of ItemSelector is the input of the Map',
    'D1.19': 'strings in lists of a template are literal', 'D1.20': 'Result is literal',
    'D1.21': 'an ItemReader leaves ItemsPath without a meaning',
    'D2.22': 'MathAdd rounds before adding', 'D2.23': 'StringToJson of a blank string is null',
    'D2.24': 'StringSplit has a set of characters', 'D2.25': 'Format prints like Java',
    'D2.26': 'JsonMerge is shallow', 'D2.27': 'JsonToString is compact and keeps the order',
    'D2.28': 'empty arrays', 'D2.29': 'ArrayContains compares deeply',
    'D2.30': 'illegal escapes are refused', 'D2.31': 'missing and bad arguments differ',
    'D2.32': 'an index of a scalar', 'D3.33': 'no rule is true and there is no Default',
    'D3.34': 'a missing Variable fails', 'D3.35': 'true is not 1', 'D3.36': '0 equals 0.0',
    'D3.37': 'IsPresent of null, IsNull: false', 'D3.38': 'no timestamp is not an error',
    'D3.39': 'unknown operators are refused', 'D4.41': 'SecondsPath 0, -1, a fraction, missing',
    'D4.42': 'which timestamps there are', 'D4.43': 'bad timestamps, literal and by path',
    'D4.44': 'the longest wait', 'D4.45': 'the TimeoutSeconds of a machine cuts everything',
    'D4.46': 'TIMED_OUT and ABORTED have no error', 'D5.47': 'a heartbeat that does not come',
    'D5.48': 'what States.TaskFailed matches', 'D5.49': 'States.ALL is not States.Runtime',
    'D5.50': 'a task result that is too large is caught',
    'D5.51': 'a Pass output that is too large', 'D5.52': 'each retrier counts alone',
    'D5.53': 'MaxAttempts 0', 'D5.54': 'jitter is drawn after the cap',
    'D5.55': 'events of retries', 'D5.56': 'a failure without error and cause',
    'D5.57': 'a cause that is JSON stays text', 'D5.58': 'error names are case-sensitive',
    'D5.59': 'a failed job', 'D5.60': 'the prefix of a cause comes once',
    'D5.61': 'a catcher replaces the input',
    'D6.62': 'an expression touches both ends of its text',
    'D6.63': 'an undefined result fails the field', 'D6.64': 'null stays',
    'D6.65': 'where in the state an expression failed', 'D6.66': 'codes and limits are told apart',
    'D6.67': 'texts of errors name the function',
    'D6.68': 'a range of one is a number, partitions are lists of lists',
    'D6.69': 'functions that do not exist', 'D6.70': 'random numbers of a seed are those of Java',
    'D6.71': 'numbers that are not finite are texts', 'D6.72': 'pictures of numbers are checked',
    'D6.73': 'nested evaluations are limited',
    'D6.74': 'bare names and $$ are refused', 'D6.75': 'texts of variables are data',
    'D6.76': 'Items that are no list', 'D6.77': 'a Condition may be a boolean',
    'D6.78': "inner states have the machine's language", 'D7.79': 'Assign and Output see the values on entry',
    'D7.80': 'inner scopes read the outer one and write their own',
    'D7.81': 'assigned variables are JSON texts in events',
    'D7.82': 'what a caught state would assign stays unset', 'D7.83': 'which variables are read',
    'D3.40': "a rule's Assign and Output replace the state's",
    'D8.84': 'the first state follows event 0',
    'D8.85': 'Exited and Succeeded of Map and Parallel',
    'D8.86': "an iteration follows another's last state event",
    'D8.87': 'MapIterationFailed and MapStateFailed', 'D8.88': 'aborted siblings',
    'D8.89': "the failing branch's own task is aborted",
    'D8.90': 'States.Runtime skips all of that', 'D8.91': 'stopping follows event 0',
    'D8.92': "EvaluationFailed follows the state's entry",
    'D8.93': 'the Exited event of a distributed Map follows MapRunStarted',
    'D8.94': 'event 25,000 is the failure', 'D8.95': 'declared time-outs are echoed',
    'D8.96': 'events without details', 'D8.97': 'the length that MapStateStarted has of a reader',
    'D8.98': 'MaxConcurrencyPath fails before MapStateStarted',
}
# Traps of loading, which no execution shows: the unit test that has them, and its words.
ELSEWHERE = {
    'D1.6': ('engine/query/path_test.c', '$[0..1]'),
    'D2.30': ('engine/query/intrinsic_test.c', 'START_TEST(bad_syntax_is_refused)'),
    'D3.39': ('engine/query/choice_test.c', 'START_TEST(unknown_and_second_operators_are_refused)'),
    'D4.43': ('engine/machine_fields_test.c', 'String does not match RFC3339 timestamp'),
    'D6.74': ('conformance/invalid/jsonata.txt', "Reference to '$$' is not supported."),
    'D7.83': ('engine/variable_names_test.c', 'START_TEST(names_are_sorted_and_once_each)'),
}


# ---------------------------------------------------------------- what there is

def read(path):
    with open(os.path.join(lint.ROOT, path), encoding='utf-8') as file:
        return file.read()


def operators():
    text = read('engine/tbl/operators.h')
    relations = re.findall(r'X\(Prefix##(\w+),', text)
    families = re.findall(r'ASLI_OPERATORS_ORDERED\(X, (\w+), [A-Z]+\) ', text)
    names = [family + relation for family in families if family != 'Prefix'
             for relation in relations]
    names += re.findall(r'X\((\w+), [A-Z]+, \w+, [A-Z]+\)', text)
    return ['operator:' + name for name in names]


def intrinsic_rows():
    return re.findall(r'X\((\w+), (\w+), (\w+), (?:true|false), \w+\)',
                      read('engine/tbl/intrinsics.h'))


def intrinsics():
    return ['intrinsic:States.' + name for name, _, _ in intrinsic_rows()]


def intrinsic_errors():
    wanted = ['intrinsic-error:any:path']
    for name, least, most in intrinsic_rows():
        kinds = ['count'] if (least, most) != ('0', ANY) else []
        kinds += INTRINSIC_ERRORS.get(name, 'not-listed-in-the-lint').split()
        wanted += ['intrinsic-error:States.%s:%s' % (name, kind) for kind in kinds]
    return wanted


def rows(path, table):
    """(name, text) of each field of a table that this version of the library runs."""
    body = re.search(r'struct asli_field %s\[\] = \{(.*?)\n\};' % table, read(path), re.S).group(1)
    found = re.findall(r'\{"(\w+)",(.*?)\}', body, re.S)
    return [(name, row) for name, row in found if 'ASLI_LATER' not in row]


def state_rows():
    """("Type.Field", text) of each field of each state type."""
    common = rows('engine/state.c', 'common_fields')
    for name in sorted(os.listdir(os.path.join(lint.ROOT, 'states'))):
        text = read('states/' + name) if name.endswith('.c') else ''
        ops = re.search(r'const struct asli_state_ops \w+ = \{(.*?)\n\};', text, re.S)
        if not ops:
            continue
        own = rows('states/' + name, 'fields') if '"' in text.split('fields[]')[1][:40] else []
        traits = re.findall(r'ASLI_HAS_\w+', ops.group(1)) + ['ASLI_EVERY_STATE']
        both = own + [row for row in common if re.search(r'\.traits = (\w+)', row[1])[1] in traits]
        for field, row in both:
            yield '%s.%s' % (re.search(r'\.type = "(\w+)"', ops.group(1))[1], field), row


def all_rows():
    yield from state_rows()
    for path, table, owner in OTHER_FIELDS:
        yield from (('%s.%s' % (owner, name), row) for name, row in rows(path, table))


def fields():
    wanted = [name for name, _ in all_rows()] + ['Rule.' + name for name in RULE_FIELDS]
    return ['field:' + name for name in wanted]


def expressions():
    return ['expression:' + name for name, row in all_rows()
            if re.search('ASLI_FIELD_(TEMPLATE|ASSIGN|TEXT|INT|NUMBER|TIMESTAMP),', row) and
            not re.search('ASLI_(JSONPATH|CONSTANT)', row)]


def events():
    return ['event:' + name for name in re.findall(r'^X\((\w+),', read('engine/tbl/events.h'), re.M)]


def traps():
    return ['trap:' + number for number in TRAPS]


# ---------------------------------------------------------------- what a case holds

def has_expression(value):
    if isinstance(value, dict):
        return any(map(has_expression, value.values()))
    if isinstance(value, list):
        return any(map(has_expression, value))
    return isinstance(value, str) and value.startswith('{%') and value.endswith('%}')


def members(owner, value, jsonata):
    """The fields of an object, those that JSONata computes a second time."""
    for name, field in value.items():
        yield 'field:%s.%s' % (owner, name)
        if jsonata and has_expression(field):
            yield 'expression:%s.%s' % (owner, name)


def rule_fields(rule, jsonata):
    yield from members('Rule', rule, jsonata)
    for value in rule.values():
        for nested in value if isinstance(value, list) else [value]:
            if isinstance(nested, dict) and not jsonata:
                yield from rule_fields(nested, jsonata)


def inner_fields(name, value, jsonata, machine):
    """Fields of what is inside the field `name` of a state; is its language, the machine's JSONata?"""
    if name in ('Retry', 'Catch'):
        for entry in value:
            yield from members(name, entry, jsonata)
    elif name == 'Choices':
        for rule in value:
            yield from rule_fields(rule, jsonata)
    elif name == 'Branches':
        for branch in value:
            yield from scope_fields(branch, 'Scope', machine)
    elif name in ('ItemProcessor', 'Iterator'):
        yield from scope_fields(value, 'Scope', machine)
        if 'ProcessorConfig' in value:
            yield 'field:Processor.ProcessorConfig'
            yield from members('ProcessorConfig', value['ProcessorConfig'], False)
    elif name in OBJECTS:
        yield from members(name, value, jsonata)
        for key, nested in value.items():
            yield from inner_fields(key, nested, jsonata, machine)


def scope_fields(scope, owner, machine):
    yield from members(owner, scope, False)
    for state in scope['States'].values():
        jsonata = state['QueryLanguage'] == 'JSONata' if 'QueryLanguage' in state else machine
        yield from members(state['Type'], state, jsonata)
        for name, value in state.items():
            yield from inner_fields(name, value, jsonata, machine)


def holds(case, claim):
    kind, name = claim.split(':', 1)
    definition = json.dumps(case['definition'])
    if kind == 'operator':
        return '"%s":' % name in definition
    if kind in ('intrinsic', 'intrinsic-error'):
        return name.split(':')[0].replace('any', 'States.') in definition
    if kind in ('field', 'expression'):
        return claim in case['fields']
    if kind == 'event':
        return any(event['type'] == name for event in case['expect'].get('events', []))
    return True


class Case:
    """Its file, its text as JSON, and what it covers, with "*" spelt out."""

    def __init__(self, path):
        self.path = path
        self.json = json.loads(read(path))
        machine = self.json['definition']
        self.json['fields'] = set(
            scope_fields(machine, 'Machine', machine.get('QueryLanguage') == 'JSONata'))
        self.covers = []
        for claim in self.json.get('covers', []):
            self.covers += self.spelt(*claim.split('*')) if '*' in claim else [claim]

    def spelt(self, kind, ending):
        return [name for name in self.json['fields']
                if name.startswith(kind) and name.endswith(ending) and
                name.split(':')[1].split('.')[0] not in ('Machine', 'Scope', 'Rule', 'Retry', 'Catch')]


def cases():
    if not hasattr(cases, 'all'):
        cases.all = [Case(path) for path in lint.all_files()
                     if path.startswith(CASES + '/') and path.endswith('.json')]
    return cases.all


# ---------------------------------------------------------------- rules

def uncovered(wanted):
    covered = {claim for case in cases() for claim in case.covers}
    covered |= {'trap:' + number for number in ELSEWHERE}
    for item in wanted():
        if item not in covered:
            yield '%s: no case' % item


def claims():
    known = set(operators() + intrinsics() + intrinsic_errors() + fields() + expressions() +
                events() + traps())
    for case in cases():
        for claim in case.covers:
            if claim not in known:
                yield '%s: there is no %s' % (case.path, claim)
            elif not holds(case.json, claim):
                yield '%s: it does not hold %s' % (case.path, claim)


def unit_tests():
    for number, (path, words) in ELSEWHERE.items():
        if not os.path.exists(os.path.join(lint.ROOT, path)) or words not in read(path):
            yield '%s: trap:%s was in %s' % (path, number, words)


def names():
    for case in cases():
        if case.path != '%s/%s.json' % (CASES, case.json['id']):
            yield '%s: its id is %s' % (case.path, case.json['id'])


# ---------------------------------------------------------------- JSONata

def jsonata_rows(table):
    return re.findall(r'^(?:JN_FUNCTION\("|X\()(\w+)', read('engine/query/jsonata/tbl/' + table), re.M)


def jsonata_functions():
    for name in jsonata_rows('functions.h'):
        path = '%s/functions/%s.json' % (JSONATA, name)
        if path not in lint.all_files():
            yield '$%s: no case' % name
            continue
        for case in json.loads(read(path)):
            if '$' + name not in case['expr']:
                yield '%s: %s is not about $%s' % (path, case['expr'], name)
    for name in jsonata_rows('functions_aws.h'):
        if '$%s(' % name not in read(JSONATA_AWS):
            yield '$%s: no case' % name


def jsonata_codes():
    seen = set(re.findall(r'"([DSTU]\d{4})"', read(JSONATA_AWS))) | JSONATA_UNREACHED
    for path in lint.all_files():
        if path.startswith(JSONATA + '/') and path.endswith('.json'):
            seen |= {case.get('code') for case in json.loads(read(path))}
    for code in jsonata_rows('errors.h'):
        if code not in seen:
            yield '%s: no case' % code


def rules(build):
    wanted = [('operator', operators), ('intrinsic function', intrinsics),
              ('error of an intrinsic function', intrinsic_errors), ('field', fields), ('field that may be an expression', expressions),
              ('event type', events), ('trap', traps)]
    return [('coverage: each %s has a case' % name, lambda items=items: uncovered(items))
            for name, items in wanted] + [
                ('coverage: cases hold what they cover', claims),
                ('coverage: unit tests have the traps of loading', unit_tests),
                ('coverage: an id is the path of its case', names),
                ('coverage: each function of JSONata has a case', jsonata_functions),
                ('coverage: each error code of JSONata has a case', jsonata_codes)]


if __name__ == '__main__':
    sys.exit(lint.run(['coverage'], 'build'))
