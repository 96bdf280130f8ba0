import type { Beckon } from '#testkit/beckon.js';
import { Load, type LoadOptions, percentile, type Script } from '#testkit/load.js';
import type { OwnPostgres } from '#testkit/own-postgres.js';
import type { OwnRedis } from '#testkit/own-redis.js';
import type { Random } from '#testkit/random.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { ResumingReader } from '#testkit/resuming-reader.js';
import { streamDifferences } from '#testkit/stream-check.js';

import { type Mix, USUAL_MIX, actsOf } from './acts.js';
import { compareInboxes, compareMembers } from './compare.js';
import { lettersAbout } from './letters.js';
import type { Row } from './row.js';
import { makeNetwork, type Network, type NetworkSize, USUAL_SIZE } from './network.js';

export interface Setting {
  /** 1 is what docs/reliability.md names as full; the short form is about a hundredth. */
  readonly scale: number;
  readonly random: Random;
  /** How far a promise of time may be missed before it is a finding; 1 on a machine that does nothing else. */
  readonly patience: number;
  /** Whether nothing moves any more: what is not done by then is not waited for. */
  readonly isStill: (chaos: Chaos) => Promise<boolean>;
  readonly redis: OwnRedis | undefined;
  readonly postgres: OwnPostgres | undefined;
}

export interface Begin extends LoadOptions {
  readonly size?: Partial<NetworkSize>;
  readonly mix?: Mix;
  readonly connections?: number;
  /** Streams that are open all the while. */
  readonly readers?: number;
}

type Measured = Omit<Row, 'name' | 'title' | 'seed' | 'seconds'>;

/** How long what was accepted may take to be done before it counts as lost. */
const DRAIN_MS = 120_000;
/** Operations after which code is compiled and connections are open. */
const WARM_UP = 150;
/** Groups whose actors are read one by one at the end, at full scale, and at least. */
const SAMPLES = { full: 1_000, least: 60 };

/** What a fault works with: a Beckon, the load on it, what must stand in the end, and what is found instead. */
export class Chaos<B extends Beckon = Beckon> {
  /** What it is doing, for who watches. */
  phase = 'starting';
  readonly findings: string[] = [];
  readonly notes: string[] = [];
  readonly loads: Load[] = [];
  readonly random: Random;
  /** Dead letters that the fault made on purpose: queue, type and subject of each. */
  readonly poisoned: string[] = [];
  private network: Network | undefined;
  private readonly readers: ResumingReader[] = [];
  private readonly measured = { missing: 0, doubled: 0, phantom: 0, badge: 0, counters: 0, streams: 0 };
  private dead = 0;
  private isUndrained = false;
  private recoveryMs: number | null = null;

  constructor(
    readonly beckon: B,
    private readonly setting: Setting,
  ) {
    this.random = setting.random;
  }

  get redis(): OwnRedis {
    if (this.setting.redis === undefined) throw new Error('this fault did not ask for a Redis of its own');
    return this.setting.redis;
  }

  get postgres(): OwnPostgres {
    if (this.setting.postgres === undefined)
      throw new Error('this fault did not ask for a PostgreSQL of its own');
    return this.setting.postgres;
  }

  /** The network that `begin()` made. */
  get madeNetwork(): Network {
    if (this.network === undefined) throw new Error('there is no network yet');
    return this.network;
  }

  get acknowledged(): number {
    return this.loads.reduce((sum, load) => sum + load.acknowledged, 0);
  }

  /** Whether other work is on the machine, so that promises of time and of rates are looked at for sanity only. */
  get isShared(): boolean {
    return this.setting.patience > 1;
  }

  /** So many at this scale, at least `least`. */
  scaled(full: number, least: number): number {
    return Math.max(least, Math.round(full * this.setting.scale));
  }

  /** Makes a network, opens streams, and puts the usual load on it. */
  async begin(begin: Begin = {}): Promise<Load> {
    const { truth: _truth, ...network } = await this.makeNetwork(begin.size);
    await this.watch([...network.people.slice(0, begin.readers ?? 2), 'author0']);
    this.phase = 'warming up';
    const load = this.load(begin);
    await load.progress(WARM_UP);
    load.measureFromNow();
    return load;
  }

  async makeNetwork(size: Partial<NetworkSize> = {}): Promise<Network> {
    this.phase = 'making people';
    this.network = await makeNetwork(this.beckon, { ...USUAL_SIZE, ...size });
    return this.network;
  }

  /** The usual load on the network, until `settle()`. */
  load({ mix = USUAL_MIX, connections = 12, ...options }: Begin = {}): Load {
    return this.act(actsOf(this.madeNetwork, mix, connections, this.random.fork(this.loads.length)), options);
  }

  /** Puts a load on that does what the scripts say, until `settle()` or their end. */
  act(scripts: readonly Script[], options: LoadOptions = {}): Load {
    const load = new Load(this.beckon, scripts, options);
    this.loads.push(load);
    return load;
  }

  /** Opens streams that resume whenever they break, and are held against the lists in the end. */
  async watch(recipients: readonly string[]): Promise<readonly ResumingReader[]> {
    for (const recipient of recipients) this.readers.push(await ResumingReader.open(this.beckon, recipient));
    return this.readers;
  }

  /** Waits until so many events are acknowledged in all. @throws when the load ends or stands still before */
  async reach(events: number): Promise<void> {
    while ((this.network?.truth.events ?? 0) < events)
      await Promise.all(this.loads.map((load) => load.progress(1)));
  }

