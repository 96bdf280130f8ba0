import { Random } from '#testkit/random.js';

import { abuse, runAttack } from './abuse.js';
import { attacks } from './attacks.js';
import { Target } from './target.js';

/** A process is started and people are made, on a machine that may be busy. */
const HOOK_MS = 180_000;

/** A share of `npm run abuse`, which makes the same attacks at more length. */
describe('a Beckon that is attacked', () => {
  const { seed } = Random.seeded('abuse');
  let target: Target;

  beforeAll(async () => {
    target = await Target.open();
  }, HOOK_MS);
  afterAll(() => target.close());

  it.each(attacks.map((attack) => [attack.title, attack] as const))(
    'holds: %s',
    async (_, attack) => {
      const row = await runAttack(attack, target, {
        seed,
        scale: abuse.scales.short,
        watch: () => undefined,
      });
      const { attempts, overloaded, memoryBeforeMb, memoryAfterMb, growthMb, seconds, notes } = row;
      process.stdout.write(
        `${attack.name}: ${attempts} attempts, ${overloaded} answered 503, RSS ${memoryBeforeMb} to ${memoryAfterMb} MB, ${growthMb} MB more in use, ${seconds} s; ${notes.join('; ')}\n`,
      );
      expect(row.findings).toEqual([]);
      expect(attempts).toBeGreaterThan(0);
    },
    240_000,
  );
});
