import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' } },
});
const settings = { MODEL_RUNS: values.runs, TEST_SEED: values.seed, MODEL_PATH: values.path };
for (const [name, value] of Object.entries(settings)) if (value !== undefined) process.env[name] = value;

// The suite of the model, as npm test runs it.
process.argv = [...process.argv.slice(0, 2), '--e2e', 'inbox-model'];
await import('./test.mjs');
