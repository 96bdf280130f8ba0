import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import { Database } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { beyond, cutPage, readCursor, TimeAndId } from '#http/paging.js';
import { type Answer, Idempotency } from '#idempotency/idempotency.js';
import { Lookups } from '#lookup/lookups.js';
import { Outbox } from '#outbox/outbox.js';
import { mentionsIn } from '#text/mentions.js';

import { PrismaClient } from '../generated/prisma/client.js';
import { PostErrors } from './posts.errors.js';
import { type PostRow, PostsRepository } from './posts.repository.js';
import type { Post, PostRequest, Posts, PostsQuery } from './posts.schemas.js';

/** Posts: published, read, removed. */
@Injectable()
export class PostsService {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaClient,
    private readonly posts: PostsRepository,
    private readonly lookups: Lookups,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Publishes a post.
   * @throws CodedError POST_ID_TAKEN (also when the post of that id was removed), PROFILE_REQUIRED,
   * IDEMPOTENCY_KEY_REUSED; DEPENDENCY_UNAVAILABLE when nobody can tell whether the author has a profile, BACKLOG_FULL.
   */
  async publish(
    authorId: string,
    request: PostRequest,
    idempotencyKey: string | undefined,
  ): Promise<Answer<Post>> {
    const { id = uuidv7(), body } = request;
    const answer = await this.idempotency.once(
      { actorId: authorId, route: 'POST posts', key: idempotencyKey, body: request },
      () => {
        this.outbox.requireRoom();
        return this.lookups.requireActor(authorId);
      },
      async (database) => {
        const row = await this.posts.add(database, { id, authorId, body, mentions: mentionsIn(body) });
        if (row === undefined) throw new CodedError(PostErrors.POST_ID_TAKEN, `The post id ${id} is taken.`);
        return { status: 201, body: toAnswer(row) };
      },
    );
    this.outbox.nudge();
    return answer;
  }

  /** @throws CodedError POST_NOT_FOUND */
  async get(id: string): Promise<Post> {
    const row = await this.prisma.post.findFirst({ where: { id, removedAt: null } });
    if (row === null) throw notFound(id);
    return toAnswer(row);
  }

  /** Somebody's posts, newest first; none for somebody unknown. @throws CodedError INVALID_INPUT */
  async list(query: PostsQuery): Promise<Posts> {
    const after = readCursor(query.cursor, TimeAndId);
    const found = await this.prisma.post.findMany({
      where: {
        authorId: query.author,
        removedAt: null,
        ...beyond(after, 'createdAt', 'id'),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: query.limit + 1,
    });
    const { rows, page } = cutPage(found, query.limit, (row) => ({ at: row.createdAt, id: row.id }));
    return { posts: rows.map(toAnswer), page };
  }

  /** Removes a post for good. @throws CodedError POST_NOT_FOUND, FORBIDDEN when it is another's, BACKLOG_FULL */
  async remove(actorId: string, id: string): Promise<void> {
    this.outbox.requireRoom();
    const outcome = await this.posts.remove(this.database, id, actorId);
    if (outcome === 'not_found') throw notFound(id);
    if (outcome === 'forbidden')
      throw new CodedError(CommonErrors.FORBIDDEN, 'Only its author may remove a post.');
    this.outbox.nudge();
  }
}

function notFound(id: string): CodedError {
  return new CodedError(PostErrors.POST_NOT_FOUND, `There is no post ${id}.`);
}

/** A post in the shape of the API. */
function toAnswer(row: PostRow): Post {
  return { id: row.id, authorId: row.authorId, body: row.body, createdAt: row.createdAt.toISOString() };
}
