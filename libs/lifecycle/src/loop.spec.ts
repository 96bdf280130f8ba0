import { Loop } from './loop.js';

/** Ends when it is told to. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('a loop', () => {
  let loop: Loop | undefined;

  beforeEach(() => jest.useFakeTimers());
  afterEach(async () => {
    await loop?.stop();
    jest.useRealTimers();
  });

  function running(step: () => Promise<boolean>, idleMs = 1_000): Loop {
    loop = new Loop({ name: 'test', step, idleMs });
    loop.start();
    return loop;
  }

  it('works on while there may be more, then rests', async () => {
    let left = 3;
    const step = jest.fn(async () => --left > 0);
    running(step);
    await jest.advanceTimersByTimeAsync(0);
    expect(step).toHaveBeenCalledTimes(3);
    await jest.advanceTimersByTimeAsync(999);
    expect(step).toHaveBeenCalledTimes(3);
    await jest.advanceTimersByTimeAsync(1);
    expect(step).toHaveBeenCalledTimes(4);
  });

  it('rests before its first step where that can wait', async () => {
    const step = jest.fn(async () => false);
    loop = new Loop({ name: 'test', step, idleMs: 1_000, firstRestMs: 500 });
    loop.start();
    await jest.advanceTimersByTimeAsync(499);
    expect(step).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(step).toHaveBeenCalledTimes(1);
  });

  it('works at nudges alone where it has no pace of its own', async () => {
    const step = jest.fn(async () => false);
    loop = new Loop({ name: 'test', step });
    loop.start();
    await jest.advanceTimersByTimeAsync(1_000_000);
    expect(step).not.toHaveBeenCalled();
    for (const times of [1, 2]) {
      loop.nudge();
      await jest.advanceTimersByTimeAsync(1_000_000);
      expect(step).toHaveBeenCalledTimes(times);
    }
  });

  it('that is only to be roused is left alone while it works', async () => {
    const first = gate();
    const step = jest.fn(async () => {
      await first.opened;
      return false;
    });
    loop = new Loop({ name: 'test', step });
    loop.start();
    loop.rouse();
    await jest.advanceTimersByTimeAsync(0);
    loop.rouse();
    first.open();
    await jest.advanceTimersByTimeAsync(1_000_000);
    expect(step).toHaveBeenCalledTimes(1);
    loop.rouse();
    await jest.advanceTimersByTimeAsync(0);
    expect(step).toHaveBeenCalledTimes(2);
  });

  it('needs no first step to be stopped', async () => {
    const step = jest.fn(async () => false);
    loop = new Loop({ name: 'test', step, idleMs: 1_000, firstRestMs: 500 });
    loop.start();
    await loop.stop();
    expect(step).not.toHaveBeenCalled();
  });

  it('wakes at a nudge', async () => {
    const step = jest.fn(async () => false);
    const nudged = running(step);
    await jest.advanceTimersByTimeAsync(0);
    nudged.nudge();
    nudged.nudge();
    await jest.advanceTimersByTimeAsync(0);
    expect(step).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(step).toHaveBeenCalledTimes(3);
  });

  it('looks once more when it is nudged while it works, and never works twice at a time', async () => {
    const first = gate();
    let atOnce = 0;
    const step = jest.fn(async () => {
      expect(++atOnce).toBe(1);
      if (step.mock.calls.length === 1) await first.opened;
      atOnce--;
      return false;
    });
    const nudged = running(step);
    nudged.start();
    await jest.advanceTimersByTimeAsync(0);
    for (let count = 0; count < 5; count++) nudged.nudge();
    first.open();
    await jest.advanceTimersByTimeAsync(0);
    expect(step).toHaveBeenCalledTimes(2);
  });

  it('backs off longer and longer while it fails, 2 s at most, whoever nudges', async () => {
    const starts: number[] = [];
    const step = jest.fn(async () => {
      starts.push(Date.now());
      throw new Error('away');
    });
    const failing = running(step);
    for (let second = 0; second < 60; second++) {
      failing.nudge();
      await jest.advanceTimersByTimeAsync(1_000);
    }
    const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    pauses.forEach((pause, index) => {
      const most = Math.min(100 * 2 ** (index + 1), 2_000);
      expect(pause).toBeGreaterThanOrEqual(Math.floor(most / 2));
      expect(pause).toBeLessThanOrEqual(most + 1);
    });
    expect(pauses.length).toBeGreaterThan(10);
  });

  it('backs off no longer when the clock is set back meanwhile', async () => {
    const step = jest.fn(async () => Promise.reject(new Error('away')));
    const failing = running(step);
    await jest.advanceTimersByTimeAsync(0);
    jest.setSystemTime(Date.now() - 300_000);
    failing.nudge();
    await jest.advanceTimersByTimeAsync(200);
    expect(step).toHaveBeenCalledTimes(2);
  });

  it('begins anew with short pauses once it has worked', async () => {
    const outcomes = ['fail', 'fail', 'fail', 'fail', 'work', 'fail', 'work'];
    const starts: number[] = [];
    running(async () => {
      starts.push(Date.now());
      if (outcomes[starts.length - 1] === 'fail') throw new Error('away');
      return starts.length < outcomes.length;
    });
    await jest.advanceTimersByTimeAsync(10_000);
    expect((starts[6] ?? 0) - (starts[5] ?? 0)).toBeLessThanOrEqual(201);
  });

  it('stops after the step in progress, from its rest, and from its back-off', async () => {
    const working = gate();
    let ended = false;
    const busy = running(async () => {
      await working.opened;
      ended = true;
      return true;
    });
    const stopped = busy.stop();
    working.open();
    await stopped;
    expect(ended).toBe(true);

    const idle = running(async () => false, 1_000_000);
    await jest.advanceTimersByTimeAsync(0);
    await idle.stop();

    const failing = running(async () => Promise.reject(new Error('away')));
    await jest.advanceTimersByTimeAsync(0);
    await failing.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that never ran stops at once', async () => {
    await new Loop({ name: 'test', step: async () => false, idleMs: 1 }).stop();
  });
});
