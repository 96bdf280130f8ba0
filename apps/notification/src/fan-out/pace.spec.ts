import { Pace } from './pace.js';

describe('the pace of large audiences', () => {
  let now = 0;
  let pace: Pace;
  beforeEach(() => {
    now = 5_000;
    pace = new Pace(() => now);
  });

  it('begins without a rest', () => {
    expect(pace.restMs()).toBe(0);
  });

  it('rests as long as a chunk took', () => {
    pace.chunkTook(40, false);
    expect(pace.restMs()).toBe(40);
    now += 30;
    expect(pace.restMs()).toBe(10);
    now += 30;
    expect(pace.restMs()).toBe(0);
  });

  it('rests 100 ms at most, however slow a chunk was', () => {
    pace.chunkTook(4_000, false);
    expect(pace.restMs()).toBe(100);
  });

  it('does not rest while further audiences wait', () => {
    pace.chunkTook(40, true);
    expect(pace.restMs()).toBe(0);
  });

  it('is not shortened by a quick chunk of another loop', () => {
    pace.chunkTook(80, false);
    now += 10;
    pace.chunkTook(5, false);
    expect(pace.restMs()).toBe(70);
  });
});
