#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Tests of asl serve on the wire, as TAP: wire_test.py ASL PLUGIN [CASE]
#
# Every function test_* is a case, run in a folder of its own with servers that it starts. No verdict
# depends on time: what is waited for comes, or the suite's own limit ends it.
import datetime
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import traceback

ASL, PLUGIN = (os.path.realpath(path) for path in sys.argv[1:3])
JSON = 'application/x-amz-json-1.0'
MANY = int(os.environ.get('ASL_TEST_CONNECTIONS', '1000'))


# ------------------------------------------------------------------ helpers

class Skip(Exception):
    """A case cannot be tried here."""


class Server:
    """asl serve at a free port; a context that ends it."""

    def __init__(self, *arguments, store='store', environment=None):
        self.log = []
        self.process = subprocess.Popen(
            [ASL, 'serve', '--store', store, '--port', '0'] + list(arguments),
            stderr=subprocess.PIPE, text=True, env=dict(os.environ, **(environment or {})))
        self.port = self.await_line('listening')['port']

    def await_line(self, message):
        for line in self.process.stderr:
            self.log.append(line)
            if line.startswith('{') and json.loads(line)['message'] == message:
                return json.loads(line)
        raise AssertionError('no line %r but: %s' % (message, ''.join(self.log)))

    def connect(self):
        connection = socket.create_connection(('127.0.0.1', self.port))
        connection.settimeout(60)
        return connection

    def resident(self):
        """Megabytes of memory."""
        with open('/proc/%d/statm' % self.process.pid, encoding='ascii') as statm:
            return int(statm.read().split()[1]) * os.sysconf('SC_PAGESIZE') / 1e6

    def end(self, number=signal.SIGTERM):
        """The exit status."""
        self.process.send_signal(number)
        self.log += self.process.communicate()[1].splitlines(True)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.returncode is None:
            status = self.end()
            if kind is None:
                equal(status, 0)
        if kind is not None:
            print(''.join('# ' + line for line in self.log))


class Client(http.client.HTTPConnection):
    def __init__(self, server):
        super().__init__('127.0.0.1', server.port, timeout=60)

    def ask(self, action, body=b'{}', headers=None, method='POST', path='/'):
        """Status, headers and text of the answer."""
        everything = {'Content-Type': JSON, 'X-Amz-Target': 'AWSStepFunctions.' + action}
        everything.update(headers or {})
        self.request(method, path, body, everything)
        answer = self.getresponse()
        return answer.status, answer.headers, answer.read().decode()

    def refused(self, status, exception, action, body=b'{}', **more):
        """The message of a refusal."""
        got, _, text = self.ask(action, body, **more)
        answer = json.loads(text)
        equal((got, answer['__type'].split('#')[1]), (status, exception))
        return answer['message']


def ask(server, *arguments, **more):
    return Client(server).ask(*arguments, **more)


def is_alive(server):
    equal(ask(server, '', None, method='GET', path='/healthz')[::2], (200, 'ok\n'))


def equal(got, wanted):
    if got != wanted:
        raise AssertionError('%r is not %r' % (got, wanted))


def contains(text, part):
    if part not in text:
        raise AssertionError('%r has no %r' % (text, part))


def fails(status, *arguments, environment=None):
    """What a serve that does not begin says."""
    ended = subprocess.run([ASL, 'serve'] + list(arguments), stderr=subprocess.PIPE, text=True,
                           check=False, env=dict(os.environ, **(environment or {})))
    equal((ended.returncode, ended.stderr != ''), (status, True))
    return ended.stderr


def rest_of(connection):
    """All that comes before the other side ends."""
    got = b''
    try:
        while data := connection.recv(65536):
            got += data
    except ConnectionResetError:
        pass
    return got


