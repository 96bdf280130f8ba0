import type { ConsumerBacklog } from './deliveries.repository.js';
import { Unsettled } from './unsettled.js';

describe('the count of what is unsettled', () => {
  let now: number;
  let counts: number;
  let counted: () => Promise<ConsumerBacklog[]>;
  let unsettled: Unsettled;
  beforeEach(() => {
    now = 0;
    counts = 0;
    const count = () => {
      counts++;
      return counted();
    };
    unsettled = new Unsettled(count, () => now);
  });

  const backlogOf = (rows: number): ConsumerBacklog[] => [
    { consumer: 'notification', unsettled: rows, oldest_seconds: 1 },
    { consumer: 'user', unsettled: rows, oldest_seconds: 1 },
  ];

  it('is one for all who ask at the same time', async () => {
    let end: (backlog: ConsumerBacklog[]) => void = () => undefined;
    counted = () => new Promise((resolve) => (end = resolve));
    const asked = [unsettled.read(), unsettled.read()];
    now += 60_000;
    asked.push(unsettled.read());
    end(backlogOf(3));
    expect(await Promise.all(asked)).toEqual([backlogOf(3), backlogOf(3), backlogOf(3)]);
    expect(counts).toBe(1);
  });

  it('is as new as can be while there is little, and rests for two seconds a million', async () => {
    counted = async () => backlogOf(0);
    await unsettled.read();
    counted = async () => backlogOf(500_000);
    expect(await unsettled.read()).toEqual(backlogOf(500_000));
    counted = async () => backlogOf(0);
    now += 1_999;
    expect(await unsettled.read()).toEqual(backlogOf(500_000));
    now += 1;
    expect(await unsettled.read()).toEqual(backlogOf(0));
    expect(counts).toBe(3);
  });

  it.each([
    ['at once', 0, 0],
    ['after twenty times as long as it took', 100, 2_000],
    ['after ten seconds', 15_000, 10_000],
  ])('that fails is made again %s, and known to have failed until then', async (_, tookMs, restMs) => {
    counted = () => {
      now += tookMs;
      return Promise.reject(new Error('cut off'));
    };
    await expect(unsettled.read()).rejects.toThrow('cut off');
    counted = async () => backlogOf(1);
    if (restMs > 0) {
      now += restMs - 1;
      await expect(unsettled.read()).rejects.toThrow('cut off');
      now += 1;
    }
    expect(await unsettled.read()).toEqual(backlogOf(1));
    expect(counts).toBe(2);
  });
});
