import { seriesRange } from './series.js';

const now = Date.parse('2026-11-20T10:15:00Z');

function rangeOf(query: Parameters<typeof seriesRange>[0]) {
  const { first, last, points } = seriesRange(query, now);
  return { first: new Date(first).toISOString(), last: new Date(last).toISOString(), points };
}

describe('the intervals of a series', () => {
  it('are those that the last 24 hours touch, when nothing is said', () => {
    expect(rangeOf({ interval: 'hour' })).toEqual({
      first: '2026-11-19T10:00:00.000Z',
      last: '2026-11-20T10:00:00.000Z',
      points: 25,
    });
  });

  it('are those that the last 30 days touch, by the day', () => {
    expect(rangeOf({ interval: 'day' })).toEqual({
      first: '2026-10-21T00:00:00.000Z',
      last: '2026-11-20T00:00:00.000Z',
      points: 31,
    });
  });

  it('are aligned to UTC, whatever the offset of the question', () => {
    const query = { interval: 'day', from: '2026-11-20T01:00:00+02:00', to: '2026-11-20T01:00:00Z' } as const;
    expect(rangeOf(query)).toEqual({
      first: '2026-11-19T00:00:00.000Z',
      last: '2026-11-20T00:00:00.000Z',
      points: 2,
    });
  });

  it('end before an interval that begins at `to`', () => {
    const query = { interval: 'hour', from: '2026-11-20T08:00:00Z', to: '2026-11-20T10:00:00Z' } as const;
    expect(rangeOf(query)).toEqual({
      first: '2026-11-20T08:00:00.000Z',
      last: '2026-11-20T09:00:00.000Z',
      points: 2,
    });
  });

  it('are none when `from` is not before `to`', () => {
    const at = '2026-11-20T10:15:00Z';
    expect(seriesRange({ interval: 'hour', from: at, to: at }, now).points).toBe(0);
    expect(seriesRange({ interval: 'hour', from: '2026-11-21T00:00:00Z' }, now).points).toBe(0);
  });

  it('stand at every point before 1970 too', () => {
    const query = { interval: 'day', from: '1969-12-30T12:00:00Z', to: '1970-01-01T12:00:00Z' } as const;
    expect(rangeOf(query)).toMatchObject({ first: '1969-12-30T00:00:00.000Z', points: 3 });
  });
});