  note(text: string): void {
    this.notes.push(text);
  }

  /** What must be so; `otherwise` becomes a finding. */
  expect(isSo: boolean, otherwise: string): void {
    if (!isSo) this.findings.push(otherwise);
  }

  /** A promise about time. Exceeding it by the patience of the run is a finding; it is noted in any case. */
  promise(what: string, ms: number, limitMs: number): void {
    this.note(`${what} ${Math.round(ms)} ms`);
    this.expect(
      ms <= limitMs * this.setting.patience,
      `${what} took ${Math.round(ms)} ms, promised ${limitMs} ms`,
    );
  }

  /** How long it took until the thing that the row is about worked again: the worst of several. */
  recovered(ms: number): void {
    this.recoveryMs = Math.max(this.recoveryMs ?? 0, ms);
  }

  /**
   * That every request was accepted, as while Redis is away. On a busy machine a look-up may miss its deadline and be
   * answered 503 with Retry-After, whatever Redis does: without patience that counts too.
   */
  expectAllAccepted(): void {
    for (const load of this.loads) {
      const refused = this.isShared ? load.refused - load.lookupsMissed : load.refused;
      this.expect(refused + load.unknown === 0, `not all was accepted: ${load.summary()}`);
    }
  }

  /** POSTs answered within the limit, for 99 in 100 of them; beside other work the figure is only noted. */
  promiseLatency(limitMs: number): void {
    const ms = percentile(this.latencies(), 0.99);
    if (this.isShared) this.note(`POST p99 ${Math.round(ms)} ms`);
    else this.promise('POST p99', ms, limitMs);
  }

  /** Ends the load and waits until all that was accepted is done. @returns how long that took, in ms */
  async settle(limitMs = DRAIN_MS): Promise<number> {
    this.phase = 'last answers';
    await Promise.all(this.loads.map((load) => load.stop()));
    this.phase = 'draining';
    const stoppedAt = performance.now();
    // What was waited for in vain once is not waited for again.
    if (!this.isUndrained)
      await this.beckon
        .drain(limitMs, () => this.setting.isStill(this))
        .catch((error: Error) => {
          this.isUndrained = true;
          this.findings.push(error.message);
        });
    return performance.now() - stoppedAt;
  }

  /** Holds everything against what must stand. Call after `settle()`. */
  async compare(): Promise<void> {
    this.phase = 'comparing';
    this.record(
      'answer',
      this.loads.flatMap(({ complaints }) => complaints),
    );
    const { database } = this.beckon;
    if (this.network !== undefined) await this.compareWith(this.network);
    const [groups, counters] = [await inboxDifferences(database), await counterDifferences(database)];
    this.measured.badge += this.record(
      'badge or group',
      groups.map((row) => JSON.stringify(row)),
    );
    this.measured.counters += this.record(
      'counter',
      counters.map((row) => JSON.stringify(row)),
    );
    this.measured.streams += this.record('stream', await this.streamDifferences());
    await this.compareDeadLetters();
  }

  async close(): Promise<void> {
    await Promise.all(this.loads.map((load) => load.abandon()));
    await Promise.all(this.readers.map((reader) => reader.close()));
  }

  result(): Measured {
    const latencies = this.latencies();
    const rounded = (part: number) =>
      latencies.length === 0 ? null : Math.round(percentile(latencies, part) * 10) / 10;
    return {
      ...this.measured,
      events: this.network?.truth.events ?? 0,
      deadLetters: this.dead,
      poisoned: this.poisoned.length,
      postP99Ms: rounded(0.99),
      postLongestMs: rounded(1),
      recoveryMs: this.recoveryMs === null ? null : Math.round(this.recoveryMs),
      notes: this.notes,
      findings: this.findings,
    };
  }

  private async compareWith({ truth }: Network): Promise<void> {
    const members = await compareMembers(this.beckon, truth);
    const samples = this.scaled(SAMPLES.full, SAMPLES.least);
    const inboxes = await compareInboxes(this.beckon, truth, samples, this.random.fork(1_000));
    for (const kind of ['missing', 'doubled', 'phantom', 'badge'] as const)
      this.measured[kind] += Math.max(members[kind], inboxes[kind]);
    this.findings.push(...members.examples, ...inboxes.examples);
  }

  /** Each that was poisoned is a dead letter, and nothing else is. */
  private async compareDeadLetters(): Promise<void> {
    const letters = await lettersAbout(this.beckon);
    this.dead = letters.length;
    const absent = [...this.poisoned];
    const innocent = letters.filter(({ about }) => {
      const at = absent.indexOf(about);
      if (at >= 0) absent.splice(at, 1);
      return at < 0;
    });
    this.record(
      'dead letter',
      innocent.map(({ about, error }) => `${about}: ${error}`),
    );
    this.record('no dead letter', absent);
  }

  private async streamDifferences(): Promise<string[]> {
    const [wrong, left]: [string[], ResumingReader[]] = [[], [...this.readers]];
    const check = async () => {
      for (let reader = left.pop(); reader !== undefined; reader = left.pop())
        wrong.push(...(await streamDifferences(this.beckon, reader)));
    };
    await Promise.all([check(), check(), check(), check()]);
    return wrong;
  }

  private record(what: string, wrong: readonly string[]): number {
    this.findings.push(...wrong.slice(0, 3).map((each) => `${what}: ${each.slice(0, 400)}`));
    return wrong.length;
  }

  private latencies(): number[] {
    return this.loads.flatMap((load) => load.latencies);
  }
}
