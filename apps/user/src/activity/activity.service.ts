import { Injectable } from '@nestjs/common';

import { BeckonId } from '#contracts/ids.js';
import { beyond, cutPage, type PageQuery, readCursor, TimeAndId } from '#http/paging.js';

import { PrismaClient } from '../generated/prisma/client.js';
import type { Activities, ActivityAnswer } from './activity.schemas.js';

const Cursor = TimeAndId.extend({ id: BeckonId });

/** What a person did. */
@Injectable()
export class ActivityService {
  constructor(private readonly prisma: PrismaClient) {}

  /** A person's own log, newest first. @throws CodedError INVALID_INPUT for a malformed cursor */
  async list(userId: string, query: PageQuery): Promise<Activities> {
    const after = readCursor(query.cursor, Cursor);
    const found = await this.prisma.activity.findMany({
      where: {
        userId,
        ...beyond(after, 'at', 'eventId'),
      },
      orderBy: [{ at: 'desc' }, { eventId: 'desc' }],
      take: query.limit + 1,
    });
    const { rows, page } = cutPage(found, query.limit, (row) => ({ at: row.at, id: row.eventId }));
    return { activities: rows.map(toAnswer), page };
  }
}

function toAnswer(row: {
  eventId: string;
  verb: string;
  subjectKind: string;
  subjectId: string;
  at: Date;
}): ActivityAnswer {
  return {
    id: row.eventId,
    verb: row.verb,
    subject: { kind: row.subjectKind, id: row.subjectId },
    at: row.at.toISOString(),
  } as ActivityAnswer;
}
