import { Injectable } from '@nestjs/common';

import { BeckonId } from '#contracts/ids.js';
import { Database } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { beyond, cutPage, type PageQuery, readCursor, TimeAndId } from '#http/paging.js';
import { type Answer, Idempotency } from '#idempotency/idempotency.js';
import { Lookups } from '#lookup/lookups.js';
import { Outbox } from '#outbox/outbox.js';
import { mentionsIn } from '#text/mentions.js';

import { PrismaClient } from '../generated/prisma/client.js';
import { CommentErrors } from './comments.errors.js';
import { type CommentRow, CommentsRepository } from './comments.repository.js';
import type { Comment, CommentRequest, Comments } from './comments.schemas.js';

const CursorKey = TimeAndId.extend({ id: BeckonId });

/** Comments on posts and replies to them: added, read, edited, removed. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaClient,
    private readonly comments: CommentsRepository,
    private readonly lookups: Lookups,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Adds a comment to a post.
   * @throws CodedError COMMENT_POST_NOT_FOUND; COMMENT_PARENT_NOT_FOUND when the parent is unknown, removed or of
   * another post; PROFILE_REQUIRED, IDEMPOTENCY_KEY_REUSED; DEPENDENCY_UNAVAILABLE when nobody can tell whether the
   * post exists, BACKLOG_FULL; then nothing is stored.
   */
  async add(
    authorId: string,
    postId: string,
    request: CommentRequest,
    idempotencyKey: string | undefined,
  ): Promise<Answer<Comment>> {
    const { body, parentId = null } = request;
    const answer = await this.idempotency.once(
      { actorId: authorId, route: `POST posts/${postId}/comments`, key: idempotencyKey, body: request },
      async () => {
        this.outbox.requireRoom();
        const [post] = await Promise.all([
          this.lookups.requirePost(postId, CommentErrors.COMMENT_POST_NOT_FOUND),
          this.lookups.requireActor(authorId),
        ]);
        return post;
      },
      async (database, post) => {
        const row = await this.comments.add(database, {
          postId,
          postAuthorId: post.authorId,
          authorId,
          parentId,
          body,
          mentions: mentionsIn(body),
        });
        if (row === undefined) {
          throw new CodedError(
            CommentErrors.COMMENT_PARENT_NOT_FOUND,
            `There is no comment ${parentId} on the post ${postId}.`,
          );
        }
        return { status: 201, body: toAnswer(row) };
      },
    );
    this.outbox.nudge();
    return answer;
  }

  /** The comments of a post, oldest first. @throws CodedError INVALID_INPUT, COMMENT_POST_NOT_FOUND */
  async list(postId: string, query: PageQuery): Promise<Comments> {
    const after = readCursor(query.cursor, CursorKey);
    await this.lookups.requirePost(postId, CommentErrors.COMMENT_POST_NOT_FOUND);
    const found = await this.prisma.comment.findMany({
      where: {
        postId,
        removedAt: null,
        ...beyond(after, 'createdAt', 'id', 'asc'),
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: query.limit + 1,
    });
    const { rows, page } = cutPage(found, query.limit, (row) => ({ at: row.createdAt, id: row.id }));
    return { comments: rows.map(toAnswer), page };
  }

  /** @throws CodedError COMMENT_NOT_FOUND, also when its post is removed; DEPENDENCY_UNAVAILABLE */
  async get(id: string): Promise<Comment> {
    const row = await this.prisma.comment.findFirst({ where: { id, removedAt: null } });
    if (row === null) throw notFound(id);
    await this.lookups.requirePost(row.postId, CommentErrors.COMMENT_NOT_FOUND);
    return toAnswer(row);
  }

  /**
   * Gives a comment another text; the same text changes nothing.
   * @throws CodedError as `get` does, FORBIDDEN when the comment is another's, BACKLOG_FULL
   */
  async edit(actorId: string, id: string, body: string): Promise<Comment> {
    const before = await this.get(id);
    if (before.authorId !== actorId)
      throw new CodedError(CommonErrors.FORBIDDEN, 'Only its author may edit a comment.');
    this.outbox.requireRoom();
    const row = await this.comments.edit(this.database, id, body, mentionsIn(body));
    if (row === undefined) throw notFound(id);
    this.lookups.forgetComment(id);
    this.outbox.nudge();
    return toAnswer(row);
  }

  /**
   * Removes a comment; its author may, and the author of the post.
   * @throws CodedError COMMENT_NOT_FOUND, FORBIDDEN, BACKLOG_FULL
   */
  async remove(actorId: string, id: string): Promise<void> {
    this.outbox.requireRoom();
    const outcome = await this.comments.remove(this.database, id, actorId);
    if (outcome === 'not_found') throw notFound(id);
    if (outcome === 'forbidden') {
      throw new CodedError(
        CommonErrors.FORBIDDEN,
        'Only its author and the author of the post may remove a comment.',
      );
    }
    this.outbox.nudge();
  }
}

function notFound(id: string): CodedError {
  return new CodedError(CommentErrors.COMMENT_NOT_FOUND, `There is no comment ${id}.`);
}

/** A comment in the shape of the API. */
function toAnswer(row: CommentRow): Comment {
  return {
    id: row.id,
    postId: row.postId,
    authorId: row.authorId,
    parentId: row.parentId,
    body: row.body,
    createdAt: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
  };
}
