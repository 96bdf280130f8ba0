import { Injectable } from '@nestjs/common';

import { Config } from '#config/config.js';
import { Database } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { type Answer, Idempotency } from '#idempotency/idempotency.js';
import { Lookups } from '#lookup/lookups.js';
import { Outbox } from '#outbox/outbox.js';

import { ReactErrors } from './react.errors.js';
import { ReactRepository, type ReactionRow } from './react.repository.js';
import type { ReactionAnswer, Subject } from './react.schemas.js';

/** One reaction a person and subject: added, changed, taken back. */
@Injectable()
export class ReactService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly reactions: ReactRepository,
    private readonly lookups: Lookups,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Adds or changes a reaction: 201 if there was none, else 200.
   * @throws CodedError INVALID_INPUT for a type that is not configured, REACTION_POST_NOT_FOUND,
   * REACTION_COMMENT_NOT_FOUND, PROFILE_REQUIRED, IDEMPOTENCY_KEY_REUSED; DEPENDENCY_UNAVAILABLE when nobody can
   * tell whether the subject exists, BACKLOG_FULL; then nothing is stored.
   */
  async react(
    actorId: string,
    subject: Subject,
    type: string,
    idempotencyKey: string | undefined,
  ): Promise<Answer<ReactionAnswer>> {
    this.requireType(type);
    const answer = await this.idempotency.once(
      {
        actorId,
        route: `POST ${subject.kind}s/${subject.id}/reactions`,
        key: idempotencyKey,
        body: { type },
      },
      async () => {
        this.outbox.requireRoom();
        const [about] = await Promise.all([this.requireSubject(subject), this.lookups.requireActor(actorId)]);
        return about;
      },
      async (database, about) => {
        const row = await this.reactions.save(database, { subject, actorId, type, ...about });
        return { status: row.outcome === 'added' ? 201 : 200, body: toAnswer(subject, row) };
      },
    );
    this.outbox.nudge();
    return answer;
  }

  /** Takes a reaction back; nothing happens when there is none. @throws CodedError BACKLOG_FULL */
  async unreact(actorId: string, subject: Subject): Promise<void> {
    this.outbox.requireRoom();
    if (await this.reactions.remove(this.database, subject, actorId)) this.outbox.nudge();
  }

  /** Author and post of what is reacted to. */
  private async requireSubject(subject: Subject): Promise<{ subjectAuthorId: string; postId: string }> {
    if (subject.kind === 'post') {
      const post = await this.lookups.requirePost(subject.id, ReactErrors.REACTION_POST_NOT_FOUND);
      return { subjectAuthorId: post.authorId, postId: post.id };
    }
    const comment = await this.lookups.requireComment(subject.id, ReactErrors.REACTION_COMMENT_NOT_FOUND);
    // A comment goes with its post.
    await this.lookups.requirePost(comment.postId, ReactErrors.REACTION_COMMENT_NOT_FOUND);
    return { subjectAuthorId: comment.authorId, postId: comment.postId };
  }

  private requireType(type: string): void {
    if (this.config.REACTION_TYPES.includes(type)) return;
    const message = `must be one of ${this.config.REACTION_TYPES.join(', ')}`;
    throw new CodedError(CommonErrors.INVALID_INPUT, 'There is no such reaction type.', {
      issues: [{ path: 'body.type', message }],
    });
  }
}

/** A reaction in the shape of the API. */
export function toAnswer(subject: Subject, row: Omit<ReactionRow, 'outcome'>): ReactionAnswer {
  return {
    id: row.id,
    ...(subject.kind === 'post' ? { postId: subject.id } : { commentId: subject.id }),
    actorId: row.actorId,
    type: row.type,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  } as ReactionAnswer;
}
