import { QueueProgress } from '#queue/queue-progress.js';

describe('how far a consumer has come with its queue', () => {
  /** What waits, oldest first. */
  let waiting: string[];
  let now: number;
  /** What passes until Redis has answered. */
  let beforeAnswer: () => void;
  let progress: QueueProgress;

  beforeEach(() => {
    waiting = [];
    now = 1_000;
    beforeAnswer = () => undefined;
    const answer = async <T>(read: () => T): Promise<T> => {
      const value = read();
      beforeAnswer();
      return value;
    };
    progress = new QueueProgress(
      {
        isWaiting: (_consumer, jobId) => answer(() => waiting.includes(jobId)),
        newestWaiting: () => answer(() => waiting.at(-1)),
      },
      'notification',
      () => now,
    );
  });

  const lookAt = (time: number) => {
    now = time;
    return progress.look();
  };

  it('all that was added before has been taken, when nothing waits', async () => {
    expect(await lookAt(1_000)).toEqual({ takenBefore: 1_000, waitMs: 0 });
  });

  it('nothing is known before a job that waited is taken', async () => {
    waiting = ['a'];
    expect(await lookAt(1_000)).toEqual({ takenBefore: -Infinity, waitMs: 0 });
    waiting = ['a', 'b'];
    expect(await lookAt(1_100)).toEqual({ takenBefore: -Infinity, waitMs: 100 });
  });

  it('once it is taken, what was added before the look that found it has been, too', async () => {
    waiting = ['a'];
    await lookAt(1_000);
    waiting = ['a', 'b'];
    await lookAt(1_100);
    waiting = ['b'];
    expect((await lookAt(1_200)).takenBefore).toBe(1_000);
    waiting = [];
    expect((await lookAt(1_300)).takenBefore).toBe(1_300);
  });

  it('what is added while Redis answers counts for the next look', async () => {
    beforeAnswer = () => (now += 50);
    await lookAt(1_000);
    waiting = ['a'];
    await lookAt(1_200);
    waiting = ['b'];
    expect((await lookAt(1_300)).takenBefore).toBe(1_200);
  });

  it('it does not fall back when jobs come', async () => {
    await lookAt(1_000);
    waiting = ['a'];
    expect((await lookAt(1_100)).takenBefore).toBe(1_000);
    waiting = ['b'];
    expect((await lookAt(1_200)).takenBefore).toBe(1_100);
  });

  it('it does not fall back when looks beside each other find different things', async () => {
    waiting = ['a'];
    await lookAt(1_000);
    waiting = [];
    const one = lookAt(1_100);
    const other = lookAt(1_110);
    beforeAnswer = () => (waiting = ['b']);
    expect([(await one).takenBefore, (await other).takenBefore]).toEqual([1_100, 1_100]);
  });

  it('a job that comes back only makes it later', async () => {
    waiting = ['a'];
    await lookAt(1_000);
    waiting = ['b', 'a'];
    expect(await lookAt(1_100)).toEqual({ takenBefore: -Infinity, waitMs: 100 });
  });

  it('a Redis that does not answer changes nothing', async () => {
    waiting = ['a'];
    await lookAt(1_000);
    beforeAnswer = () => {
      throw new Error('away');
    };
    await expect(lookAt(1_100)).rejects.toThrow('away');
    beforeAnswer = () => undefined;
    waiting = ['b'];
    expect((await lookAt(1_200)).takenBefore).toBe(1_000);
  });

  it('jobs wait as long as one was seen to, while others wait behind it', async () => {
    waiting = ['a'];
    await lookAt(1_000);
    expect((await lookAt(1_300)).waitMs).toBe(300);
    waiting = ['b'];
    expect((await lookAt(1_400)).waitMs).toBe(300);
    waiting = ['c'];
    expect((await lookAt(1_500)).waitMs).toBe(0);
  });

  it('nothing waits long when nothing waits', async () => {
    waiting = ['a'];
    await lookAt(1_000);
    await lookAt(1_300);
    waiting = [];
    expect((await lookAt(1_400)).waitMs).toBe(0);
  });
});
