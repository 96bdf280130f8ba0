import { mutate } from '#testkit/mutant.js';

import type { FaultDefinition } from './fault.js';
import { faults } from './faults.js';
import type { Row } from './row.js';
import { type RunOptions, runFault } from './run-fault.js';

const SHORT = 0.01;
/** Other suites run beside this one: what is promised for a machine of one's own is only looked at for sanity. */
const PATIENCE = 20;
const LIMIT_MS = 300_000;
const SELECTION = ['killed', 'redis-flushed', 'redis-down', 'postgres-killed', 'taken-back', 'streams-cut'];

const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

async function run(name: string, options: Partial<RunOptions> = {}): Promise<Row> {
  const fault = faults.find((each) => each.name === name) as FaultDefinition;
  const row = await runFault(fault, { seed, scale: SHORT, patience: PATIENCE, ...options });
  process.stdout.write(
    `${name}: TEST_SEED=${seed}, ${row.events} events in ${row.seconds} s, ${row.notes.join(', ')}\n`,
  );
  return row;
}

describe('chaos, in short', () => {
  it.each(SELECTION)(
    '%s: nothing is lost, doubled or invented',
    async (name) => {
      const row = await run(name);
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
    LIMIT_MS,
  );
});

describe('a Beckon that is broken on purpose', () => {
  it(
    'without the unique key of members: doubled',
    async () => {
      const build = mutate({
        file: 'apps/notification/src/inbox/inbox.repository.js',
        from: `
    ON CONFLICT (recipient_id, act_id) DO UPDATE SET
      group_id = excluded.group_id, subject_kind = excluded.subject_kind, subject_id = excluded.subject_id,
      subject_act = excluded.subject_act, reasons = excluded.reasons, reaction = excluded.reaction,
      version = excluded.version, active = excluded.active, hidden = excluded.hidden,
      activity_seq = excluded.activity_seq, removed_at = excluded.removed_at`,
        to: '',
      });
      const row = await run('redis-flushed', {
        build,
        drainMs: 10_000,
        prepare: (database) => database.query(`ALTER TABLE notification.member DROP CONSTRAINT member_pkey`),
      });
      expect(row.doubled).toBeGreaterThan(0);
      expect(row.findings.length).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  it(
    'without the sweeper: missing',
    async () => {
      const build = mutate({
        file: 'libs/outbox/src/sweeper.js',
        from: 'this.loop.start();',
        to: '',
      });
      const row = await run('redis-flushed', { build, drainMs: 10_000 });
      expect(row.missing).toBeGreaterThan(0);
      expect(row.findings.length).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  it(
    'without the look at versions: phantoms',
    async () => {
      const build = mutate({
        file: 'apps/notification/src/inbox/settle-member.js',
        from: 'if ((acts.get(act.id)?.removedVersion ?? 0) >= act.version)',
        to: 'if (false)',
      });
      const row = await run('taken-back', { build, drainMs: 10_000 });
      expect(row.phantom).toBeGreaterThan(0);
      expect(row.findings.length).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );
});
