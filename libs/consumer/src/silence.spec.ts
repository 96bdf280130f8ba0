import { Silence } from './silence.js';

const LIMIT = 30_000;

describe('the silence of a consumer', () => {
  let silence: Silence;
  beforeEach(() => (silence = new Silence(LIMIT)));

  /** Looks once a second from `from` to `to`, both in seconds. Answers the second in which it had been silent too long. */
  const watch = (from: number, to: number, hasWork: boolean | undefined): number | undefined => {
    for (let second = from; second <= to; second++)
      if (silence.observe(second * 1_000, hasWork)) return second;
    return undefined;
  };

  it('has lasted too long when there is work for the limit and none of it ends', () => {
    expect(watch(0, 60, true)).toBe(30);
  });

  it('is none while there is nothing to do, and begins with the work', () => {
    expect(watch(0, 100, false)).toBeUndefined();
    expect(watch(101, 200, true)).toBe(131);
  });

  it('is none while work ends now and then', () => {
    for (let second = 0; second <= 300; second++) {
      if (second % 29 === 0) silence.broken(second * 1_000);
      expect(silence.observe(second * 1_000, true)).toBe(false);
    }
  });

  it('begins anew when Redis, which was away, is back', () => {
    expect(watch(0, 20, true)).toBeUndefined();
    expect(watch(21, 200, undefined)).toBeUndefined();
    expect(watch(201, 300, true)).toBe(231);
  });
});
