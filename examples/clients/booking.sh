#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Bookings by the AWS CLI: booking.sh ENDPOINT. It prints what expected.txt has.
set -eu
cd "$(dirname "$0")"
endpoint=$1

sfn() {
    aws stepfunctions --endpoint-url "$endpoint" --output text "$@"
}

end_of() {
    while told=$(sfn describe-execution --execution-arn "$1" \
        --query "join(' ', [name, status, output || error || ''])") && [ "${told#* }" = 'RUNNING ' ]
    do sleep 0.1; done
    echo "$told"
}

# The desk: takes the next booking that waits for its payment, and reports the payment.
pay() {
    token=$(sfn get-activity-task --activity-arn "$payments" --query taskToken)
    sfn send-task-success --task-token "$token" --task-output '{"amount": 120}'
}

# The AWS CLI has redrive-execution from 2.13.37 on; Debian 12's is older.
redrive() {
    sfn redrive-execution --execution-arn "$1" 2>/dev/null ||
        curl -s --fail "$endpoint" -H 'Content-Type: application/x-amz-json-1.0' \
            -H 'X-Amz-Target: AWSStepFunctions.RedriveExecution' -d "{\"executionArn\": \"$1\"}"
}

payments=$(sfn create-activity --name payments --query activityArn)
machine=$(sfn create-state-machine --name booking --definition file://booking.asl.json \
    --role-arn arn:aws:iam::123456789012:role/booking --query stateMachineArn)
echo "$machine"

first=$(sfn start-execution --state-machine-arn "$machine" --name first \
    --input '{"apartment": "a-101"}' --query executionArn)
pay
end_of "$first"

second=$(sfn start-execution --state-machine-arn "$machine" --name second \
    --input '{"apartment": "a-102"}' --query executionArn)
sfn stop-execution --execution-arn "$second" --error Guest.Left >/dev/null
end_of "$second"
sfn list-executions --state-machine-arn "$machine" --status-filter ABORTED \
    --query 'executions[].name'

redrive "$second" >/dev/null
pay
end_of "$second"
sfn get-execution-history --execution-arn "$second" \
    --query 'events[?starts_with(type, `Execution`)].type' | tr '\t' ' '
