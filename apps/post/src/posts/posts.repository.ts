import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import type { Queryable, Statement } from '#database/database.js';
import { currentRequest } from '#logging/request-context.js';
import { emit } from '#outbox/emit.js';

export type PostRow = {
  readonly id: string;
  readonly authorId: string;
  readonly body: string;
  readonly createdAt: Date;
};

/** `$1` event id, `$2` traceparent. */
const EVENT = {
  service: 'post',
  from: 'saved',
  id: '$1::uuid',
  traceparent: '$2::text',
  aggregateType: `'post'`,
  aggregateId: 'id',
} as const;

const DATA = `'postId', id, 'actorId', author_id, 'version', version, 'publishedAt', created_at`;

/** Whether an id is free is for the unique key to say: of two at the same time, one gets no row. */
const ADD: Statement = {
  name: 'post-add',
  text: `
    WITH saved AS (
      INSERT INTO post (id, author_id, body) VALUES ($3, $4, $5)
      ON CONFLICT (id) DO NOTHING
      RETURNING *
    ), ${emit({
      ...EVENT,
      type: `'post.published.v1'`,
      data: `jsonb_build_object(${DATA}, 'mentions', to_jsonb($6::text[]))`,
    })}
    SELECT id, author_id AS "authorId", body, created_at AS "createdAt" FROM saved`,
};

/** What a post was is read in the statement's snapshot: one's own that stood there was removed at the same moment. */
const REMOVE: Statement = {
  name: 'post-remove',
  text: `
    WITH saved AS (
      UPDATE post SET removed_at = now(), version = version + 1
      WHERE id = $3 AND author_id = $4 AND removed_at IS NULL
      RETURNING *
    ), ${emit({ ...EVENT, type: `'post.removed.v1'`, data: `jsonb_build_object(${DATA})` })}
    SELECT CASE
      WHEN EXISTS (SELECT FROM saved) THEN 'removed'
      WHEN EXISTS (SELECT FROM post WHERE id = $3 AND author_id <> $4 AND removed_at IS NULL) THEN 'forbidden'
      ELSE 'not_found' END AS outcome`,
};

const FIND: Statement = {
  name: 'post-find',
  text: `
    SELECT id, author_id AS "authorId", body, created_at AS "createdAt" FROM post
    WHERE id = ANY($1::text[]) AND removed_at IS NULL`,
};

/** Posts, each change written together with the event that tells of it. */
@Injectable()
export class PostsRepository {
  /** Adds a post; undefined when its id is taken. */
  async add(
    database: Queryable,
    post: { id: string; authorId: string; body: string; mentions: readonly string[] },
  ): Promise<PostRow | undefined> {
    const [row] = await database.query<PostRow>(ADD, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      post.id,
      post.authorId,
      post.body,
      post.mentions,
    ]);
    return row;
  }

  /** Those of the posts that stand; every reaction and every inbox asks this. */
  find(database: Queryable, ids: readonly string[]): Promise<PostRow[]> {
    return database.query<PostRow>(FIND, [ids]);
  }

  /** Marks a post as removed if it stands and is the actor's. */
  async remove(
    database: Queryable,
    id: string,
    actorId: string,
  ): Promise<'removed' | 'forbidden' | 'not_found'> {
    const [row] = await database.query<{ outcome: 'removed' | 'forbidden' | 'not_found' }>(REMOVE, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      id,
      actorId,
    ]);
    return row?.outcome ?? 'not_found';
  }
}
