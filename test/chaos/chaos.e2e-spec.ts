import { Random } from '#testkit/random.js';

import { runShort, SHORT_RUN_LIMIT_MS } from './short-run.js';

const SELECTION = ['killed', 'redis-flushed', 'redis-down', 'postgres-killed', 'taken-back', 'streams-cut'];

describe('chaos, in short', () => {
  const { seed } = Random.seeded('chaos');

  it.each(SELECTION)(
    '%s: nothing is lost, doubled or invented',
    async (name) => {
      const row = await runShort(name, seed);
      expect(row.findings).toEqual([]);
      expect(row).toMatchObject({
        missing: 0,
        doubled: 0,
        phantom: 0,
        badge: 0,
        counters: 0,
        streams: 0,
        deadLetters: 0,
      });
      expect(row.events).toBeGreaterThan(10);
    },
    SHORT_RUN_LIMIT_MS,
  );
});
