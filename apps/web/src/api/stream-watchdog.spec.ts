import type { Counts } from './contract.js';
import { Problem } from './problem.js';
import { watchStream, type WatchedStream } from './stream-watchdog.js';

const LONG_MS = 60_000;

describe('watchStream', () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  let stop: () => void;

  beforeEach(() => {
    jest.useFakeTimers();
    Object.assign(globalThis, { document: page, window: new EventTarget() });
  });
  afterEach(() => {
    stop();
    jest.useRealTimers();
    for (const name of ['document', 'window']) Reflect.deleteProperty(globalThis, name);
  });

  function watched(counts: () => Promise<Counts>) {
    let live = true;
    const reopen = jest.fn();
    const lost = jest.fn(() => void (live = false));
    const stream: WatchedStream = {
      get live() {
        return live;
      },
      position: 10,
      reopen,
      lost,
    };
    stop = watchStream(stream, counts);
    return { reopen, lost };
  }
  const at = (seq: number) => () => Promise.resolve({ unread: 0, unseen: 0, seq });
  const refused = (status: number) => () => Promise.reject(new Problem({ status, code: 'X', message: 'no' }));

  it('leaves alone a stream that is where the server is', async () => {
    const { reopen, lost } = watched(at(10));
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect([reopen, lost].flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  it('opens anew, once, a stream that stays behind', async () => {
    const { reopen, lost } = watched(at(11));
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(reopen).toHaveBeenCalledTimes(1);
    expect(lost).not.toHaveBeenCalled();
  });

  it('gives up a stream whose server hangs, within half a minute', async () => {
    const { lost } = watched(() => new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(30_000);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it.each([0, 502, 504])('gives up a stream whose server is not reached (%i)', async (status) => {
    const { lost } = watched(refused(status));
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it.each([429, 500, 503])(
    'leaves alone a stream whose server answers that it cannot say (%i)',
    async (status) => {
      const { reopen, lost } = watched(refused(status));
      await jest.advanceTimersByTimeAsync(LONG_MS);
      expect([reopen, lost].flatMap(({ mock }) => mock.calls)).toEqual([]);
    },
  );
});
