import fc from 'fast-check';

import { Random } from '#testkit/random.js';

import { Host } from './inbox-model/host.js';
import { ending, steps } from './inbox-model/steps.js';
import { World } from './inbox-model/world.js';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 300);
/** Where among the runs of a seed a failure was; fast-check prints it. */
const PATH = process.env['MODEL_PATH'];
/** Many times what the sequences take on a machine of its own: finding the shortest that fails needs time too. */
const LIMIT_MS = 120_000 + RUNS * 2_000;

describe('the inbox and its model', () => {
  const { seed } = Random.seeded('inbox model');
  let host: Host;

  beforeAll(async () => void (host = await Host.start()));
  afterAll(() => host?.stop());

  it(
    `agree after ${RUNS} sequences of what people do, told in any order, any number of times, with retries`,
    async () => {
      const property = fc.asyncProperty(steps, ending, async (sequence, end) => {
        const world = await World.open(host);
        for (const step of sequence) await world.take(step);
        await world.end(end);
      });
      const result = await fc.check(property, {
        numRuns: RUNS,
        seed,
        interruptAfterTimeLimit: LIMIT_MS,
        markInterruptAsFailure: true,
        ...(PATH === undefined ? {} : { path: PATH }),
      });
      if (!result.failed) return;
      const replay = `npm run model -- --seed ${result.seed} --path ${result.counterexamplePath}`;
      throw new Error(`${replay}\n${fc.defaultReportMessage(result)}`, { cause: result.errorInstance });
    },
    LIMIT_MS + 60_000,
  );
});
