import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';

import { type Group, numberCounts } from '../inbox/group.js';
import { InboxRepository } from '../inbox/inbox.repository.js';
import { count } from '../inbox/regroup.js';
import { HydrateService } from '../notifications/hydrate.service.js';
import { NotificationErrors } from '../notifications/notifications.errors.js';
import type { Counts, NotificationGroup } from '../notifications/notifications.schemas.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import type { TitleLocale } from '../notifications/titles.messages.js';
import { HintPublisher } from '../stream/hints.js';
import { MarksRepository } from './marks.repository.js';

export type Mark = 'read' | 'unread' | 'archive' | 'unarchive';

/** Reading and archiving close a group for good: what comes after opens another. Undoing them never reopens it. */
const marks: Record<Mark, (group: Group, now: Date) => Group> = {
  read: (group, now) => ({ ...group, read_at: group.read_at ?? now, closed_at: group.closed_at ?? now }),
  unread: (group) => ({ ...group, read_at: null }),
  archive: (group, now) => ({
    ...group,
    archived_at: group.archived_at ?? now,
    closed_at: group.closed_at ?? now,
  }),
  unarchive: (group) => ({ ...group, archived_at: null }),
};

/** What people do to their own notifications. */
@Injectable()
export class MarksService {
  constructor(
    private readonly database: Database,
    private readonly inbox: InboxRepository,
    private readonly repository: MarksRepository,
    private readonly notifications: NotificationsService,
    private readonly hydrator: HydrateService,
    private readonly hints: HintPublisher,
  ) {}

  /** Marks one group; marking it again changes nothing. @throws CodedError NOTIFICATION_NOT_FOUND */
  async mark(
    recipientId: string,
    groupId: string,
    mark: Mark,
    locale: TitleLocale,
  ): Promise<NotificationGroup> {
    const { group, seenSeq, seq } = await this.database.transaction(async (tx) => {
      const { states, now } = await this.inbox.lock(tx, [recipientId]);
      const state = states.get(recipientId);
      const before = await this.repository.load(tx, recipientId, groupId);
      if (before === undefined || state === undefined) {
        throw new CodedError(NotificationErrors.NOTIFICATION_NOT_FOUND, 'There is no such notification.');
      }
      const after = marks[mark](before, now);
      const changed = after.read_at !== before.read_at || after.archived_at !== before.archived_at;
      if (!changed) return { group: before, seenSeq: state.seen_seq, seq: undefined };
      count(state, before, -1);
      count(state, after, 1);
      const written = { ...after, seq: ++state.seq };
      numberCounts(state);
      await this.inbox.saveGroups(tx, [written]);
      await this.inbox.saveStates(tx, [state]);
      return { group: written, seenSeq: state.seen_seq, seq: state.seq };
    });
    if (seq !== undefined) this.hints.publish([{ recipientId, seq }]);
    const [answer] = await this.hydrator.hydrate([{ group, seenSeq }], locale);
    if (answer === undefined) throw new Error('hydration lost a group');
    return answer.group;
  }

  /** Everything with an `activitySeq` up to and including `upTo` has been looked at. */
  markSeen(recipientId: string, upTo: number): Promise<Counts> {
    return this.markUpTo(recipientId, (tx) => this.repository.see(tx, recipientId, upTo));
  }

  /** Everything with an `activitySeq` up to and including `upTo` has been read. */
  markReadUpTo(recipientId: string, upTo: number): Promise<Counts> {
    return this.markUpTo(recipientId, (tx) => this.repository.readUpTo(tx, recipientId, upTo));
  }

  private async markUpTo(
    recipientId: string,
    change: (tx: Transaction) => Promise<number | undefined>,
  ): Promise<Counts> {
    const seq = await this.database.transaction(async (tx) => {
      await this.inbox.lock(tx, [recipientId]);
      return change(tx);
    });
    if (seq !== undefined) this.hints.publish([{ recipientId, seq }]);
    return this.notifications.counts(recipientId);
  }
}
