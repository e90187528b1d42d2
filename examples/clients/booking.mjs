// SPDX-License-Identifier: Apache-2.0
//
// Bookings by the AWS SDK for JavaScript: node booking.mjs ENDPOINT. It prints what expected.txt has.
import { readFileSync } from "node:fs";
import {
  SFN,
  paginateGetExecutionHistory,
  paginateListExecutions,
} from "@aws-sdk/client-sfn";

// StartSyncExecution and TestState have a host of their own, sync-HOST: not here.
const sfn = new SFN({
  endpoint: process.argv[2],
  region: "us-east-1",
  disableHostPrefix: true,
});

async function endOf(executionArn) {
  for (;;) {
    const told = await sfn.describeExecution({ executionArn });
    if (told.status !== "RUNNING") {
      console.log(told.name, told.status, told.output ?? told.error);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// The desk: takes the next booking that waits for its payment, and reports the payment.
async function pay() {
  const { taskToken } = await sfn.getActivityTask({ activityArn: payments });
  await sfn.sendTaskSuccess({ taskToken, output: '{"amount": 120}' });
}

const { activityArn: payments } = await sfn.createActivity({ name: "payments" });
const { stateMachineArn } = await sfn.createStateMachine({
  name: "booking",
  definition: readFileSync(process.argv[3], "utf8"),
  roleArn: "arn:aws:iam::123456789012:role/booking",
});
console.log(stateMachineArn);

const first = await sfn.startExecution({
  stateMachineArn,
  name: "first",
  input: '{"apartment": "a-101"}',
});
await pay();
await endOf(first.executionArn);

const { executionArn } = await sfn.startExecution({
  stateMachineArn,
  name: "second",
  input: '{"apartment": "a-102"}',
});
await sfn.stopExecution({ executionArn, error: "Guest.Left" });
await endOf(executionArn);
const aborted = { stateMachineArn, statusFilter: "ABORTED" };
for await (const page of paginateListExecutions({ client: sfn }, aborted))
  for (const execution of page.executions) console.log(execution.name);

await sfn.redriveExecution({ executionArn });
await pay();
await endOf(executionArn);
const types = [];
for await (const page of paginateGetExecutionHistory({ client: sfn }, { executionArn }))
  types.push(...page.events.map((event) => event.type));
console.log(...types.filter((type) => type.startsWith("Execution")));
