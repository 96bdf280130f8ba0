import { Injectable } from '@nestjs/common';

import { Database } from '#database/database.js';
import { Lookups } from '#lookup/lookups.js';
import { Outbox } from '#outbox/outbox.js';

import { CommentErrors } from '../comments/comments.errors.js';
import { ThreadsRepository } from './threads.repository.js';
import type { ThreadLevel } from './threads.schemas.js';

/** Who wants to hear of a post's new comments, and who does not. */
@Injectable()
export class ThreadsService {
  constructor(
    private readonly database: Database,
    private readonly threads: ThreadsRepository,
    private readonly lookups: Lookups,
    private readonly outbox: Outbox,
  ) {}

  /** @throws CodedError COMMENT_POST_NOT_FOUND, PROFILE_REQUIRED, DEPENDENCY_UNAVAILABLE, BACKLOG_FULL */
  async setLevel(actorId: string, postId: string, level: ThreadLevel): Promise<void> {
    this.outbox.requireRoom();
    await Promise.all([
      this.lookups.requirePost(postId, CommentErrors.COMMENT_POST_NOT_FOUND),
      this.lookups.requireActor(actorId),
    ]);
    if (await this.threads.save(this.database, actorId, postId, level)) this.outbox.nudge();
  }
}
