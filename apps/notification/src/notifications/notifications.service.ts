import { Injectable } from '@nestjs/common';
import { z } from 'zod';

import { ClientId } from '#contracts/ids.js';
import { CodedError } from '#errors/coded-error.js';
import { cutPage, type PageQuery, readCursor } from '#http/paging.js';

import { HydrateService } from './hydrate.service.js';
import { NotificationErrors } from './notifications.errors.js';
import { NotificationsRepository } from './notifications.repository.js';
import type {
  Counts,
  GroupActors,
  NotificationAnswer,
  Notifications,
  NotificationsQuery,
} from './notifications.schemas.js';
import type { TitleLocale } from './titles.messages.js';

const ListKey = z.number().int().min(0);
const ActorKey = z.strictObject({ activitySeq: z.number().int().min(0), actorId: ClientId });

/** What a person reads of their inbox. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly hydrator: HydrateService,
  ) {}

  /** @throws CodedError INVALID_INPUT for a malformed cursor */
  async list(recipientId: string, query: NotificationsQuery, locale: TitleLocale): Promise<Notifications> {
    const before = readCursor(query.cursor, ListKey);
    const { state, groups } = await this.notifications.list(recipientId, query, before);
    const { rows, page } = cutPage(groups, query.limit, (group) => group.activity_seq);
    const hydrated = await this.hydrator.hydrate(
      rows.map((group) => ({ group, seenSeq: state.seen_seq })),
      locale,
    );
    return {
      groups: hydrated.map(({ group }) => group),
      users: Object.fromEntries(hydrated.flatMap(({ users }) => Object.entries(users))),
      counts: { unread: state.unread, unseen: state.unseen, seq: state.state_seq },
      page,
    };
  }

  async counts(recipientId: string): Promise<Counts> {
    const { unread, unseen, seq } = await this.notifications.counts(recipientId);
    return { unread, unseen, seq };
  }

  /** @throws CodedError NOTIFICATION_NOT_FOUND, the same for another's and for none */
  async find(recipientId: string, groupId: string, locale: TitleLocale): Promise<NotificationAnswer> {
    const found = await this.require(recipientId, groupId);
    const [answer] = await this.hydrator.hydrate([found], locale);
    if (answer === undefined) throw new Error('hydration lost a group');
    return answer;
  }

  /** All actors of a group, latest first. @throws CodedError NOTIFICATION_NOT_FOUND, INVALID_INPUT */
  async actors(recipientId: string, groupId: string, query: PageQuery): Promise<GroupActors> {
    const after = readCursor(query.cursor, ActorKey);
    const { group } = await this.require(recipientId, groupId);
    const found = await this.notifications.actors(recipientId, group, after, query.limit + 1);
    const { rows, page } = cutPage(found, query.limit, (row) => ({
      activitySeq: row.activity_seq,
      actorId: row.actor_id,
    }));
    return {
      actors: rows.map((row) => ({
        userId: row.actor_id,
        reaction: row.reaction,
        latestAt: row.latest_at.toISOString(),
      })),
      users: await this.hydrator.users(rows.map((row) => row.actor_id)),
      page,
    };
  }

  private async require(recipientId: string, groupId: string) {
    const found = await this.notifications.find(recipientId, groupId);
    if (found === undefined)
      throw new CodedError(NotificationErrors.NOTIFICATION_NOT_FOUND, 'There is no such notification.');
    return found;
  }
}
