import { z } from 'zod';

import { ClientId, Handle } from '#contracts/ids.js';

export const UserPath = z.strictObject({ userId: ClientId });

/** Counted in code points, as JSON Schema counts; `Cc` are the control characters. */
const DisplayName = z
  .string()
  .trim()
  .regex(/^\P{Cc}{1,100}$/u, 'must be 1 to 100 characters without control characters')
  .meta({ description: 'What people are shown, 1 to 100 characters.' });

const AvatarUrl = z
  .string()
  .max(500)
  .regex(/^https?:\/\/[^\s\p{Cc}]+$/u, 'must be an http or https URL')
  .refine((url) => URL.canParse(url), 'must be a URL')
  .meta({ format: 'uri' });

const Locale = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag')
  .refine(isLocale, 'must be a BCP 47 language tag')
  .meta({ description: 'BCP 47; notifications are worded in it.' });

/** Begins with a letter, for an offset such as `+01:00` knows nothing of summer time. */
const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'must be an IANA time zone')
  .refine(isTimeZone, 'must be an IANA time zone')
  .meta({ description: 'IANA name of the time zone.' });

const profile = {
  handle: Handle.meta({ description: 'Unique; letter case does not matter.' }),
  displayName: DisplayName,
  avatarUrl: AvatarUrl.optional(),
  locale: Locale.optional(),
  timeZone: TimeZone.optional(),
  email: z.email().max(254).optional().meta({ description: 'Never shown to anybody.' }),
};

const example = {
  handle: 'ana',
  displayName: 'Ana Sousa',
  avatarUrl: 'https://example.com/ana.png',
  locale: 'pt-PT',
  timeZone: 'Europe/Lisbon',
};

export const ProfileRequest = z.strictObject(profile).meta({ id: 'ProfileRequest', examples: [example] });
export type ProfileRequest = z.output<typeof ProfileRequest>;

export const UserProfile = z
  .strictObject({
    id: ClientId,
    handle: Handle,
    displayName: z.string(),
    avatarUrl: z.string().nullable(),
    locale: z.string().nullable(),
    timeZone: z.string().nullable(),
    followers: z.number().int().nonnegative(),
    following: z.number().int().nonnegative(),
    createdAt: z.iso.datetime(),
  })
  .meta({
    id: 'UserProfile',
    examples: [{ id: 'ana', ...example, followers: 5, following: 3, createdAt: '2026-11-20T10:15:00.000Z' }],
  });
export type UserProfile = z.output<typeof UserProfile>;

const BatchUser = z.strictObject({ id: ClientId, ...profile });
export type BatchUser = z.output<typeof BatchUser>;

export const BatchUsersRequest = z
  .strictObject({
    users: z.array(BatchUser).min(1).max(1000).superRefine(refuseRepeated),
    notify: z.boolean().default(false).meta({ description: 'Accepted for symmetry; profiles tell nobody.' }),
  })
  .meta({ id: 'BatchUsersRequest', examples: [{ users: [{ id: 'ana', ...example }] }] });
export type BatchUsersRequest = z.output<typeof BatchUsersRequest>;

export const BatchUsersAnswer = z
  .strictObject({ created: z.number().int(), updated: z.number().int() })
  .meta({ id: 'BatchUsersAnswer', examples: [{ created: 998, updated: 2 }] });
export type BatchUsersAnswer = z.output<typeof BatchUsersAnswer>;

/** One user twice in a batch has no one last state, and a handle has one owner. */
function refuseRepeated(users: readonly BatchUser[], context: z.RefinementCtx): void {
  const ids = new Set<string>();
  const handles = new Set<string>();
  users.forEach(({ id, handle }, index) => {
    const key = handle.toLowerCase();
    if (ids.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'is given twice' });
    if (handles.has(key)) {
      context.addIssue({ code: 'custom', path: [index, 'handle'], message: 'is given twice' });
    }
    ids.add(id);
    handles.add(key);
  });
}

function isLocale(tag: string): boolean {
  return accepts(() => Intl.getCanonicalLocales(tag));
}

function isTimeZone(name: string): boolean {
  return accepts(() => new Intl.DateTimeFormat('en', { timeZone: name }));
}

/** Intl says no by a RangeError. */
function accepts(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