def signed(key, secret, region, action, body=b'{}', at=None, service='states'):
    """Headers that sign such a request."""
    at = at or datetime.datetime.now(datetime.timezone.utc)
    date = at.strftime('%Y%m%dT%H%M%SZ')
    target = 'AWSStepFunctions.' + action
    names = 'content-type;host;x-amz-date;x-amz-target'
    canonical = '\n'.join(['POST', '/', '', 'content-type:' + JSON, 'host:here',
                           'x-amz-date:' + date, 'x-amz-target:' + target, '', names,
                           hashlib.sha256(body).hexdigest()])
    scope = '/'.join([date[:8], region, service, 'aws4_request'])
    text = '\n'.join(['AWS4-HMAC-SHA256', date, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    by = ('AWS4' + secret).encode()
    for part in scope.split('/') + [text]:
        by = hmac.digest(by, part.encode(), 'sha256')
    return {'Host': 'here', 'X-Amz-Date': date,
            'Authorization': 'AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s' %
                             (key, scope, names, by.hex())}


def write_keys():
    with open('keys', 'w', encoding='ascii') as file:
        file.write('# two tenants\nONE first 111111111111 us-east-1\n'
                   'TWO second 222222222222 eu-west-1\n')


# ------------------------------------------------------------------ requests and answers

def test_an_answer_has_the_headers_of_aws():
    with Server() as server:
        client = Client(server)
        ids = set()
        for _ in range(3):  # on one connection
            status, headers, text = client.ask('DescribeActivity')
            equal((status, headers['Content-Type']), (400, JSON))
            ids.add(headers['x-amzn-RequestId'])
            equal(json.loads(text)['__type'], 'com.amazon.coral.validate#ValidationException')
        equal(len(ids), 3)
        assert all(re.fullmatch('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', i) for i in ids)


def test_what_no_action_is_for_is_unknown():
    with Server() as server:
        client = Client(server)
        for more in [{'action': 'NoSuchAction'},
                     {'action': 'ListActivities', 'path': '/other'},
                     {'action': 'ListActivities', 'method': 'PUT'},
                     {'action': 'ListActivities', 'headers': {'Content-Type': 'text/plain'}},
                     {'action': 'ListActivities', 'headers': {'X-Amz-Target': 'ListActivities'}},
                     {'action': '', 'body': None, 'method': 'GET'}]:
            client.refused(404, 'UnknownOperationException', **more)


def test_a_content_type_may_have_parameters():
    with Server() as server:
        Client(server).refused(400, 'ValidationException', 'DescribeActivity',
                               headers={'Content-Type': 'Application/X-Amz-Json-1.0; charset=utf-8'})


def test_a_host_does_not_matter():
    with Server() as server:
        Client(server).refused(400, 'ValidationException', 'DescribeActivity',
                               headers={'Host': 'sync-localhost:8083'})


def test_what_is_no_json_is_refused():
    with Server() as server:
        client = Client(server)
        for body in [b'', b'{', b'{}{}', b'{"activityArn": "\xff"}', b'\xef\xbb\xbf{}', b'[' * 5000]:
            client.refused(400, 'SerializationException', 'DescribeActivity', body)


def test_pages_are_there():
    with Server() as server:
        is_alive(server)
        Client(server).refused(400, 'ValidationException', 'DescribeActivity')
        status, headers, text = ask(server, '', None, method='GET', path='/metrics')
        equal(status, 200)
        contains(headers['Content-Type'], 'text/plain')
        contains(text, 'asl_requests_total{action="DescribeActivity",status="4xx"} 1\n')
        for line in text.splitlines():
            assert re.fullmatch(r'# (HELP|TYPE) \w+ .*|\w+(\{[^{}]*\})? [-+.e\d]+', line), line
        equal(ask(server, '', None, method='HEAD', path='/healthz')[::2], (200, ''))


def test_a_request_is_a_line_in_the_log():
    with Server() as server:
        request = ask(server, 'DescribeActivity')[1]['x-amzn-RequestId']
        line = server.await_line('request')
        equal((line['requestId'], line['action'], line['status'], line['exception']),
              (request, 'DescribeActivity', 400, 'ValidationException'))
    with Server('--log-level', 'info') as server:
        pass
    contains(fails(2, '--log-level', 'loud'), 'loud')


# ------------------------------------------------------------------ clients that mean no good

def test_a_large_body_is_not_read():
    with Server() as server:
        connection = server.connect()
        connection.sendall(b'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 104857600'
                           b'\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\n\r\n' % JSON.encode())
        contains(rest_of(connection), b'HTTP/1.1 413')
        is_alive(server)


def test_a_large_body_in_chunks_is_dropped():
    with Server() as server:
        connection = server.connect()
        connection.sendall(b'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
        try:
            for _ in range(100):
                connection.sendall(b'100000\r\n' + b' ' * (1 << 20) + b'\r\n')
            raise AssertionError('100 MB were read')
        except (ConnectionResetError, BrokenPipeError):
            pass
        assert server.resident() < 100, server.resident()
        is_alive(server)


def test_a_body_that_is_a_little_too_large_is_told():
    with Server() as server:
        client = Client(server)
        client.refused(413, 'RequestEntityTooLargeException', 'ListActivities', b' ' * (3 << 20) + b'{}')
        client.refused(413, 'RequestEntityTooLargeException', 'ListActivities',
                       (b' ' * (1 << 20) for _ in range(4)))
        client.refused(400, 'ValidationException', 'DescribeActivity')


def test_large_headers_are_refused():
    with Server() as server:
        connection = server.connect()
        try:
            connection.sendall(b'POST / HTTP/1.1\r\nHost: x\r\n' + b'X-Y: %s\r\n' % (b'z' * 1000) * 100)
        except ConnectionError:
            pass
        contains(rest_of(connection), b'HTTP/1.1 431')
        is_alive(server)


def test_half_requests_keep_nobody_waiting():
    with Server() as server:
        head = b'POST / HTTP/1.1\r\nHost: x\r\n'
        halves = [b'', b'POST', head, head + b'Content-Length: 100\r\n\r\n{"a',
                  head + b'Transfer-Encoding: chunked\r\n\r\n5\r\nab']
        connections = [server.connect() for _ in halves]
        for connection, half in zip(connections, halves):
            connection.sendall(half)
        is_alive(server)
        for connection in connections:
            connection.close()
        is_alive(server)


def test_nonsense_is_survived():
    with Server() as server:
        for sent in [b'\0' * 100, b'\xff\xfe\r\n\r\n', b'GET\r\n\r\n', b'POST / HTTP/9.9\r\n\r\n',
                     b'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', b'\r\n' * 1000,
                     b'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n']:
            connection = server.connect()
            connection.sendall(sent)
            connection.close()
            is_alive(server)


def test_idle_connections_cost_little():
    with Server() as server:
        is_alive(server)
        before = server.resident()
        connections = [server.connect() for _ in range(MANY)]
        is_alive(server)
        cost = (server.resident() - before) / MANY
        assert cost < 0.06, cost
        for connection in connections:
            connection.close()
        is_alive(server)


def test_who_is_idle_longest_makes_room():
    with Server('--max-connections', '4') as server:
        connections = [server.connect() for _ in range(20)]
        is_alive(server)
        equal(rest_of(connections[0]), b'')
        is_alive(server)


# ------------------------------------------------------------------ who may come in

def test_a_public_address_needs_keys():
    contains(fails(2, '--bind', '0.0.0.0'), '--auth sigv4')
    contains(fails(2, '--bind', '::'), '--auth sigv4')
    with Server('--bind', '0.0.0.0', '--insecure') as server:
        is_alive(server)
    write_keys()
    with Server('--bind', '0.0.0.0', '--auth', 'sigv4', '--keys', 'keys') as server:
        is_alive(server)


def test_options_that_belong_together():
    write_keys()
    fails(2, '--auth', 'sigv4')
    fails(2, '--keys', 'keys')
    fails(2, '--auth', 'none', '--keys', 'keys')
    fails(2, '--tls-cert', 'keys')
    contains(fails(2, '--auth', 'sigv4', '--keys', 'missing'), 'missing')
    with open('bad', 'w', encoding='ascii') as file:
        file.write('ONE\n')
    contains(fails(2, '--auth', 'sigv4', '--keys', 'bad'), 'line 1')


def test_a_signature_is_needed():
    write_keys()
    with Server('--auth', 'sigv4', '--keys', 'keys') as server:
        client = Client(server)
        client.refused(400, 'MissingAuthenticationTokenException', 'DescribeActivity')
        good = signed('ONE', 'first', 'us-east-1', 'DescribeActivity')
        client.refused(400, 'ValidationException', 'DescribeActivity', headers=good)
        client.refused(400, 'InvalidSignatureException', 'DescribeActivity', b'{} ', headers=good)
        client.refused(400, 'InvalidSignatureException', 'ListActivities', headers=good)
        client.refused(400, 'InvalidSignatureException', 'DescribeActivity',
                       headers=signed('ONE', 'second', 'us-east-1', 'DescribeActivity'))
        client.refused(400, 'InvalidSignatureException', 'DescribeActivity',
                       headers=signed('ONE', 'first', 'us-east-1', 'DescribeActivity', service='sns'))
        client.refused(400, 'UnrecognizedClientException', 'DescribeActivity',
                       headers=signed('WHO', 'first', 'us-east-1', 'DescribeActivity'))
        old = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=10)
        contains(client.refused(400, 'InvalidSignatureException', 'DescribeActivity',
                                headers=signed('ONE', 'first', 'us-east-1', 'DescribeActivity', at=old)),
                 'Signature expired: ')
    assert os.path.exists('store/111111111111.us-east-1/data.mdb')
    assert os.path.exists('store/222222222222.eu-west-1/data.mdb')


def test_what_boto3_signs_is_signed():
    try:
        import boto3  # pylint: disable=import-outside-toplevel
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
    except ImportError as missing:
        raise Skip('boto3 is not installed') from missing
    write_keys()
    with Server('--auth', 'sigv4', '--keys', 'keys') as server:
        def client(secret, **more):
            return boto3.client('stepfunctions', endpoint_url='http://127.0.0.1:%d' % server.port,
                                region_name='us-east-1', aws_access_key_id='ONE',
                                aws_secret_access_key=secret, **more)
        for token in [None, 'a session token']:
            equal(client('first', aws_session_token=token).list_activities()['activities'], [])
        try:
            client('second').list_activities()
            raise AssertionError('a wrong secret was accepted')
        except ClientError as refused:
            equal(refused.response['Error']['Code'], 'InvalidSignatureException')


def test_tls_by_certificate_and_key():
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem',
                    '-out', 'cert.pem', '-days', '1', '-subj', '/CN=localhost', '-addext',
                    'subjectAltName=IP:127.0.0.1'], check=True, stderr=subprocess.DEVNULL)
    with Server('--tls-cert', 'cert.pem', '--tls-key', 'key.pem') as server:
        connection = http.client.HTTPSConnection(
            '127.0.0.1', server.port, context=ssl.create_default_context(cafile='cert.pem'))
        for _ in range(2):
            connection.request('GET', '/healthz')
            equal(connection.getresponse().read(), b'ok\n')
        half = server.connect()
        half.sendall(b'\x16\x03\x01')
        connection.request('GET', '/healthz')
        equal(connection.getresponse().read(), b'ok\n')
    contains(fails(2, '--port', '0', '--tls-cert', 'key.pem', '--tls-key', 'cert.pem'), 'pair')


