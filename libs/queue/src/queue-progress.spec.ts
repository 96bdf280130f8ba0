import { setTimeout as pause } from 'node:timers/promises';

import { QueueProgress } from '#queue/queue-progress.js';

describe('how far a consumer has come with its queue', () => {
  /** What waits, oldest first. */
  let waiting: string[];
  let progress: QueueProgress;

  beforeEach(() => {
    waiting = [];
    progress = new QueueProgress(
      {
        isWaiting: async (_consumer, jobId) => waiting.includes(jobId),
        newestWaiting: async () => waiting.at(-1),
      },
      'notification',
    );
  });

  /** Looks a moment after what was done before, and says when that was. */
  const look = async () => {
    await pause(2);
    const at = performance.now();
    await pause(2);
    return { at, ...(await progress.look()), until: performance.now() };
  };

  it('has taken all that was added before, when nothing waits', async () => {
    const { at, takenBefore, waitMs } = await look();
    expect(takenBefore).toBeGreaterThan(at);
    expect(waitMs).toBe(0);
  });

  it('is not known before a job that waited is taken', async () => {
    waiting.push('a');
    expect(await look()).toMatchObject({ takenBefore: -Infinity, waitMs: 0 });
    waiting.push('b');
    expect((await look()).takenBefore).toBe(-Infinity);
  });

  it('has taken what was added before the look that found the job, once that is taken', async () => {
    waiting.push('a');
    const first = await look();
    waiting.push('b');
    const second = await look();
    waiting.shift();
    const { takenBefore } = await look();
    expect(takenBefore).toBeGreaterThan(first.at);
    expect(takenBefore).toBeLessThan(second.at);
  });

  it('does not fall back, whatever is asked beside each other', async () => {
    waiting.push('a');
    await look();
    waiting = [];
    const [one, other] = [progress.look(), progress.look()];
    waiting.push('b');
    const known = Math.max((await one).takenBefore, (await other).takenBefore);
    expect((await look()).takenBefore).toBeGreaterThanOrEqual(known);
  });

  it('lets jobs wait as long as one was seen to, and as long as others wait behind it', async () => {
    waiting.push('a');
    const first = await look();
    const second = await look();
    expect(second.waitMs).toBeGreaterThanOrEqual(second.at - first.until);
    waiting = ['b'];
    expect((await look()).waitMs).toBe(second.waitMs);
    waiting = ['c'];
    expect((await look()).waitMs).toBe(0);
  });

  it('lets nothing wait when nothing does', async () => {
    waiting.push('a');
    await look();
    await look();
    waiting = [];
    expect((await look()).waitMs).toBe(0);
  });
});
