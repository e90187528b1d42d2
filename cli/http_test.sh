#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests of tasks that are done by HTTP with the asl command, as TAP: http_test.sh ASL
#
# Every function test_* is a case, run in a folder of its own. Each has a server of its own.
asl=$(realpath "$1")
self=$(realpath "$0")
. "$(dirname "$self")/test_kit.sh"
export no_proxy='*'
unset AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
    AWS_CA_BUNDLE

# ------------------------------------------------------------------ helpers

# machine RESOURCE PARAMETERS: one task, in task.asl.json
machine() {
    printf '{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"%s","Parameters":%s,"End":true}}}' \
        "$1" "$2" >task.asl.json
}
function=arn:aws:lambda:us-east-1:123456789012:function:work

# Answers every request with 200 and what it was: method, path, X-Amz-Target, signature's key, body.
write_definitions() {
    cat >server.py <<'END'
import http.server, json, ssl, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
        auth = self.headers.get('Authorization', '')
        answer = json.dumps({'method': self.command, 'path': self.path, 'body': body,
                             'target': self.headers.get('X-Amz-Target', ''), 'auth': auth,
                             'key': self.headers.get('X-Key', '')}).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    do_GET = do_POST

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
END
    mkfifo port
    start_server http
}

# start_server SCHEME [CERTIFICATE KEY]: sets url
start_server() {
    scheme=$1
    shift
    python3 server.py "$@" >port 2>/dev/null &
    servers="${servers-} $!"
    trap 'kill $servers' EXIT
    read -r port <port
    url=$scheme://127.0.0.1:$port
}

# ------------------------------------------------------------------ cases

test_a_lambda_function_is_invoked_at_the_endpoint() {
    machine $function '{"a": 1}'
    expect 0 run task.asl.json --lambda-endpoint "$url"
    has out '"path":"/2015-03-31/functions/work/invocations"' '"body":"{\"a\":1}"'
}

test_a_handler_goes_before_the_endpoint() {
    machine $function '{"a": 1}'
    expect 0 run task.asl.json --lambda-endpoint "$url" --exec work=cat
    is_output '{"a":1}'
}

test_a_service_is_asked_at_its_endpoint() {
    machine arn:aws:states:::aws-sdk:sqs:sendMessage '{"QueueUrl": "q", "MessageBody": "m"}'
    AWS_ACCESS_KEY_ID=AK AWS_SECRET_ACCESS_KEY=SK AWS_REGION=eu-west-3 \
        expect 0 run task.asl.json --endpoint "sqs=$url"
    has out '"Target":"AmazonSQS.SendMessage"' 'Credential=AK/' '/eu-west-3/sqs/'
}

test_a_connection_is_read_from_its_file() {
    machine arn:aws:states:::http:invoke '{"ApiEndpoint": "'"$url"'/x", "Method": "GET",
        "Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:1:connection/shop/1"}}'
    expect 1 run task.asl.json
    has err Events.ConnectionResource.ResourceNotFound
    echo '{"shop": {"AuthorizationType": "API_KEY", "AuthParameters": {"ApiKeyAuthParameters":
        {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"}}}}' >connections.json
    expect 0 run task.asl.json --connections connections.json
    has out '"key":"secret"' '"StatusCode":200'
}

test_https_trusts_whom_it_is_told_to() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=x \
        -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    start_server https cert.pem key.pem
    machine $function '{}'
    expect 1 run task.asl.json --lambda-endpoint "$url"
    has err Lambda.SdkClientException certificate
    AWS_CA_BUNDLE=cert.pem expect 0 run task.asl.json --lambda-endpoint "$url"
}

test_a_wrong_endpoint_is_told() {
    machine $function '{}'
    expect 2 run task.asl.json --endpoint sqs
    has err '--endpoint needs SERVICE=URL'
    expect 2 run task.asl.json --endpoint "sqss=$url"
    has err "there is no way to service 'sqss'" dynamodb
    expect 2 run task.asl.json --lambda-endpoint localhost:3001
    has err 'begins with http:// or https://'
    echo '[]' >connections.json
    expect 2 run task.asl.json --connections connections.json
    has err 'connections are an object'
}

test_what_has_no_endpoint_is_refused_at_the_start() {
    machine arn:aws:states:::sqs:sendMessage '{}'
    expect 2 run task.asl.json --endpoint "sns=$url"
    has err "no handler is registered for 'sqs:sendMessage'"
}

