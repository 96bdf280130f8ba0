import { z } from 'zod';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/** Query parameters of every list. */
export const PageQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .meta({ description: 'How many at most, 1 to 100.' }),
  cursor: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .meta({ description: '`page.next` of the page before; leave out for the first.' }),
});
export type PageQuery = z.output<typeof PageQuery>;

export const Page = z
  .strictObject({
    next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
  })
  .meta({ id: 'Page' });

/**
 * Reads a cursor that `cutPage` made: the sort key of the last row of the page before.
 * @throws CodedError INVALID_INPUT when it is malformed. A foreign cursor is only a position: every query
 * still asks for the caller's own rows.
 */
export function readCursor<T>(cursor: string | undefined, key: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    throw new CodedError(CommonErrors.INVALID_INPUT, 'The cursor is not one that Beckon gave out.', {
      cause: error,
      issues: [{ path: 'query.cursor', message: 'malformed' }],
    });
  }
}

/**
 * Cuts a list that was read with one row more than asked for.
 * @returns the rows of the page, and the cursor of the next one or null.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => unknown,
): { rows: Row[]; page: { next: string | null } } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next =
    rows.length > limit && last !== undefined
      ? Buffer.from(JSON.stringify(key(last))).toString('base64url')
      : null;
  return { rows: page, page: { next } };
}

/** Cursor key of lists that are ordered by time and then id, newest first. */
export const TimeAndId = z.strictObject({
  at: z.iso.datetime({ offset: true }).refine(isStorable, 'must be in the years 1 to 9999'),
  id: z
    .string()
    .max(200)
    .refine((id) => !id.includes('\0')),
});

interface Bound {
  lt?: string;
  lte?: string;
  gt?: string;
  gte?: string;
}
type Bounded<Column extends string> = { [Name in Column]?: Bound };

/**
 * Prisma's condition for the rows that come after a cursor, in a list ordered by a column of time and then one of ids:
 * `createdAt: desc, id: desc`, or both ascending. All rows when there is no cursor.
 */
export function beyond<Time extends string, Id extends string>(
  after: z.output<typeof TimeAndId> | undefined,
  time: Time,
  id: Id,
  order: 'asc' | 'desc' = 'desc',
): Partial<Bounded<Time> & { OR: (Bounded<Time> | Bounded<Id>)[] }> {
  if (after === undefined) return {};
  const [past, from] = order === 'desc' ? (['lt', 'lte'] as const) : (['gt', 'gte'] as const);
  // The first bound lets the index skip to the page, the second cuts rows of the same instant.
  return {
    ...bounded(time, { [from]: after.at }),
    OR: [bounded(time, { [past]: after.at }), bounded(id, { [past]: after.id })],
  };
}

function bounded<Column extends string>(column: Column, bound: Bound) {
  return { [column]: bound } as Bounded<Column>;
}

/** Years outside of these have no four digits in UTC, and PostgreSQL refuses how JavaScript writes them. */
function isStorable(time: string): boolean {
  const year = new Date(time).getUTCFullYear();
  return year >= 1 && year <= 9999;
}
