import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import type { Queryable, Statement } from '#database/database.js';
import { currentRequest } from '#logging/request-context.js';
import { emit } from '#outbox/emit.js';

export type CommentRow = {
  readonly id: string;
  readonly postId: string;
  readonly authorId: string;
  readonly parentId: string | null;
  readonly body: string;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
};

/** `$1` event id, `$2` traceparent. */
const EVENT = {
  service: 'comment',
  from: 'saved',
  id: '$1::uuid',
  traceparent: '$2::text',
  aggregateType: `'comment'`,
  aggregateId: 'id::text',
} as const;

/** The actor is always who commented, whoever removes it. */
const DATA = `
  'commentId', id, 'postId', post_id, 'postAuthorId', post_author_id, 'parentId', parent_id,
  'parentAuthorId', parent_author_id, 'actorId', author_id, 'version', version, 'commentedAt', created_at`;

const ROW = `
  id, post_id AS "postId", author_id AS "authorId", parent_id AS "parentId", body,
  created_at AS "createdAt", edited_at AS "editedAt"`;

/** The parent is held until the reply is committed, so that no reply comes to one that is being removed. */
const ADD: Statement = {
  name: 'comment-add',
  text: `
    WITH parent AS (
      SELECT id, author_id FROM comment
      WHERE id = $7::uuid AND post_id = $4 AND removed_at IS NULL
      FOR SHARE
    ), saved AS (
      INSERT INTO comment (id, post_id, post_author_id, author_id, parent_id, parent_author_id, body)
      SELECT $3::uuid, $4, $5, $6, parent.id, parent.author_id, $8
      FROM (SELECT) one LEFT JOIN parent ON true
      WHERE $7::uuid IS NULL OR parent.id IS NOT NULL
      RETURNING *
    ), ${emit({
      ...EVENT,
      type: `'comment.added.v1'`,
      data: `jsonb_build_object(${DATA}, 'mentions', to_jsonb($9::text[]))`,
    })}
    SELECT ${ROW} FROM saved`,
};

/** The text before is read under the lock: of two equal edits at the same time, the second changes nothing. */
const EDIT: Statement = {
  name: 'comment-edit',
  text: `
    WITH before AS (
      SELECT id AS before_id, body <> $4 AS changed FROM comment
      WHERE id = $3::uuid AND removed_at IS NULL
      FOR UPDATE
    ), saved AS (
      UPDATE comment
      SET body = $4, version = version + changed::int, edited_at = CASE WHEN changed THEN now() ELSE edited_at END
      FROM before WHERE id = before_id
      RETURNING comment.*, changed
    ), ${emit({
      ...EVENT,
      when: 'changed',
      type: `'comment.edited.v1'`,
      data: `jsonb_build_object(${DATA}, 'mentions', to_jsonb($5::text[]))`,
    })}
    SELECT ${ROW} FROM saved`,
};

/** What a comment was is read in the statement's snapshot: one that stood there was removed at the same moment. */
const REMOVE: Statement = {
  name: 'comment-remove',
  text: `
    WITH saved AS (
      UPDATE comment SET removed_at = now(), version = version + 1
      WHERE id = $3::uuid AND $4 IN (author_id, post_author_id) AND removed_at IS NULL
      RETURNING *
    ), ${emit({ ...EVENT, type: `'comment.removed.v1'`, data: `jsonb_build_object(${DATA})` })}
    SELECT CASE
      WHEN EXISTS (SELECT FROM saved) THEN 'removed'
      WHEN EXISTS (
        SELECT FROM comment
        WHERE id = $3::uuid AND $4 NOT IN (author_id, post_author_id) AND removed_at IS NULL) THEN 'forbidden'
      ELSE 'not_found' END AS outcome`,
};

const FIND: Statement = {
  name: 'comment-find',
  text: `
    SELECT ${ROW}, post_author_id AS "postAuthorId" FROM comment
    WHERE id = ANY($1::uuid[]) AND removed_at IS NULL`,
};

/** Comments, each change written together with the event that tells of it. */
@Injectable()
export class CommentsRepository {
  /** Those of the comments that stand; reactions, replies and every inbox ask this. */
  find(
    database: Queryable,
    ids: readonly string[],
  ): Promise<(CommentRow & { readonly postAuthorId: string })[]> {
    return database.query<CommentRow & { readonly postAuthorId: string }>(FIND, [ids]);
  }

  /** Adds a comment; undefined when its parent is unknown, removed or of another post. */
  async add(
    database: Queryable,
    comment: {
      postId: string;
      postAuthorId: string;
      authorId: string;
      parentId: string | null;
      body: string;
      mentions: readonly string[];
    },
  ): Promise<CommentRow | undefined> {
    const { postId, postAuthorId, authorId, parentId, body, mentions } = comment;
    const [row] = await database.query<CommentRow>(ADD, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      uuidv7(),
      postId,
      postAuthorId,
      authorId,
      parentId,
      body,
      mentions,
    ]);
    return row;
  }

  /** Gives a comment this text; undefined when it is unknown or removed. */
  async edit(
    database: Queryable,
    id: string,
    body: string,
    mentions: readonly string[],
  ): Promise<CommentRow | undefined> {
    const [row] = await database.query<CommentRow>(EDIT, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      id,
      body,
      mentions,
    ]);
    return row;
  }

  /** Marks a comment as removed if it stands and the actor wrote it or its post. */
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
