import type { TrendingRepository } from './trending.repository.js';
import { TrendingService } from './trending.service.js';

describe('what is trending', () => {
  let now = 0;
  let counts = 0;
  let count: () => Promise<never[]>;
  let service: TrendingService;

  beforeEach(() => {
    now = 1_000;
    counts = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const list = () => {
      counts++;
      return count();
    };
    service = new TrendingService({ list } as unknown as TrendingRepository);
  });
  afterEach(() => jest.restoreAllMocks());

  it('is counted once for those who ask meanwhile, and for ten times as long', async () => {
    count = async () => {
      now += 100;
      return [];
    };
    await Promise.all([service.list('24h', 10), service.list('24h', 10)]);
    now += 999;
    await service.list('24h', 10);
    expect(counts).toBe(1);
    now += 1;
    await service.list('24h', 10);
    expect(counts).toBe(2);
  });

  it('is counted for each window by itself', async () => {
    count = async () => [];
    await Promise.all([service.list('1h', 10), service.list('7d', 10)]);
    expect(counts).toBe(2);
  });

  it('is counted anew at once when it failed', async () => {
    count = async () => {
      now += 100;
      throw new Error('cut off');
    };
    await expect(service.list('24h', 10)).rejects.toThrow('cut off');
    count = async () => [];
    expect(await service.list('24h', 10)).toEqual([]);
  });
});
