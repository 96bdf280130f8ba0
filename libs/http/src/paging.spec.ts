import fc from 'fast-check';
import { z } from 'zod';

import { CodedError } from '#errors/coded-error.js';

import { cutPage, PageQuery, readCursor, TimeAndId } from './paging.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a page', () => {
  it('is cut where it was asked to be, with a cursor only when there is more', () => {
    expect(cutPage([1, 2, 3], 2, (row) => row)).toEqual({ rows: [1, 2], page: { next: encode(2) } });
    expect(cutPage([1, 2], 2, (row) => row)).toEqual({ rows: [1, 2], page: { next: null } });
    expect(cutPage([], 2, (row) => row)).toEqual({ rows: [], page: { next: null } });
  });

  it('follows page until every row was read once, for any list and limit', () => {
    const key = z.number().int();
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.integer({ min: 1, max: 100 }), (numbers, limit) => {
        const list = numbers.toSorted((a, b) => b - a);
        const read: number[] = [];
        let cursor: string | undefined;
        do {
          const after = readCursor(cursor, key);
          const found = list.filter((row) => after === undefined || row < after).slice(0, limit + 1);
          const { rows, page } = cutPage(found, limit, (row) => row);
          read.push(...rows);
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(read).toEqual(list);
      }),
    );
  });
});

describe('a cursor', () => {
  it('comes back as the key that it was made of', () => {
    const at = new Date('2026-11-20T10:15:00.123Z');
    const { page } = cutPage([1, 2], 1, () => ({ at, id: 'ana' }));
    expect(readCursor(page.next ?? undefined, TimeAndId)).toEqual({ at: at.toISOString(), id: 'ana' });
    expect(readCursor(undefined, TimeAndId)).toBeUndefined();
  });

  it.each([
    'x',
    '%%%',
    encode(null),
    encode([]),
    encode({ at: '2026-11-20T10:15:00Z' }),
    encode({ at: 'yesterday', id: 'ana' }),
    encode({ at: '2026-02-30T10:15:00Z', id: 'ana' }),
    encode({ at: '0000-01-01T00:00:00+00:00', id: 'ana' }),
    encode({ at: '9999-12-31T23:59:59-12:00', id: 'ana' }),
    encode({ at: '2026-11-20T10:15:00Z', id: 'a\0b' }),
    encode({ at: '2026-11-20T10:15:00Z', id: 'a'.repeat(201) }),
    encode({ at: '2026-11-20T10:15:00Z', id: 'ana', more: 1 }),
    encode({ at: '2026-11-20T10:15:00Z', id: 'ana' }).slice(0, -5),
  ])('that is malformed is invalid input: %s', (cursor) => {
    expect(() => readCursor(cursor, TimeAndId)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        issues: [{ path: 'query.cursor', message: 'malformed' }],
      }),
    );
  });

  it('is refused or read, and nothing else ever happens', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => encode(json)),
        ),
        (cursor) => {
          try {
            TimeAndId.parse(readCursor(cursor, TimeAndId));
          } catch (error) {
            expect(error).toBeInstanceOf(CodedError);
          }
        },
      ),
    );
  });
});

describe('the query of a list', () => {
  it('asks for 20 unless it says otherwise', () => {
    expect(PageQuery.parse({})).toEqual({ limit: 20 });
    expect(PageQuery.parse({ limit: '100', cursor: 'x' })).toEqual({ limit: 100, cursor: 'x' });
  });

  it.each([
    { limit: '0' },
    { limit: '101' },
    { limit: '-1' },
    { limit: '1.5' },
    { limit: 'ten' },
    { limit: ['1', '2'] },
    { cursor: '' },
    { cursor: 'x'.repeat(401) },
    { offset: '3' },
  ])('is refused: %j', (query) => {
    expect(PageQuery.safeParse(query).success).toBe(false);
  });
});