test_the_endpoint_is_told_to_who_resumes() {
    machine arn:aws:states:::lambda:invoke.waitForTaskToken '{"FunctionName": "work"}'
    expect 75 run task.asl.json --store s --lambda-endpoint "$url"
    has err "--lambda-endpoint $url"
}

# call ACTION JSON: asks the server of serve
call() {
    python3 - "$serving" "$1" "$2" <<'END'
import sys, urllib.error, urllib.request
port, action, body = sys.argv[1:]
request = urllib.request.Request('http://127.0.0.1:%s/' % port, body.encode(), {
    'X-Amz-Target': 'AWSStepFunctions.' + action, 'Content-Type': 'application/x-amz-json-1.0'})
try:
    print(urllib.request.urlopen(request, timeout=60).read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())
END
}

# begin MACHINE NAME: an execution; end NAME: waits for its end
begin() {
    call StartExecution '{"stateMachineArn": "'"$machine$1"'", "name": "'"$2"'", "input": "{}"}'
}
end() {
    while call DescribeExecution \
        '{"executionArn": "arn:aws:states:us-east-1:123456789012:execution:m:'"$1"'"}' >out &&
        grep -q RUNNING out; do sleep 0.05; done
    cat out
}

# start_serving [VARIABLE=VALUE...]
start_serving() {
    env "$@" "$asl" serve --store s --port 0 2>log &
    servers="$servers $!"
    until grep -q '"port":' log; do sleep 0.05; done
    serving=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' log | head -n 1)
}

test_serve_traces_http_for_teststate() {
    "$asl" serve --help >/dev/null 2>&1 || return 0 # built without a server
    start_serving
    call TestState '{"inspectionLevel": "TRACE", "roleArn": "arn:aws:iam::123456789012:role/r", "definition":
        "{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::http:invoke\",\"End\":true,\"Parameters\":{\"Method\":\"GET\",\"ApiEndpoint\":\"'"$url"'/x\"}}"}' >out
    cat out
    has out '"status":"SUCCEEDED"' '"method":"GET"' "\"url\":\"$url/x\"" '"statusCode":"200"' \
        'Amazon|StepFunctions|HttpInvoke'
}

test_requests_are_signed_as_aws_signs_them() {
    "$asl" serve --help >/dev/null 2>&1 || return 0 # built without a server
    echo 'AKID secret 123456789012 us-east-1' >keys
    "$asl" serve --store t --port 0 --auth sigv4 --keys keys 2>log2 &
    servers="$servers $!"
    until grep -q '"port":' log2; do sleep 0.05; done
    signed=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' log2 | head -n 1)
    machine arn:aws:states:::aws-sdk:sfn:listStateMachines '{"MaxResults": 7}'
    AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=t \
        expect 0 run task.asl.json --endpoint "sfn=http://127.0.0.1:$signed"
    is_output '{"StateMachines":[]}'
    AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=other \
        expect 1 run task.asl.json --endpoint "sfn=http://127.0.0.1:$signed"
    has err Sfn.SfnException 'does not match the signature'
}

test_serve_takes_the_environment_of_step_functions_local() {
    "$asl" serve --help >/dev/null 2>&1 || return 0 # built without a server
    cat >mock.json <<'END'
{"StateMachines": {"m": {"TestCases": {"ok": {"T": "R"}}}},
 "MockedResponses": {"R": {"0": {"Return": "mocked"}}}}
END
    start_serving "LAMBDA_ENDPOINT=$url" SFN_MOCK_CONFIG=mock.json
    machine=arn:aws:states:us-east-1:123456789012:stateMachine:m
    call CreateStateMachine '{"name": "m", "roleArn": "arn:aws:iam::123456789012:role/r", "definition":
        "{\"StartAt\":\"T\",\"States\":{\"T\":{\"Type\":\"Task\",\"Resource\":\"'"$function"'\",\"End\":true}}}"}'
    begin '#ok' mocked
    end mocked
    has out '"output":"\"mocked\""'
    begin '' real
    end real
    has out '/2015-03-31/functions/work/invocations'
    begin '#none' refused >out
    has out ValidationException "the mock file has no test case 'none'; it has: ok"
}

run_cases "${2-}"
