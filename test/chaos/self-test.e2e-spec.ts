import { type Mutation, mutate } from '#testkit/mutant.js';
import { Operator } from '#testkit/operator.js';
import { Random } from '#testkit/random.js';

import type { Chaos } from './chaos.js';
import type { RunOptions } from './run-fault.js';
import { runShort, SHORT_RUN_LIMIT_MS } from './short-run.js';

interface Broken {
  readonly without: string;
  readonly finds: 'missing' | 'doubled' | 'phantom';
  readonly fault: string;
  readonly mutation: Mutation;
  readonly options?: Partial<RunOptions>;
}

const broken: readonly Broken[] = [
  {
    without: 'the unique key of members',
    finds: 'doubled',
    fault: 'taken-back',
    mutation: {
      from: `
    ON CONFLICT (recipient_id, act_id) DO UPDATE SET
      group_id = excluded.group_id, subject_kind = excluded.subject_kind, subject_id = excluded.subject_id,
      subject_act = excluded.subject_act, reasons = excluded.reasons, reaction = excluded.reaction,
      version = excluded.version, active = excluded.active, hidden = excluded.hidden,
      activity_seq = excluded.activity_seq, at = excluded.at, removed_at = excluded.removed_at`,
      to: '',
    },
    options: {
      prepare: (database) => database.query(`ALTER TABLE notification.member DROP CONSTRAINT member_pkey`),
    },
  },
  {
    without: 'the sweeper',
    finds: 'missing',
    fault: 'redis-flushed',
    mutation: { from: 'step: async () => await this.sweep() === ASK_EVENTS', to: 'step: async () => false' },
    options: { isStill, inspect: expectLostWithRedis },
  },
  {
    without: 'the look at versions',
    finds: 'phantom',
    fault: 'taken-back',
    mutation: { from: 'if ((acts.get(act.id)?.removedVersion ?? 0) >= act.version)', to: 'if (false)' },
  },
];

describe('a Beckon that is broken on purpose', () => {
  const { seed } = Random.seeded('chaos on what is broken');

  it.each(broken)(
    'without $without: $finds',
    async ({ finds, fault, mutation, options }) => {
      const row = await runShort(fault, seed, { build: mutate(mutation), ...options });
      expect(row[finds]).toBeGreaterThan(0);
      expect(row.findings.length).toBeGreaterThan(0);
      process.stdout.write(`  ${row[finds]} ${finds}\n`);
    },
    SHORT_RUN_LIMIT_MS,
  );
});

/** Deliveries to inboxes. */
const DELIVERIES = ['user', 'post', 'comment', 'reaction']
  .map((producer) => `SELECT event_id, epoch FROM "${producer}".delivery WHERE consumer = 'notification'`)
  .join(' UNION ALL ');

/** Whether all is dispatched, every fan-out told, and no queue has a job: then only a sweeper could move what is open. */
async function isStill({ beckon }: Chaos): Promise<boolean> {
  const [left] = await beckon.database.query<{ n: number }>(
    `SELECT (SELECT count(*) FROM (${DELIVERIES}) sent WHERE epoch IS NULL)::int
       + (SELECT count(*) FROM notification.fan_out WHERE done_at IS NULL AND died_at IS NULL)::int AS n`,
  );
  if (left?.n !== 0) return false;
  const { api } = await Operator.of(beckon);
  const { queues } = (await api.get('/v1/admin/queues')).body as { queues: QueueState[] };
  return queues.every((queue) => queue.reachable && queue.waiting + queue.active + queue.delayed === 0);
}

interface QueueState {
  readonly reachable: boolean;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

/** That what nobody was told of is what Redis lost, and not what took too long. */
async function expectLostWithRedis({ beckon, redis }: Chaos): Promise<void> {
  const epoch = await redis.admin.get(`${beckon.env['REDIS_PREFIX']}:epoch`);
  const [open] = await beckon.database.query<{ all: number; lost: number }>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE epoch IS DISTINCT FROM $1))::int AS lost
     FROM (${DELIVERIES}) sent
     WHERE NOT EXISTS (SELECT 1 FROM notification.ledger WHERE ledger.event_id = sent.event_id AND status <> 'trying')`,
    [epoch],
  );
  expect(open?.lost).toBeGreaterThan(0);
  expect(open?.all).toBe(open?.lost);
}
