import type { Snapshot } from '../api/operations.js';
import { latest, remember, type Point } from './history.js';

const snapshot = (second: number, rates: Partial<NonNullable<Snapshot['rates']>> | null = {}): Snapshot => ({
  at: new Date(second * 1000).toISOString(),
  queues: [],
  deliveries: [],
  unknown: [],
  rates: rates && {
    seconds: 2,
    posts: { perSecond: 3, latency: null },
    settled: [{ consumer: 'user', perSecond: 4 }],
    arrival: null,
    ...rates,
  },
  processes: [],
  away: [],
});
const after = (...snapshots: Snapshot[]) => snapshots.reduce<readonly Point[]>(remember, []);

describe('remember', () => {
  it('keeps what was measured, in milliseconds, once', () => {
    const measured = snapshot(2, { arrival: { p50: 0.02, p99: 0.5 } });
    expect(after(measured, measured)).toEqual([
      { at: 2, posts: 3, settled: { user: 4 }, post: null, arrival: { p50: 20, p99: 500 } },
    ]);
  });

  it('learns nothing from a first snapshot, which has no rates', () => {
    expect(after(snapshot(2, null))).toEqual([]);
  });

  it('breaks the line where nothing was heard', () => {
    expect(after(snapshot(2), snapshot(4), snapshot(60)).map(({ posts }) => posts)).toEqual([3, 3, null, 3]);
  });

  it('forgets what is older than a quarter of an hour', () => {
    const history = after(...Array.from({ length: 500 }, (_, index) => snapshot(2 * index)));
    expect([history.length, history[0]?.at, history.at(-1)?.at]).toEqual([450, 100, 998]);
  });
});

describe('latest', () => {
  it('is the last measurement, however long ago', () => {
    const history = after(snapshot(2, { arrival: { p50: 0.001, p99: 0.002 } }), snapshot(4), snapshot(6));
    expect(latest(history, 'arrival')).toEqual({ p50: 1, p99: 2 });
    expect(latest(history, 'post')).toBeNull();
  });
});
