import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { fromTestRun } from '#testkit/environment.js';
import { Random } from '#testkit/random.js';

import type { Row, Run, Tool } from '../tool/definition.js';
import type { Attack } from './attack.js';
import { attacks } from './attacks.js';
import { Findings } from './findings.js';
import { Target } from './target.js';

/** A row of the table. */
export interface AbuseRow extends Row {
  readonly attempts: number;
  readonly overloaded: number;
  readonly memoryBeforeMb: number;
  readonly memoryAfterMb: number;
  /** How much more it uses than before, when all garbage is collected. */
  readonly growthMb: number;
}

/** How much more memory the process may hold after an attack than before it, garbage included. */
const RESIDENT_LIMIT_MB = 160;
/** And without garbage: caches that fill, and no leak. */
const USED_LIMIT_MB = 24;
/** Of all requests, how many may be refused for want of capacity before the attack has found a way to deny service. */
const OVERLOAD_LIMIT = 0.05;
const LOG_LEVEL_ERROR = 50;

/** What `npm run abuse` runs: every attack on a Beckon of its own. */
export const abuse: Tool<Attack, AbuseRow> = {
  command: 'abuse',
  about: `Attacks a Beckon on servers of its own: with requests, tokens, bodies, calls, jobs and connections that nobody
should send. Ends with 1 when an answer was a fault of the server's own, told or changed what is another's, or when
memory grew.`,
  parts: attacks,
  scales: { short: 0.01, usual: 0.1, full: 1 },
  columns: [
    { head: 'attempts', of: ({ attempts }) => attempts.toLocaleString('en') },
    { head: '503', of: ({ overloaded }) => overloaded },
    { head: 'RSS before MB', of: ({ memoryBeforeMb }) => memoryBeforeMb },
    { head: 'after MB', of: ({ memoryAfterMb }) => memoryAfterMb },
    { head: 'more in use MB', of: ({ growthMb }) => growthMb },
    { head: 'seconds', of: ({ seconds }) => seconds },
  ],
  async run(attack, run) {
    const target = await Target.open();
    try {
      return await runAttack(attack, target, run);
    } finally {
      await target.close();
    }
  },
};

/** Makes one attack on a running Beckon, and looks at the process before and after. */
export async function runAttack(
  attack: Attack,
  target: Target,
  { seed, scale, watch }: Run,
): Promise<AbuseRow> {
  const findings = new Findings();
  watch(() => `${findings.attempts} attempts`);
  const startedAt = performance.now();
  const logFrom = await logSize(target);
  const { pid } = target.beckon;
  const memoryBeforeMb = Math.round(await target.memoryMb());
  const usedBeforeMb = await target.usedMb();
  const scaled = (full: number, least: number) => Math.max(least, Math.round(full * scale));
  try {
    await attack.run({ target, findings, random: new Random(seed), seed, scaled });
  } catch (error) {
    findings.expect(false, () => `ended early: ${(error as Error).stack}`);
  }
  findings.expect(await target.serves().catch(() => false), () => 'others are not served any more');
  findings.expect(target.beckon.pid === pid, () => 'the process is another one');
  for (const line of await errorsSince(target, logFrom)) findings.expect(false, () => `logged: ${line}`);
  const memoryAfterMb = Math.round(await target.memoryMb());
  const growthMb = Math.round((await target.usedMb()) - usedBeforeMb);
  findings.expect(
    memoryAfterMb - memoryBeforeMb <= RESIDENT_LIMIT_MB,
    () => `memory grew from ${memoryBeforeMb} to ${memoryAfterMb} MB`,
  );
  findings.expect(growthMb <= USED_LIMIT_MB, () => `${growthMb} MB more are in use`);
  findings.expect(
    findings.overloaded <= findings.attempts * OVERLOAD_LIMIT,
    () => `${findings.overloaded} of ${findings.attempts} requests were answered 503`,
  );
  return {
    name: attack.name,
    title: attack.title,
    seed,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    attempts: findings.attempts,
    overloaded: findings.overloaded,
    memoryBeforeMb,
    memoryAfterMb,
    growthMb,
    notes: findings.notes,
    findings: findings.list(),
  };
}

const logOf = ({ beckon }: Target) =>
  join(fromTestRun('TEST_DIR'), `all-in-one-${new URL(beckon.url).port}.log`);

async function logSize(target: Target): Promise<number> {
  return (await stat(logOf(target))).size;
}

/** What the process itself called an error meanwhile; the API answers such things with 500 and says no more. */
async function errorsSince(target: Target, from: number): Promise<string[]> {
  const text = (await readFile(logOf(target))).subarray(from).toString('utf8');
  return text.split('\n').filter((line) => {
    const level = /^\{"level":(\d+)/.exec(line)?.[1];
    return level !== undefined && Number(level) >= LOG_LEVEL_ERROR;
  });
}
