import { setImmediate as turn } from 'node:timers/promises';

import { Shutdown } from '#lifecycle/shutdown.js';
import { until } from '#testkit/until.js';

import { Quarantine } from './quarantine.js';

/** Attempts by name: which are running, and how to end each. */
class Attempts {
  readonly running = new Set<string>();
  private readonly ends = new Map<string, () => void>();

  of = (name: string) => () => {
    this.running.add(name);
    return new Promise<string>((resolve) =>
      this.ends.set(name, () => {
        this.running.delete(name);
        resolve(name);
      }),
    );
  };

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    for (let turns = 0; turns < 5; turns++) await turn();
  }
}

describe('the quarantine', () => {
  let shutdown: Shutdown;
  let quarantine: Quarantine;
  let attempts: Attempts;
  beforeEach(() => {
    shutdown = new Shutdown();
    quarantine = new Quarantine(shutdown);
    attempts = new Attempts();
  });
  const running = () => [...attempts.running].sort();
  const share = (name: string) => quarantine.run(attempts.of(name), { alone: false });
  const alone = (name: string) => quarantine.run(attempts.of(name), { alone: true });

  it('lets those run side by side of whom nothing is known', async () => {
    const both = [share('a'), share('b')];
    await turn();
    expect(running()).toEqual(['a', 'b']);
    await attempts.end('a');
    await attempts.end('b');
    expect(await Promise.all(both)).toEqual(['a', 'b']);
  });

  it('runs a suspicious one when those before it have ended, and nobody beside it', async () => {
    const all = [share('a'), alone('x'), share('b'), alone('y')];
    await turn();
    expect(running()).toEqual(['a']);
    await attempts.end('a');
    expect(running()).toEqual(['x']);
    await attempts.end('x');
    // Whichever is next: never another beside one that runs alone.
    const seen = [running()];
    for (const name of ['b', 'y', 'b', 'y']) {
      await attempts.end(name);
      seen.push(running());
    }
    expect(seen.filter((names) => names.includes('y') && names.length > 1)).toEqual([]);
    expect(await Promise.all(all)).toEqual(['a', 'x', 'b', 'y']);
  });

  it('keeps nobody waiting once the process is to end', async () => {
    const all = [share('a'), alone('x'), share('b')];
    await turn();
    await shutdown.run();
    await until(() => running().length === 3);
    for (const name of ['a', 'x', 'b']) await attempts.end(name);
    await Promise.all(all);
  });

  describe('with what hangs inside', () => {
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] }));
    afterEach(() => jest.useRealTimers());

    it('keeps nobody waiting for more than ten seconds in all, for one that runs alone and for others together', async () => {
      const all = [share('hangs'), alone('x'), alone('y')];
      await jest.advanceTimersByTimeAsync(9_000);
      expect(running()).toEqual(['hangs']);
      await jest.advanceTimersByTimeAsync(2_000);
      expect(running()).toEqual(['hangs', 'x', 'y']);
      for (const name of ['hangs', 'x', 'y']) await attempts.end(name);
      await Promise.all(all);
    });
  });

  it('is open again after one that fails', async () => {
    await expect(quarantine.run(() => Promise.reject(new Error('poison')), { alone: true })).rejects.toThrow(
      'poison',
    );
    const after = share('a');
    await turn();
    expect(running()).toEqual(['a']);
    await attempts.end('a');
    await after;
  });
});