# ------------------------------------------------------------------ those that wait long

ROLE = 'arn:aws:iam::123456789012:role/any'


def do(server, action, **members):
    """The output of an action that succeeds."""
    status, _, text = ask(server, action, json.dumps(members).encode())
    equal((status, text if status != 200 else ''), (200, ''))
    return json.loads(text)


def work_of(server):
    """The ARNs of an activity, and of a machine whose executions are its tasks."""
    activity = do(server, 'CreateActivity', name='work')['activityArn']
    definition = {'StartAt': 'Work', 'States': {'Work': {'Type': 'Task', 'Resource': activity, 'End': True}}}
    machine = do(server, 'CreateStateMachine', name='working', roleArn=ROLE, definition=json.dumps(definition))
    return activity, machine['stateMachineArn']


def wait_for_task(server, activity):
    """A connection on which a worker waits."""
    body = json.dumps({'activityArn': activity})
    connection = server.connect()
    connection.sendall(('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nX-Amz-Target: AWSStepFunctions.'
                        'GetActivityTask\r\nContent-Length: %d\r\n\r\n%s' % (JSON, len(body), body)).encode())
    return connection


def waiting(server):
    """How many calls the server has for handlers."""
    text = ask(server, '', None, method='GET', path='/metrics')[2]
    return int(re.search(r'^asl_calls_waiting (\d+)$', text, re.M).group(1))


