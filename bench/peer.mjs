// SPDX-License-Identifier: Apache-2.0
//
// The JavaScript peer on the cases of cases.json: aws-local-stepfunctions, in memory, one process.
//
//     node peer.mjs CASES_FILE SECONDS    in a folder where the package is installed
//
// Prints what the engine's `memory` prints: CASE, METRIC, VALUE with tabs between. The library
// makes its events; nobody listens to them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(process.cwd() + '/package.json'));
const { StateMachine } = await import(pathToFileURL(require.resolve('aws-local-stepfunctions')));
const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const seconds = Number(process.argv[3]);

async function rate(once, seconds) {
  const began = performance.now();
  let count = 0, passed;
  do {
    await once();
    count++;
    passed = (performance.now() - began) / 1000;
  } while (passed < seconds);
  return count / passed;
}

for (const [name, c] of Object.entries(cases)) {
  const machine = new StateMachine(c.definition);
  const input = { ...c.input };
  if (c.items)
    input.items = Array.from({ length: c.items }, (_, i) => ({ i, sku: 'a' + i }));
  const handlers = {};
  for (const [state, { Type }] of Object.entries(c.definition.States))
    if (Type === 'Task')
      handlers[state] = (value) => value;
  const options = { overrides: { taskResourceLocalHandlers: handlers } };
  const run = () => machine.run(structuredClone(input), options).result;
  const inFlight = c.in_flight ?? 1;
  const once = inFlight === 1 ? run : () => Promise.all(Array.from({ length: inFlight }, run));
  await rate(once, seconds / 2);
  const value = (await rate(once, seconds)) * inFlight * c.transitions;
  console.log([name, 'transitions/s', value.toPrecision(6)].join('\t'));
}
