import { Injectable } from '@nestjs/common';

import type { Statement, Transaction } from '#database/database.js';

import type { MemberKey } from '../inbox/member.js';

/** One side of a relation: whose inbox, whose acts. */
export interface RelationSide {
  readonly recipientId: string;
  readonly actorId: string;
  readonly kind: 'mute' | 'block' | 'blocked_by';
}

const ADD: Statement = {
  name: 'relations-add',
  text: `
    INSERT INTO relation (recipient_id, actor_id, kind) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT DO NOTHING`,
};

const REMOVE: Statement = {
  name: 'relations-remove',
  text: `
    DELETE FROM relation USING unnest($1::text[], $2::text[], $3::text[]) AS side (recipient_id, actor_id, kind)
    WHERE relation.recipient_id = side.recipient_id AND relation.actor_id = side.actor_id AND relation.kind = side.kind`,
};

const MEMBERS_BY: Statement = {
  name: 'relations-members-by',
  text: `
    SELECT member.recipient_id AS "recipientId", member.act_id AS "actId"
    FROM unnest($1::text[], $2::text[]) AS side (recipient_id, actor_id)
    CROSS JOIN LATERAL (
      SELECT recipient_id, act_id FROM member
      WHERE recipient_id = side.recipient_id AND actor_id = side.actor_id AND active
        AND act_id > CASE WHEN side.recipient_id = $3 THEN $4 ELSE '' END
      ORDER BY act_id LIMIT $5) member
    WHERE side.recipient_id >= $3
    ORDER BY member.recipient_id, member.act_id LIMIT $5`,
};

/** Mutes and blocks. The recipients' inboxes must be locked. */
@Injectable()
export class RelationsRepository {
  async add(tx: Transaction, sides: readonly RelationSide[]): Promise<void> {
    await tx.query(ADD, columns(sides));
  }

  async remove(tx: Transaction, sides: readonly RelationSide[]): Promise<void> {
    await tx.query(REMOVE, columns(sides));
  }

  /**
   * One page of the standing members that one side has of the other; what stands again is looked at anew then.
   * @param after where the page before ended; undefined for the first
   */
  membersBy(
    tx: Transaction,
    sides: readonly RelationSide[],
    after: MemberKey | undefined,
    limit: number,
  ): Promise<MemberKey[]> {
    const [recipientIds, actorIds] = columns(sides);
    return tx.query<{ [K in keyof MemberKey]: MemberKey[K] }>(MEMBERS_BY, [
      recipientIds,
      actorIds,
      after?.recipientId ?? '',
      after?.actId ?? '',
      limit,
    ]);
  }
}

function columns(sides: readonly RelationSide[]): [string[], string[], string[]] {
  return [
    sides.map(({ recipientId }) => recipientId),
    sides.map(({ actorId }) => actorId),
    sides.map(({ kind }) => kind),
  ];
}