def test_workers_that_wait_keep_nobody_waiting():
    with Server() as server:
        activity, machine = work_of(server)
        workers = [wait_for_task(server, activity) for _ in range(min(MANY, 1000))]
        while waiting(server) < len(workers):
            pass
        Client(server).refused(400, 'ActivityWorkerLimitExceeded', 'GetActivityTask',
                               json.dumps({'activityArn': activity}).encode())
        execution = do(server, 'StartExecution', stateMachineArn=machine)['executionArn']
        contains(workers[0].recv(65536), b'"taskToken"')  # who waits longest
        equal(waiting(server), len(workers) - 1)
        equal(do(server, 'DescribeExecution', executionArn=execution)['status'], 'RUNNING')
        equal(server.end(), 0)
        for worker in workers[1:]:
            contains(rest_of(worker), b'\r\n\r\n{}')


def test_a_worker_that_left_gets_no_task():
    with Server() as server:
        activity, machine = work_of(server)
        gone = wait_for_task(server, activity)
        while waiting(server) < 1:
            pass
        gone.close()
        while waiting(server) > 0:
            pass
        behind = wait_for_task(server, activity)  # with another request behind its own
        behind.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
        while waiting(server) < 1:
            pass
        behind.close()
        while waiting(server) > 0:
            pass
        do(server, 'StartExecution', stateMachineArn=machine)
        contains(do(server, 'GetActivityTask', activityArn=activity)['input'], '{}')


