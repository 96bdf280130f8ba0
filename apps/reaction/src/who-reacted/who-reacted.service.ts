import { Injectable } from '@nestjs/common';

import { BeckonId } from '#contracts/ids.js';
import { beyond, cutPage, readCursor, TimeAndId } from '#http/paging.js';
import { Lookups } from '#lookup/lookups.js';

import { PrismaClient } from '../generated/prisma/client.js';
import { ReactErrors } from '../react/react.errors.js';
import type { ReactionsAnswer, ReactionsQuery, Subject } from '../react/react.schemas.js';
import { toAnswer } from '../react/react.service.js';

const TimeAndReaction = TimeAndId.extend({ id: BeckonId });

/** Who reacted to a post or comment. */
@Injectable()
export class WhoReactedService {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly lookups: Lookups,
  ) {}

  /** Standing reactions, newest first. @throws CodedError INVALID_INPUT, REACTION_POST_NOT_FOUND, REACTION_COMMENT_NOT_FOUND */
  async list(subject: Subject, query: ReactionsQuery): Promise<ReactionsAnswer> {
    const after = readCursor(query.cursor, TimeAndReaction);
    if (subject.kind === 'post')
      await this.lookups.requirePost(subject.id, ReactErrors.REACTION_POST_NOT_FOUND);
    else await this.lookups.requireComment(subject.id, ReactErrors.REACTION_COMMENT_NOT_FOUND);
    const found = await this.prisma.reaction.findMany({
      where: {
        subjectKind: subject.kind,
        subjectId: subject.id,
        removed: false,
        ...(query.type === undefined ? {} : { type: query.type }),
        ...beyond(after, 'createdAt', 'id'),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: query.limit + 1,
    });
    const { rows, page } = cutPage(found, query.limit, (row) => ({ at: row.createdAt, id: row.id }));
    return { reactions: rows.map((row) => toAnswer(subject, row)), page };
  }
}
