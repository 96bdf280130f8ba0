import { setTimeout as pause } from 'node:timers/promises';

import { PROCESS_ENDED } from '#consumer/ledger.repository.js';
import { eventQueues } from '#contracts/queues.js';
import type { FaultPoint } from '#faults/fault-point.js';
import type { Script } from '#testkit/load.js';
import { Operator } from '#testkit/operator.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

import { actsOf, USUAL_MIX } from '../acts.js';
import type { Chaos } from '../chaos.js';
import { compareMembers } from '../compare.js';
import type { FaultDefinition } from '../fault.js';
import type { Network } from '../network.js';

/**
 * Every step after which a process can end, and how many passes of it are let through at most: as many as one round
 * makes for sure, or nearly.
 */
const POINTS: Readonly<Record<FaultPoint, number>> = {
  claim: 5,
  add: 5,
  stamp: 5,
  ledger: 5,
  effect: 5,
  commit: 5,
  acknowledge: 5,
  chunk: 0,
  checkpoint: 0,
};
const points = Object.keys(POINTS) as FaultPoint[];

const CONNECTIONS = 3;
const ACTS_EACH = 3;
/** What is acknowledged reaches its last step within milliseconds; a point that is not reached by then is not on its way. */
const REACHED_WITHIN_MS = 1_000;
/** The first time it has to be reached: what leases and back-offs of the rounds before hold up is waited for. */
const FIRST_WITHIN_MS = 20_000;
/** Leases and locks of the killed are waited for that often, while all is held against what must stand. */
const ROUNDS_A_CHECK = 250;
const { attempts: ATTEMPTS } = eventQueues.notification;
/** Of the rounds; a few in a thousand were seen. More would mean that the innocent are counted with the guilty. */
const UNLUCKY = 0.02;
/** Leases, locks and back-offs of whatever the last rounds left. */
const DRAIN_MS = 60_000;
/** Larger than is told at once, so that a post becomes a fan-out. */
const FOLLOWERS = 80;

/**
 * A process is killed after a step of its choice, and another takes its place, again and again. What the killed leave
 * behind is found by processes that are killed themselves.
 */
export const crashPoints: FaultDefinition = {
  name: 'crash-points',
  title: `SIGKILL after each of the steps ${points.join(', ')}`,
  needs: 'together',
  servers: { faultPoints: [] },
  async run(chaos) {
    const network = await chaos.makeNetwork({ followers: FOLLOWERS });
    const rounds = chaos.scaled(2_000, points.length);
    const crashes = new Crashes(chaos, network);
    const startedAt = performance.now();
    for (let round = 1; round <= rounds; round++) {
      const point = points[round % points.length] ?? 'claim';
      chaos.phase = `round ${round} of ${rounds}, ${point}`;
      await crashes.round(point);
      if (round % ROUNDS_A_CHECK === 0 || round === rounds) await crashes.check(round);
    }
    chaos.note(`${rounds} rounds, ${Math.round((performance.now() - startedAt) / rounds)} ms each`);
    chaos.note(`killed after ${crashes.summary()}; not reached in ${rounds - crashes.total} rounds`);
    chaos.note(`redriven: ${crashes.redriven}, unlucky in ${ATTEMPTS} kills each`);
    chaos.expect(
      crashes.redriven <= Math.max(1, rounds * UNLUCKY),
      `${crashes.redriven} were taken for what ended a process`,
    );
    for (const point of points)
      chaos.expect(crashes.killsAt(point) > 0, `no process was ever killed after ${point}`);
  },
};

class Crashes {
  /** Dead letters of five unlucky attempts. */
  redriven = 0;
  private readonly kills = new Map<FaultPoint, number>();
  private readonly usual: readonly Script[];
  /** Posts before all, for steps that only fan-outs take. */
  private readonly publishing: readonly Script[];

  constructor(
    private readonly chaos: Chaos,
    private readonly network: Network,
  ) {
    const { random } = chaos;
    this.usual = actsOf(network, USUAL_MIX, CONNECTIONS, random.fork(1));
    this.publishing = actsOf(network, { ...USUAL_MIX, publish: 300 }, CONNECTIONS, random.fork(2));
  }

  /** A few acts, in the course of which the process is killed; ends when all are acknowledged and one is running. */
  async round(point: FaultPoint): Promise<void> {
    const { beckon, random } = this.chaos;
    // On a busy machine the last step may have been reached after all, once nobody waited for it any more.
    if (!beckon.isRunning) await beckon.run();
    // The first time at once, so that each point is reached at least once.
    const isFirst = this.killsAt(point) === 0;
    const after = isFirst ? 0 : Math.floor(random.next() * (POINTS[point] + 1));
    const withinMs = isFirst ? FIRST_WITHIN_MS : REACHED_WITHIN_MS;
    beckon.arm({ at: point, does: 'kill', after, times: 1 });
    const scripts = point === 'chunk' || point === 'checkpoint' ? this.publishing : this.usual;
    const load = this.chaos.act(scripts.map((script) => atMost(ACTS_EACH, script)));
    const killed = await Promise.race([
      beckon.ended.then(() => true),
      load.finished.then(() => pause(withinMs, undefined, { ref: false })).then(() => false),
    ]);
    if (killed) {
      this.kills.set(point, this.killsAt(point) + 1);
      await beckon.run();
    } else beckon.arm();
    await load.finished;
  }

  /** Holds everything against what must stand after so many rounds. @throws when it does not */
  async check(round: number): Promise<void> {
    const { chaos, network } = this;
    chaos.phase = `draining after round ${round}`;
    await chaos.beckon.drain(DRAIN_MS);
    await this.redriveTheUnlucky();
    const { missing, doubled, phantom, examples } = await compareMembers(chaos.beckon, network.truth);
    const uneven = await inboxDifferences(chaos.beckon.database);
    if (missing + doubled + phantom + uneven.length === 0) return;
    throw new Error(
      `by round ${round}: ${[...examples, ...uneven.map((row) => JSON.stringify(row))].join('; ')}`,
    );
  }

  /** What ran in five killed processes is taken for their killer; an operator who knows better redrives it. */
  private async redriveTheUnlucky(): Promise<void> {
    const { chaos } = this;
    const operator = await Operator.of(chaos.beckon);
    const unlucky = (await operator.letters()).filter(({ error }) => error.endsWith(PROCESS_ENDED));
    if (unlucky.length === 0) return;
    for (const letter of unlucky) {
      chaos.expect(
        letter.attempts === ATTEMPTS,
        `${letter.id} was given up after ${letter.attempts} attempts`,
      );
      chaos.expect((await operator.redrive(letter)) === 202, `${letter.id} could not be redriven`);
    }
    this.redriven += unlucky.length;
    await until(
      async () => (await operator.letters()).every(({ error }) => !error.endsWith(PROCESS_ENDED)),
      DRAIN_MS,
    );
    await chaos.beckon.drain(DRAIN_MS);
  }

  killsAt(point: FaultPoint): number {
    return this.kills.get(point) ?? 0;
  }

  get total(): number {
    return [...this.kills.values()].reduce((sum, kills) => sum + kills, 0);
  }

  /** How often a process was killed after each step. */
  summary(): string {
    return points.map((point) => `${point} ${this.killsAt(point)}`).join(', ');
  }
}

function atMost(times: number, script: Script): Script {
  let left = times;
  return () => (left-- > 0 ? script() : undefined);
}