def test_executions_go_on_after_a_restart():
    with Server() as server:
        activity, machine = work_of(server)
        execution = do(server, 'StartExecution', stateMachineArn=machine)['executionArn']
    with Server() as server:
        token = do(server, 'GetActivityTask', activityArn=activity)['taskToken']
        do(server, 'SendTaskSuccess', taskToken=token, output='[1]')
    with Server() as server:
        equal(do(server, 'DescribeExecution', executionArn=execution)['output'], '[1]')


def test_executions_start_others_of_the_registry():
    with Server() as server:
        child = {'StartAt': 'P', 'States': {'P': {'Type': 'Pass', 'Result': 'done', 'End': True}}}
        child = do(server, 'CreateStateMachine', name='child', roleArn=ROLE, definition=json.dumps(child),
                   publish=True)['stateMachineVersionArn']
        task = {'Type': 'Task', 'Resource': 'arn:aws:states:::states:startExecution.sync:2',
                'Parameters': {'StateMachineArn': child}, 'OutputPath': '$.Output', 'End': True}
        machine = do(server, 'CreateStateMachine', name='parent', roleArn=ROLE,
                     definition=json.dumps({'StartAt': 'T', 'States': {'T': task}}))['stateMachineArn']
        execution = do(server, 'StartExecution', stateMachineArn=machine)['executionArn']
        while (got := do(server, 'DescribeExecution', executionArn=execution))['status'] == 'RUNNING':
            pass
        equal(got['output'], '"done"')


