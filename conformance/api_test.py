#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The runner of API recordings itself, against a server made here that gives canned answers: what it
# sends, what it compares, and its verdict.
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading

RUNNER = sys.argv[1]
MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:m'


class Canned(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen, polls = [], 0

    def log_message(self, *args):
        pass

    def do_POST(self):
        action = self.headers['X-Amz-Target'].removeprefix('AWSStepFunctions.')
        params = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        Canned.seen.append((action, params))
        status, answer = getattr(self, action)(params)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def CreateStateMachine(self, params):
        return 200, {'stateMachineArn': MACHINE, 'creationDate': 1.5}

    def DeleteStateMachine(self, params):
        return 200, {}

    def DescribeExecution(self, params):
        Canned.polls += 1
        return 200, {'status': 'RUNNING' if Canned.polls % 3 else 'SUCCEEDED'}

    def DescribeStateMachine(self, params):
        if params['stateMachineArn'] == 'new':
            return 200, {'stateMachineArn': 'new', 'encryptionConfiguration': {'type': 'x'}}
        if params['stateMachineArn'] != MACHINE:
            return 400, {'__type': 'some.where#InvalidArn', 'message': "Invalid Arn: 'x'"}
        return 200, {'stateMachineArn': MACHINE, 'definition': '{"A": [1, "x"]}'}

    def TestState(self, params):
        if json.loads(params['definition'])['Type'] != 'Pass':
            return 400, {'__type': 'ValidationException', 'message': 'no'}
        return 200, {'status': 'SUCCEEDED', 'output': params['input']}

    def ValidateStateMachineDefinition(self, params):
        good = params['definition'].startswith('{')
        return 200, {'result': 'OK' if good else 'FAIL', 'diagnostics': [], 'truncated': False}


def case(kind, name, **more):
    return {'id': 'made/' + name, 'kind': kind, 'needs': [], 'placeholders': [], **more}


def script(name, *calls):
    keys = 'call', 'params', 'expect', 'poll'
    return case('api', name, script=[dict(zip(keys, call)) for call in calls])


class Runner:
    def __init__(self, endpoint):
        self.endpoint, self.count = endpoint, 0

    def check(self, name, cases, status, text, *options):
        del Canned.seen[:]
        Canned.polls = 0
        with tempfile.TemporaryDirectory() as folder:
            for i, one in enumerate(cases):
                with open(os.path.join(folder, '%d.json' % i), 'w') as out:
                    json.dump(one, out)
            ran = subprocess.run([RUNNER, '--endpoint', self.endpoint, *options, folder], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.tell(name, ran.returncode == status and text in ran.stdout,
                  'exit status %d\n%s' % (ran.returncode, ran.stdout))

    def tell(self, name, good, why=''):
        self.count += 1
        print('%sok %d - %s' % ('' if good else 'not ', self.count, name))
        if not good:
            print(''.join('# %s\n' % line for line in why.splitlines()), end='')


def main():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Canned)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run = Runner('http://127.0.0.1:%d' % server.server_port)
    made = ('CreateStateMachine', {'name': 'm'},
            {'stateMachineArn': 'arn:<partition>:states:<region>:111111111111:stateMachine:'
                                '<ArnPart_0idx>', 'creationDate': 'datetime'})

    run.check('a script that is answered as it was passes, texts decoded', [script(
        'right', made, ('DescribeStateMachine', {'stateMachineArn': '${0.stateMachineArn}'},
                        {'stateMachineArn': MACHINE, 'definition': {'A': [1, 'x']}}))],
        0, '1 passed, 0 failed, 0 skipped')
    run.tell('an earlier answer takes the place of its reference',
             ('DescribeStateMachine', {'stateMachineArn': MACHINE}) in Canned.seen, str(Canned.seen))
    run.tell('what a script made is deleted at an endpoint',
             Canned.seen[-1] == ('DeleteStateMachine', {'stateMachineArn': MACHINE}),
             str(Canned.seen))
    run.check('another answer fails and names the call', [script(
        'wrong', ('DescribeStateMachine', {'stateMachineArn': MACHINE},
                  {'stateMachineArn': MACHINE, 'definition': {'A': [2, 'x']}}))],
        1, 'made/wrong: /0/definition/A/0, expected 2, got 1', '--list-failures')
    run.check('a member more fails', [script(
        'more', ('DescribeStateMachine', {'stateMachineArn': MACHINE},
                 {'stateMachineArn': MACHINE}))],
        1, 'made/more: /0/definition, expected nothing', '--list-failures')
    error = {'Code': 'InvalidArn', 'Message': "Invalid Arn: 'x'"}
    older = {'aws': {'validated': '2023-08-08T10:43:56+00:00'}}
    added = ('DescribeStateMachine', {'stateMachineArn': 'new'}, {'stateMachineArn': 'new'})
    run.check('a member that AWS has added since fails in later recordings only', [
        {**script('older', added), **older}, script('undated', added)],
        1, 'made/undated: /0/encryptionConfiguration', '--list-failures')
    run.check('an error is compared by code and message, and by status where there is one', [
        script('error', ('DescribeStateMachine', {'stateMachineArn': 'x'}, {'error': error})),
        script('status', ('DescribeStateMachine', {'stateMachineArn': 'x'},
                          {'error': {**error, 'HTTPStatusCode': 400}})),
        script('any', ('DescribeStateMachine', {'stateMachineArn': 'x'}, {'error': {}}))],
        0, '3 passed')
    run.check('another message fails', [script(
        'text', ('DescribeStateMachine', {'stateMachineArn': 'x'},
                 {'error': {**error, 'Message': 'y'}}))], 1, '/0/error/Message', '--list-failures')
    run.check('an error where none was fails', [script(
        'fails', ('DescribeStateMachine', {'stateMachineArn': 'x'}))],
        1, 'made/fails: /0, expected nothing, got {"error":', '--list-failures')
    run.check('a poll goes on until it holds', [script(
        'poll', ('DescribeExecution', {}, {'status': 'SUCCEEDED'}, 'await_execution_success'))],
        0, '1 passed')
    run.tell('and no longer', len(Canned.seen) == 3, str(Canned.seen))
    run.check('what a client library refused is not asked', [script(
        'client', ('NoSuchAction', {}, {'error': {'Code': 'ParamValidationError',
                                                  'client_side': True}}))], 0, '1 passed')
    run.tell('the server saw nothing', not Canned.seen, str(Canned.seen))

    tested = {'definition': {'Type': 'Pass'}, 'input': {'a': 1}, 'request': {'roleArn': 'r'}}
    run.check('a state is tested', [
        case('test-state', 'state', **tested,
             expect={'status': 'SUCCEEDED', 'response': {'status': 'SUCCEEDED', 'output': {'a': 1}}}),
        case('test-state', 'refused', **{**tested, 'definition': {'Type': 'Task'}},
             expect={'error_response': {'Code': 'ValidationException', 'Message': 'no',
                                        'HTTPStatusCode': 400}})], 0, '2 passed')
    run.tell('with the rest of its request as it was', Canned.seen[0][1]['roleArn'] == 'r')
    run.check('one that needs a service is skipped', [
        {**case('test-state', 'live', **tested, expect={}), 'needs': ['live-service']}],
        0, '# SKIP live-service', '--tap')
    run.check('a definition is validated, one that is no JSON too', [
        case('validate', 'good', definition={'A': 1}, type='STANDARD',
             expect={'result': 'OK', 'diagnostics': [], 'truncated': False}),
        case('validate', 'text', definition='no', type='EXPRESS',
             expect={'result': 'FAIL', 'diagnostics': [], 'truncated': False})], 0, '2 passed')
    run.check('no server is no verdict', [script('none', made)], 1,
              'no answer to call 0', '--list-failures', '--endpoint', 'http://127.0.0.1:1')
    print('1..%d' % run.count)


main()
