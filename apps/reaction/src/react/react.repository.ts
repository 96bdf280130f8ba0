import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import type { Queryable, Statement } from '#database/database.js';
import { currentRequest } from '#logging/request-context.js';
import { emit } from '#outbox/emit.js';

import type { Subject } from './react.schemas.js';

/** A reaction as it stands, and what the last statement did to it. */
export type ReactionRow = {
  readonly id: string;
  readonly actorId: string;
  readonly type: string;
  readonly version: number;
  readonly outcome: 'added' | 'changed' | 'removed' | 'same';
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** `$1` event id, `$2` traceparent. */
const EMIT = emit({
  service: 'reaction',
  from: 'saved',
  when: `outcome <> 'same'`,
  id: '$1::uuid',
  traceparent: '$2::text',
  type: `'reaction.' || outcome || '.v1'`,
  aggregateType: `'reaction'`,
  aggregateId: 'id::text',
  data: `jsonb_strip_nulls(jsonb_build_object(
    'reactionId', id, 'subjectKind', subject_kind, 'subjectId', subject_id, 'subjectAuthorId', subject_author_id,
    'postId', post_id, 'actorId', actor_id, 'reaction', type, 'previousReaction', previous_type,
    'version', version, 'reactedAt', created_at))`,
});

/** Always updates, so that the second of two equal requests finds its row too. */
const SAVE: Statement = {
  name: 'reaction-save',
  text: `
    WITH saved AS (
      INSERT INTO reaction AS r
        (subject_kind, subject_id, actor_id, id, subject_author_id, post_id, type, outcome)
      VALUES ($3, $4, $5, $6, $7, $8, $9, 'added')
      ON CONFLICT (subject_kind, subject_id, actor_id) DO UPDATE SET
        outcome = CASE WHEN r.removed THEN 'added' WHEN r.type <> excluded.type THEN 'changed' ELSE 'same' END,
        previous_type = CASE WHEN NOT r.removed AND r.type <> excluded.type THEN r.type END,
        type = excluded.type,
        version = r.version + (r.removed OR r.type <> excluded.type)::int,
        created_at = CASE WHEN r.removed THEN now() ELSE r.created_at END,
        updated_at = CASE WHEN r.removed OR r.type <> excluded.type THEN now() ELSE r.updated_at END,
        removed = false
      RETURNING r.*
    ), ${EMIT}
    SELECT id, actor_id AS "actorId", type, version, outcome, created_at AS "createdAt", updated_at AS "updatedAt"
    FROM saved`,
};

const REMOVE: Statement = {
  name: 'reaction-remove',
  text: `
    WITH saved AS (
      UPDATE reaction
      SET removed = true, outcome = 'removed', previous_type = NULL, version = version + 1, updated_at = now()
      WHERE subject_kind = $3 AND subject_id = $4 AND actor_id = $5 AND NOT removed
      RETURNING *
    ), ${EMIT}
    SELECT id FROM saved`,
};

/** Reactions, each change written together with the event that tells of it. */
@Injectable()
export class ReactRepository {
  /** Adds or changes somebody's one reaction to a subject; `outcome` says which. */
  async save(
    database: Queryable,
    reaction: { subject: Subject; actorId: string; subjectAuthorId: string; postId: string; type: string },
  ): Promise<ReactionRow> {
    const { subject, actorId, subjectAuthorId, postId, type } = reaction;
    const [row] = await database.query<ReactionRow>(SAVE, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      subject.kind,
      subject.id,
      actorId,
      uuidv7(),
      subjectAuthorId,
      postId,
      type,
    ]);
    if (row === undefined) throw new Error('an upsert answered no row');
    return row;
  }

  /** Takes somebody's reaction back, if there is one. Answers whether there was. */
  async remove(database: Queryable, subject: Subject, actorId: string): Promise<boolean> {
    const rows = await database.query(REMOVE, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      subject.kind,
      subject.id,
      actorId,
    ]);
    return rows.length > 0;
  }
}