def test_a_synchronous_execution_does_not_hold_up_the_end():
    with Server() as server:
        definition = {'StartAt': 'W', 'States': {'W': {'Type': 'Wait', 'Seconds': 200, 'End': True}}}
        machine = do(server, 'CreateStateMachine', name='w', roleArn=ROLE, type='EXPRESS',
                     definition=json.dumps(definition))['stateMachineArn']
        client = Client(server)
        client.request('POST', '/', json.dumps({'stateMachineArn': machine}),
                       {'Content-Type': JSON, 'X-Amz-Target': 'AWSStepFunctions.StartSyncExecution'})
        while waiting(server) < 1:
            pass
        equal(server.end(), 0)
        equal(client.getresponse().status, 503)


def test_tenants_do_not_see_each_other():
    write_keys()

    def as_tenant(key, secret, region, action, **members):
        body = json.dumps(members).encode()
        status, _, text = ask(server, action, body, headers=signed(key, secret, region, action, body))
        return status, json.loads(text)

    with Server('--auth', 'sigv4', '--keys', 'keys') as server:
        one, two = ('ONE', 'first', 'us-east-1'), ('TWO', 'second', 'eu-west-1')
        status, made = as_tenant(*one, 'CreateActivity', name='mine')
        equal((status, made['activityArn']), (200, 'arn:aws:states:us-east-1:111111111111:activity:mine'))
        equal(len(as_tenant(*one, 'ListActivities')[1]['activities']), 1)
        equal(as_tenant(*two, 'ListActivities')[1]['activities'], [])
        equal(as_tenant(*two, 'DescribeActivity', activityArn=made['activityArn'])[0], 400)


def test_waits_take_their_share_of_time():
    with Server(environment={'WAIT_TIME_SCALE': '0.00001', 'AWS_ACCOUNT_ID': '999999999999',
                             'AWS_DEFAULT_REGION': 'eu-north-1'}) as server:
        definition = {'StartAt': 'W', 'States': {'W': {'Type': 'Wait', 'Seconds': 3600, 'End': True}}}
        machine = do(server, 'CreateStateMachine', name='w', roleArn=ROLE, definition=json.dumps(definition))
        contains(machine['stateMachineArn'], ':eu-north-1:999999999999:')
        execution = do(server, 'StartExecution', stateMachineArn=machine['stateMachineArn'])['executionArn']
        while do(server, 'DescribeExecution', executionArn=execution)['status'] == 'RUNNING':
            pass
    contains(fails(2, environment={'WAIT_TIME_SCALE': 'fast'}), 'WAIT_TIME_SCALE')


def test_executions_log_what_their_machine_wants():
    group = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/states/group:*'
    logging = {'level': 'ALL', 'includeExecutionData': True,
               'destinations': [{'cloudWatchLogsLogGroup': {'logGroupArn': group}}]}
    definition = json.dumps({'StartAt': 'P', 'States': {'P': {'Type': 'Pass', 'End': True}}})
    with Server('--log-dir', 'logs') as server:
        for name, level, kind in [('all', 'ALL', 'STANDARD'), ('few', 'ERROR', 'STANDARD'),
                                  ('fast', 'ALL', 'EXPRESS')]:
            machine = do(server, 'CreateStateMachine', name=name, roleArn=ROLE, definition=definition, type=kind,
                         loggingConfiguration=dict(logging, level=level))['stateMachineArn']
            do(server, 'StartSyncExecution' if kind == 'EXPRESS' else 'StartExecution', stateMachineArn=machine,
               input='[7]')
        machine = do(server, 'CreateStateMachine', name='none', roleArn=ROLE, definition=definition)
        do(server, 'StartExecution', stateMachineArn=machine['stateMachineArn'])
    with open('logs/aws.states.group.log', encoding='utf-8') as file:
        records = [json.loads(line) for line in file]
    whole = ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded']
    equal(sorted(record['type'] for record in records), sorted(whole * 2))
    equal({record['execution_arn'].split(':')[6] for record in records}, {'all', 'fast'})
    equal(records[0]['details']['input'], '[7]')
    equal(os.listdir('logs'), ['aws.states.group.log'])


# ------------------------------------------------------------------ its life

