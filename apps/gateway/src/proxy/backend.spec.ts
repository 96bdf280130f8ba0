import { Backend } from './backend.js';

const addresses = ['127.0.0.1:1', '127.0.0.1:2'];
const [first, second] = addresses.map((address) => `http://${address}`) as [string, string];

describe('where a request goes', () => {
  it('is one process after the other', () => {
    const backend = new Backend('user', addresses);
    expect([1, 2, 3, 4].map(() => backend.pick([]))).toEqual([first, second, first, second]);
  });

  it('is never where it was already', () => {
    const backend = new Backend('user', addresses);
    for (let round = 0; round < 3; round++) expect(backend.pick([first])).toBe(second);
    expect(backend.pick([first, second])).toBeUndefined();
  });

  it('is where somebody was there lately, for a second', () => {
    const backend = new Backend('user', addresses);
    backend.away(first, 0);
    expect([1, 2, 3].map(() => backend.pick([], 500))).toEqual([second, second, second]);
    expect(new Set([1, 2].map(() => backend.pick([], 1_000)))).toEqual(new Set([first, second]));
  });

  it('is one that was away when all were', () => {
    const backend = new Backend('user', addresses);
    backend.away(first, 0);
    backend.away(second, 0);
    expect(new Set(addresses.map(() => backend.pick([], 500)))).toEqual(new Set([first, second]));
    backend.away(first, 0);
    expect(backend.pick([second], 500)).toBe(first);
  });
});
