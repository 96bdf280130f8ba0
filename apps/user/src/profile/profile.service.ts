import { Injectable } from '@nestjs/common';

import type { Principal } from '#auth/principal.js';
import { Database } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Lookups } from '#lookup/lookups.js';

import { PrismaClient } from '../generated/prisma/client.js';
import { ProfileErrors } from './profile.errors.js';
import { isHandleTaken, ProfileRepository, type ProfileRow } from './profile.repository.js';
import type { BatchUser, BatchUsersAnswer, ProfileRequest, UserProfile } from './profile.schemas.js';

/** A save that lost a race for its own row is as good as new; more than this is no race. */
const SAVE_ATTEMPTS = 3;

/** Who people are. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaClient,
    private readonly profiles: ProfileRepository,
    private readonly lookups: Lookups,
  ) {}

  /** Creates or replaces a profile. @throws CodedError FORBIDDEN for another's, USER_HANDLE_TAKEN */
  async save(
    caller: Principal,
    userId: string,
    profile: ProfileRequest,
  ): Promise<{ created: boolean; profile: UserProfile }> {
    if (caller.userId !== userId && !caller.scopes.has('service')) {
      throw new CodedError(CommonErrors.FORBIDDEN, 'Only a service token may change another’s profile.');
    }
    const [row] = await this.saveMany([{ id: userId, ...profile }], () => 'body.handle');
    if (row === undefined) throw new Error('an upsert answered no row');
    return { created: row.created, profile: toAnswer(row) };
  }

  /** Creates or replaces many profiles, or none of them. @throws CodedError USER_HANDLE_TAKEN that names which */
  async saveBatch(users: readonly BatchUser[]): Promise<BatchUsersAnswer> {
    const rows = await this.saveMany(users, (index) => `body.users.${index}.handle`);
    const created = rows.filter((row) => row.created).length;
    return { created, updated: rows.length - created };
  }

  /** @throws CodedError USER_NOT_FOUND */
  async find(userId: string): Promise<UserProfile> {
    const row = await this.prisma.profile.findUnique({ where: { id: userId }, omit: { email: true } });
    if (row === null) throw new CodedError(ProfileErrors.USER_NOT_FOUND, `There is no user ${userId}.`);
    return toAnswer(row);
  }

  /** @param pathOf where in the input the handle of a profile stands. */
  private async saveMany(profiles: readonly BatchUser[], pathOf: (index: number) => string) {
    for (let attempt = 1; ; attempt++) {
      try {
        const rows = await this.database.transaction((tx) => this.profiles.save(tx, profiles));
        for (const { id } of rows) this.lookups.forgetProfile(id);
        return rows;
      } catch (error) {
        if (!isHandleTaken(error)) throw error;
        // Two first saves of one person at once can meet at the handle before they meet at the id.
        const taken = await this.profiles.findTaken(this.database, profiles);
        if (taken.size === 0 && attempt < SAVE_ATTEMPTS) continue;
        const issues = profiles.flatMap(({ id }, index) =>
          taken.has(id) ? [{ path: pathOf(index), message: 'belongs to somebody else' }] : [],
        );
        throw new CodedError(ProfileErrors.USER_HANDLE_TAKEN, 'A handle belongs to somebody else.', {
          cause: error,
          issues,
        });
      }
    }
  }
}

/** A profile in the shape of the API. */
function toAnswer(row: ProfileRow): UserProfile {
  const { id, handle, displayName, avatarUrl, locale, timeZone } = row;
  return {
    id,
    handle,
    displayName,
    avatarUrl,
    locale,
    timeZone,
    followers: row.followerCount,
    following: row.followingCount,
    createdAt: row.createdAt.toISOString(),
  };
}