def test_signals_end_it_in_order():
    for number in [signal.SIGTERM, signal.SIGINT]:
        with Server() as server:
            idle, half = server.connect(), server.connect()
            half.sendall(b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{')
            is_alive(server)
            equal(server.end(number), 0)
            equal((rest_of(idle), rest_of(half)), (b'', b''))


def test_a_handler_that_hangs_does_not_hold_up_the_end():
    with Server('--handlers', PLUGIN) as server:
        task = {'Type': 'Task', 'Resource': 'arn:aws:lambda:us-east-1:123456789012:function:hang', 'End': True}
        machine = do(server, 'CreateStateMachine', name='hangs', roleArn=ROLE,
                     definition=json.dumps({'StartAt': 'T', 'States': {'T': task}}))['stateMachineArn']
        execution = do(server, 'StartExecution', stateMachineArn=machine)['executionArn']
        while 'LambdaFunctionStarted' not in ask(server, 'GetExecutionHistory',
                                                 json.dumps({'executionArn': execution}).encode())[2]:
            pass
        equal(server.end(), 0)
    with Server() as server:
        equal(do(server, 'DescribeExecution', executionArn=execution)['status'], 'RUNNING')


def test_metrics_count_what_executions_do():
    with Server() as server:
        activity = do(server, 'CreateActivity', name='work')['activityArn']
        task = {'Type': 'Task', 'Resource': activity, 'End': True,
                'Retry': [{'ErrorEquals': ['Again'], 'IntervalSeconds': 1, 'MaxAttempts': 1}]}
        machine = do(server, 'CreateStateMachine', name='retries', roleArn=ROLE,
                     definition=json.dumps({'StartAt': 'T', 'States': {'T': task}}))['stateMachineArn']
        for error in ['Again', 'No']:
            do(server, 'StartExecution', stateMachineArn=machine)
            token = do(server, 'GetActivityTask', activityArn=activity)['taskToken']
            do(server, 'SendTaskFailure', taskToken=token, error=error)
        token = do(server, 'GetActivityTask', activityArn=activity)['taskToken']
        execution = do(server, 'StartExecution', stateMachineArn=machine)['executionArn']
        do(server, 'StopExecution', executionArn=execution)
        do(server, 'SendTaskSuccess', taskToken=token, output='1')
        text = ask(server, '', None, method='GET', path='/metrics')[2]
        for line in ['asl_executions_started_total 3', 'asl_executions_succeeded_total 1',
                     'asl_executions_failed_total 1', 'asl_executions_aborted_total 1',
                     'asl_executions_timed_out_total 0', 'asl_executions_running 0',
                     'asl_state_transitions_total{type="Task"} 3', 'asl_task_retries_total 1',
                     'asl_task_duration_seconds_count 3']:
            contains(text, '\n' + line + '\n')
        assert float(re.search(r'^asl_store_bytes (\S+)$', text, re.M).group(1)) > 0


def test_a_port_in_use_is_told():
    with Server() as server:
        contains(fails(5, '--store', 'other', '--port', str(server.port)), 'in use')
    contains(fails(2, '--bind', 'no.such.name.invalid', '--insecure'), 'no.such.name.invalid')


def test_a_store_in_use_is_told():
    with Server() as server:
        contains(fails(5, '--store', 'store', '--port', '0'), str(server.process.pid))


# ------------------------------------------------------------------ running them

def main():
    cases = [(name, case) for name, case in globals().items() if name.startswith('test_')]
    wanted = sys.argv[3] if len(sys.argv) > 3 else ''
    cases = [(name, case) for name, case in cases if wanted in name]
    failures = 0
    print('1..%d' % len(cases))
    for number, (name, case) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            skipped = ''
            try:
                case()
                verdict = 'ok'
            except Skip as why:
                verdict, skipped = 'ok', ' # SKIP %s' % why
            except Exception:  # pylint: disable=broad-except
                print('# ' + traceback.format_exc().replace('\n', '\n# '))
                verdict = 'not ok'
                failures += 1
            os.chdir('/')
        print('%s %d - %s%s' % (verdict, number, name[5:].replace('_', ' '), skipped), flush=True)
    return failures > 0


sys.exit(main())
