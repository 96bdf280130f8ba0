import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';
import { beyond, cutPage, type PageQuery, readCursor, TimeAndId } from '#http/paging.js';

import { PrismaClient } from '../generated/prisma/client.js';
import { InboxRepository } from '../inbox/inbox.repository.js';
import { InboxWriter } from '../inbox/inbox.writer.js';
import type { MemberKey } from '../inbox/member.js';
import { rehidingOf } from '../inbox/settle-member.js';
import { HydrateService } from '../notifications/hydrate.service.js';
import { NotificationErrors } from '../notifications/notifications.errors.js';
import { HintPublisher } from '../stream/hints.js';
import { type RelationSide, RelationsRepository } from './relations.repository.js';
import type { SilencedUsers } from './relations.schemas.js';

/** Members that one transaction hides or shows: locks of an inbox are short, and no statement is cut off. */
const PAGE = 500;

export type RelationKind = 'mute' | 'block';

/**
 * Mutes and blocks: in force, in the inbox too, when they are answered. One that fails may be in force in part; asked
 * again, it is in force.
 */
@Injectable()
export class RelationsService {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaClient,
    private readonly inbox: InboxRepository,
    private readonly writer: InboxWriter,
    private readonly relations: RelationsRepository,
    private readonly hydrator: HydrateService,
    private readonly hints: HintPublisher,
  ) {}

  /** Hides what the other does, also what was told before. Idempotent. @throws CodedError RELATION_TO_SELF */
  async add(kind: RelationKind, me: string, other: string): Promise<void> {
    await this.change(kind, me, other, (tx, sides) => this.relations.add(tx, sides));
  }

  /** Shows it again, as if nothing had been. Idempotent. */
  async remove(kind: RelationKind, me: string, other: string): Promise<void> {
    await this.change(kind, me, other, (tx, sides) => this.relations.remove(tx, sides));
  }

  /** Whom I muted or blocked, newest first. @throws CodedError INVALID_INPUT for a malformed cursor */
  async list(kind: RelationKind, me: string, query: PageQuery): Promise<SilencedUsers> {
    const after = readCursor(query.cursor, TimeAndId);
    const found = await this.prisma.relation.findMany({
      where: {
        recipientId: me,
        kind,
        ...beyond(after, 'createdAt', 'actorId'),
      },
      orderBy: [{ createdAt: 'desc' }, { actorId: 'desc' }],
      take: query.limit + 1,
    });
    const { rows, page } = cutPage(found, query.limit, (row) => ({ at: row.createdAt, id: row.actorId }));
    const users = await this.hydrator.users(rows.map((row) => row.actorId));
    return {
      users: rows.flatMap((row) => {
        const user = users[row.actorId];
        return user === undefined ? [] : [{ ...user, since: row.createdAt.toISOString() }];
      }),
      page,
    };
  }

  private async change(
    kind: RelationKind,
    me: string,
    other: string,
    write: (tx: Transaction, sides: readonly RelationSide[]) => Promise<void>,
  ): Promise<void> {
    if (me === other)
      throw new CodedError(NotificationErrors.RELATION_TO_SELF, 'Nobody can mute or block themselves.');
    const sides = sidesOf(kind, me, other);
    let after = await this.rehide(sides, undefined, (tx) => write(tx, sides));
    while (after !== undefined) after = await this.rehide(sides, after);
  }

  /**
   * Hides or shows one page of what was told before, as the relations are then; whoever is told of something new looks
   * at them, too. `first` is done before, in the same transaction.
   * @returns where the page ended; undefined after the last
   */
  private async rehide(
    sides: readonly RelationSide[],
    after: MemberKey | undefined,
    first?: (tx: Transaction) => Promise<void>,
  ): Promise<MemberKey | undefined> {
    const { members, hints } = await this.database.transaction(async (tx) => {
      await this.inbox.lock(
        tx,
        sides.map(({ recipientId }) => recipientId),
      );
      await first?.(tx);
      const page = await this.relations.membersBy(tx, sides, after, PAGE);
      return { members: page, hints: await this.writer.apply(tx, page.map(rehidingOf), new Map()) };
    });
    this.hints.publish(hints);
    return members.length < PAGE ? undefined : members.at(-1);
  }
}

/** A block works both ways, and each side stands with its own inbox. */
function sidesOf(kind: RelationKind, me: string, other: string): RelationSide[] {
  if (kind === 'mute') return [{ recipientId: me, actorId: other, kind: 'mute' }];
  return [
    { recipientId: me, actorId: other, kind: 'block' },
    { recipientId: other, actorId: me, kind: 'blocked_by' },
  ];
}
