/** A random source that replays: the same seed gives the same numbers (mulberry32). */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** Of a seed of its own, printed so that the run can be replayed with TEST_SEED. */
  static seeded(name: string): Random {
    const given = process.env['TEST_SEED'];
    const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
    process.stdout.write(`${name}: TEST_SEED=${seed}\n`);
    return new Random(seed);
  }

  /** Another source whose numbers depend on this one's seed and not on how often it was asked. */
  fork(index: number): Random {
    return new Random(Math.imul(this.seed ^ (index + 1), 0x9e3779b1));
  }

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** One of the values, each as likely. */
  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }
}
