import { Shutdown, shutdownStages } from './shutdown.js';

// Fake timers do not reach this module; on top of setTimeout they do.
jest.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: string, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(value), ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Error('aborted'));
      });
    }),
}));

const never = () => new Promise<never>(() => undefined);

describe('shutting down', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('closes stage by stage, in the order of the promises, whatever the order of registering', async () => {
    const shutdown = new Shutdown();
    const closed: string[] = [];
    for (const stage of shutdownStages.toReversed()) {
      shutdown.register(stage, 'slow', async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        closed.push(stage);
      });
    }
    const run = shutdown.run();
    await jest.advanceTimersByTimeAsync(100 * shutdownStages.length);
    expect(await run).toEqual([]);
    expect(closed).toEqual(['http', 'workers', 'relay', 'queues', 'grpc', 'redis', 'database', 'traces']);
  });

  it('closes what is of one stage side by side', async () => {
    const shutdown = new Shutdown();
    const started: string[] = [];
    let release: (value?: unknown) => void = () => undefined;
    shutdown.register('workers', 'a', () => {
      started.push('a');
      return new Promise((resolve) => (release = resolve));
    });
    shutdown.register('workers', 'b', async () => {
      started.push('b');
      release();
    });
    expect(await shutdown.run()).toEqual([]);
    expect(started).toEqual(['a', 'b']);
  });

  it('goes on past what fails, and names it', async () => {
    const shutdown = new Shutdown();
    let closed = false;
    shutdown.register('http', 'server', async () => Promise.reject(new Error('stuck')));
    shutdown.register('database', 'pool', async () => (closed = true));
    expect(await shutdown.run()).toEqual(['http/server: Error: stuck']);
    expect(closed).toBe(true);
  });

  it('closes once, however often it is asked', async () => {
    const shutdown = new Shutdown();
    const close = jest.fn(async () => undefined);
    shutdown.register('http', 'server', close);
    expect(shutdown.begun).toBe(false);
    const [first, second] = [shutdown.run(), shutdown.run()];
    expect(shutdown.begun).toBe(true);
    await Promise.all([first, second]);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('leaves behind what does not close in time', async () => {
    const shutdown = new Shutdown();
    let closedAt = 0;
    shutdown.register('workers', 'stuck', never);
    shutdown.register('database', 'pool', async () => (closedAt = Date.now()));
    const began = Date.now();
    const run = shutdown.run();
    await jest.advanceTimersByTimeAsync(8_000);
    expect(await run).toEqual(['workers/stuck: did not close in time']);
    expect(closedAt - began).toBe(8_000);
  });

  it('leaves no timer behind', async () => {
    const shutdown = new Shutdown();
    for (const stage of shutdownStages) shutdown.register(stage, 'quick', async () => undefined);
    await shutdown.run();
    expect(jest.getTimerCount()).toBe(0);
  });
});
