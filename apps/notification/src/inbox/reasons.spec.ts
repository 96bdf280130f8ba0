import fc from 'fast-check';

import { Reason, strongest, withoutStrongest } from './reasons.js';

const anyReasons = fc.integer({ min: 0, max: 127 });

describe('reasons to be told', () => {
  it('are as strong as mention > reply > comment > thread > post', () => {
    const order = ['mention', 'reply', 'comment', 'thread', 'post'] as const;
    let reasons = order.reduce((bits, name) => bits | Reason[name], 0);
    for (const name of order) {
      expect(strongest(reasons)).toBe(name);
      reasons = withoutStrongest(reasons);
    }
    expect(reasons).toBe(0);
    expect(strongest(reasons)).toBeUndefined();
    expect(withoutStrongest(0)).toBe(0);
  });

  it('taking the strongest away leaves all others and only weaker ones', () => {
    fc.assert(
      fc.property(anyReasons, (reasons) => {
        const name = strongest(reasons);
        const left = withoutStrongest(reasons);
        if (name === undefined) return reasons === 0 && left === 0;
        return (left | Reason[name]) === reasons && left < Reason[name];
      }),
    );
  });

  it('a stronger reason wins, in whichever order they come', () => {
    fc.assert(
      fc.property(anyReasons, anyReasons, (a, b) => {
        const bits = (name: ReturnType<typeof strongest>) => (name === undefined ? 0 : Reason[name]);
        return bits(strongest(a | b)) === Math.max(bits(strongest(a)), bits(strongest(b)));
      }),
    );
  });
});
