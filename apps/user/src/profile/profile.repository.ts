import { Injectable } from '@nestjs/common';

import type { Queryable, Statement } from '#database/database.js';

import type { BatchUser } from './profile.schemas.js';

export type ProfileRow = {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly followerCount: number;
  readonly followingCount: number;
  readonly createdAt: Date;
};

const COLUMNS = `
  p.id, p.handle, p.display_name AS "displayName", p.avatar_url AS "avatarUrl", p.locale, p.time_zone AS "timeZone",
  p.follower_count AS "followerCount", p.following_count AS "followingCount", p.created_at AS "createdAt"`;

/** Rows are taken in byte order, as follows take theirs. A row that was there carries the updater's xmax. */
const SAVE: Statement = {
  name: 'profile-save',
  text: `
    INSERT INTO profile AS p (id, handle, handle_key, display_name, avatar_url, locale, time_zone, email)
    SELECT given.* FROM
      unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
      AS given (id, handle, handle_key, display_name, avatar_url, locale, time_zone, email)
    ORDER BY given.id COLLATE "C"
    ON CONFLICT (id) DO UPDATE SET
      handle = excluded.handle, handle_key = excluded.handle_key, display_name = excluded.display_name,
      avatar_url = excluded.avatar_url, locale = excluded.locale, time_zone = excluded.time_zone,
      email = excluded.email, updated_at = now()
    RETURNING ${COLUMNS}, p.xmax = 0 AS created`,
};

const FIND_TAKEN: Statement = {
  name: 'profile-find-taken',
  text: `
    SELECT given.id FROM unnest($1::text[], $2::text[]) AS given (id, handle_key)
    JOIN profile p USING (handle_key) WHERE p.handle_key = ANY($2::text[]) AND p.id <> given.id`,
};

const FIND_MANY: Statement = {
  name: 'profile-find-many',
  text: `SELECT ${COLUMNS} FROM profile p WHERE p.id = ANY ($1::text[])`,
};

const RESOLVE_HANDLES: Statement = {
  name: 'profile-resolve-handles',
  text: `
    SELECT asked.handle, p.id AS "userId" FROM unnest($1::text[], $2::text[]) AS asked (handle, handle_key)
    JOIN profile p USING (handle_key) WHERE p.handle_key = ANY($2::text[])`,
};

/** People's profiles. */
@Injectable()
export class ProfileRepository {
  /**
   * Creates or replaces profiles with distinct ids; `created` tells which.
   * @throws DatabaseError that `isHandleTaken` knows when a handle belongs to somebody else.
   */
  async save(
    database: Queryable,
    profiles: readonly BatchUser[],
  ): Promise<(ProfileRow & { created: boolean })[]> {
    return database.query(SAVE, [
      profiles.map(({ id }) => id),
      profiles.map(({ handle }) => handle),
      profiles.map(({ handle }) => keyOf(handle)),
      profiles.map(({ displayName }) => displayName),
      profiles.map(({ avatarUrl }) => avatarUrl ?? null),
      profiles.map(({ locale }) => locale ?? null),
      profiles.map(({ timeZone }) => timeZone ?? null),
      profiles.map(({ email }) => email ?? null),
    ]);
  }

  /** Ids of those whose handle belongs to somebody else. */
  async findTaken(database: Queryable, profiles: readonly BatchUser[]): Promise<Set<string>> {
    const rows = await database.query<{ id: string }>(FIND_TAKEN, [
      profiles.map(({ id }) => id),
      profiles.map(({ handle }) => keyOf(handle)),
    ]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Those of the profiles that exist, in no order. */
  async findMany(database: Queryable, ids: readonly string[]): Promise<ProfileRow[]> {
    return database.query(FIND_MANY, [ids]);
  }

  /** Owners of those handles that have one; each handle in the letter case that was asked for. */
  async resolveHandles(
    database: Queryable,
    handles: readonly string[],
  ): Promise<{ handle: string; userId: string }[]> {
    return database.query(RESOLVE_HANDLES, [handles, handles.map(keyOf)]);
  }
}

/** Whether a save failed because a handle is taken. */
export function isHandleTaken(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'profile_handle_key_key';
}

/** Not PostgreSQL's lower(), which follows the locale of the database. Handles are ASCII. */
function keyOf(handle: string): string {
  return handle.toLowerCase();
}
