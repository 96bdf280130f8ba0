import { z } from 'zod';

/** Ids that clients supply (users, posts): 1 to 64 of `A-Z a-z 0-9 _ -`. */
export const ClientId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -');

/** Ids that Beckon makes: UUIDs (version 7, so that they sort by time). */
export const BeckonId = z.uuid('must be a UUID').toLowerCase();

/** The name that others mention: `@ana`. ASCII, so that no two handles look alike; letter case does not matter. */
export const Handle = z.string().regex(/^[A-Za-z0-9_]{1,30}$/, 'must be 1 to 30 of A-Z a-z 0-9 _');
