import { Injectable } from '@nestjs/common';

import { Database, type Statement, type Transaction } from '#database/database.js';

import type { MemberKey } from '../inbox/member.js';
import { Reason } from '../inbox/reasons.js';
import type { RetractionPart, ThreadWish } from './audience.js';

const COLUMNS = `recipient_id AS "recipientId", act_id AS "actId"`;

const MENTIONED: Statement = {
  name: 'tell-mentioned',
  text: `
    SELECT told.* FROM unnest($1::text[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM member
      WHERE act_id = wanted.id AND active AND (reasons & ${Reason.mention}) <> 0 OFFSET 0) told`,
};

/** One page for each act. */
const pageOf = (members: string) => `
    SELECT wanted.id, page.* FROM unnest($1::text[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM member
      WHERE ${members} AND active AND (recipient_id, act_id) > ($2, $3)
      ORDER BY recipient_id, act_id LIMIT $4) page`;

const MEMBERS: Record<RetractionPart, Statement> = {
  act: { name: 'tell-members-of-act', text: pageOf(`act_id = wanted.id`) },
  subject: { name: 'tell-members-about', text: pageOf(`subject_act = wanted.id`) },
  post: { name: 'tell-members-under', text: pageOf(`post_id = substr(wanted.id, length('post:') + 1)`) },
};

const SET_THREAD_MUTE: Statement = {
  name: 'tell-set-thread-mute',
  text: `
    INSERT INTO thread_mute AS t (recipient_id, post_id, muted, version) VALUES ($1, $2, $3, $4)
    ON CONFLICT (recipient_id, post_id) DO UPDATE SET muted = excluded.muted, version = excluded.version
      WHERE excluded.version > t.version
    RETURNING 1`,
};

const COMMENTS_UNDER: Statement = {
  name: 'tell-comments-under',
  text: `
    SELECT ${COLUMNS} FROM member
    WHERE recipient_id = $1 AND post_id = $2 AND act_id LIKE 'comment:%' AND active AND act_id > $3
    ORDER BY act_id LIMIT $4`,
};

const REACH: Statement = {
  name: 'tell-reach',
  text: `
    SELECT (SELECT count(*) FROM member WHERE act_id = $1 AND active) AS told,
      (SELECT count(*) FROM fan_out WHERE event_id = $2 AND done_at IS NULL AND died_at IS NULL) AS "openParts"`,
};

/** What the worker needs to know of members before it changes them. */
@Injectable()
export class TellRepository {
  constructor(private readonly database: Database) {}

  /** How many people have an act in their inbox, hidden or not, and how many of its event's audiences are open. */
  async reach(id: string | null, eventId: string): Promise<{ told: number; openParts: number }> {
    const [row] = await this.database.query<{ told: number; openParts: number }>(REACH, [id, eventId]);
    return row ?? { told: 0, openParts: 0 };
  }

  /** Who is told of each act because it mentions them; at most 50 a version of a text. */
  async mentioned(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
    const mentioned = new Map<string, string[]>(ids.map((id) => [id, []]));
    if (ids.length === 0) return mentioned;
    for (const { recipientId, actId } of await tx.query<MemberRow>(MENTIONED, [[...mentioned.keys()]]))
      mentioned.get(actId)?.push(recipientId);
    return mentioned;
  }

  /** One page of the members that the retraction of each act is about, by recipient. */
  async membersOf(
    tx: Transaction,
    part: RetractionPart,
    ids: readonly string[],
    after: MemberKey,
    limit: number,
  ): Promise<ReadonlyMap<string, MemberKey[]>> {
    const pages = new Map<string, MemberKey[]>(ids.map((id) => [id, []]));
    if (ids.length === 0) return pages;
    const values = [[...pages.keys()], after.recipientId, after.actId, limit];
    for (const { id, ...member } of await tx.query<MemberOf>(MEMBERS[part], values))
      pages.get(id)?.push(member);
    return pages;
  }

  /** Answers false when a newer wish is known. The recipient's inbox must be locked. */
  async setThreadMute(
    tx: Transaction,
    { recipientId, postId, muted, version }: ThreadWish,
  ): Promise<boolean> {
    return (await tx.query(SET_THREAD_MUTE, [recipientId, postId, muted, version])).length > 0;
  }

  /** One page of a recipient's members that are comments under a post, by act. */
  commentsUnder(
    tx: Transaction,
    { recipientId, postId }: ThreadWish,
    afterActId: string,
    limit: number,
  ): Promise<MemberKey[]> {
    return tx.query<MemberRow>(COMMENTS_UNDER, [recipientId, postId, afterActId, limit]);
  }
}

type MemberRow = { [K in keyof MemberKey]: MemberKey[K] };
/** With the act that a retraction is of. */
type MemberOf = MemberRow & { readonly id: string };
