#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Bookings by boto3: booking.py ENDPOINT. It prints what expected.txt has.
import json
import os
import sys
import time
import urllib.request

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
# StartSyncExecution and TestState have a host of their own, sync-HOST: not here.
sfn = boto3.client('stepfunctions', endpoint_url=ENDPOINT, region_name='us-east-1',
                   config=Config(inject_host_prefix=False))


def end_of(execution):
    while True:
        told = sfn.describe_execution(executionArn=execution)
        if told['status'] != 'RUNNING':
            print(told['name'], told['status'], told.get('output') or told['error'])
            return
        time.sleep(0.1)


def pay():
    """The desk: takes the next booking that waits for its payment, and reports the payment."""
    task = sfn.get_activity_task(activityArn=payments)
    sfn.send_task_success(taskToken=task['taskToken'], output='{"amount": 120}')


def redrive(execution):
    """boto3 has it from 1.29 on; Debian 12's is older."""
    if hasattr(sfn, 'redrive_execution'):
        sfn.redrive_execution(executionArn=execution)
        return
    urllib.request.urlopen(urllib.request.Request(
        ENDPOINT, json.dumps({'executionArn': execution}).encode(),
        {'Content-Type': 'application/x-amz-json-1.0',
         'X-Amz-Target': 'AWSStepFunctions.RedriveExecution'})).close()


payments = sfn.create_activity(name='payments')['activityArn']
with open(os.path.join(os.path.dirname(__file__), 'booking.asl.json')) as definition:
    machine = sfn.create_state_machine(
        name='booking', definition=definition.read(),
        roleArn='arn:aws:iam::123456789012:role/booking')['stateMachineArn']
print(machine)

first = sfn.start_execution(stateMachineArn=machine, name='first',
                            input='{"apartment": "a-101"}')['executionArn']
pay()
end_of(first)

second = sfn.start_execution(stateMachineArn=machine, name='second',
                             input='{"apartment": "a-102"}')['executionArn']
sfn.stop_execution(executionArn=second, error='Guest.Left')
end_of(second)
for page in sfn.get_paginator('list_executions').paginate(stateMachineArn=machine,
                                                          statusFilter='ABORTED'):
    for execution in page['executions']:
        print(execution['name'])

redrive(second)
pay()
end_of(second)
print(*[event['type'] for page in sfn.get_paginator('get_execution_history').paginate(
    executionArn=second) for event in page['events'] if event['type'].startswith('Execution')])
