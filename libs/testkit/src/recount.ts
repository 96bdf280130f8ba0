import type { TestDatabase } from '#testkit/database.js';

/** Every group and badge that is not what its members say, of the recipients that fit. */
const inboxes = (condition: string) => `
  WITH ${['member', 'inbox_group', 'inbox_state'].map((table) => chosen(table, condition)).join(', ')},
  visible AS (SELECT * FROM member WHERE active AND hidden = 0),
  latest AS (
    SELECT DISTINCT ON (recipient_id, group_id, actor_id) recipient_id, group_id, actor_id, activity_seq, at, act_id
    FROM visible ORDER BY recipient_id, group_id, actor_id, activity_seq DESC, at DESC, act_id DESC
  ),
  people AS (
    SELECT recipient_id, group_id, count(*)::int AS actor_count,
      (array_agg(actor_id ORDER BY activity_seq DESC, at DESC, act_id DESC))[1:3] AS actor_ids
    FROM latest GROUP BY 1, 2
  ),
  acts AS (
    SELECT recipient_id, group_id, count(*)::int AS act_count, max(activity_seq) AS activity_seq,
      (array_agg(at ORDER BY activity_seq DESC, at DESC, act_id DESC))[1] AS latest_at
    FROM visible GROUP BY 1, 2
  ),
  tallies AS (
    SELECT recipient_id, group_id, jsonb_object_agg(reaction, n) AS reactions FROM (
      SELECT recipient_id, group_id, reaction, count(*) AS n FROM visible WHERE reaction IS NOT NULL GROUP BY 1, 2, 3) r
    GROUP BY 1, 2
  ),
  counted AS (
    SELECT g.recipient_id, g.id, coalesce(people.actor_count, 0) AS actor_count, coalesce(acts.act_count, 0) AS act_count,
      acts.activity_seq, acts.latest_at, coalesce(tallies.reactions, '{}') AS reactions, coalesce(people.actor_ids, '{}') AS actor_ids
    FROM inbox_group g
    LEFT JOIN people ON people.recipient_id = g.recipient_id AND people.group_id = g.id
    LEFT JOIN acts ON acts.recipient_id = g.recipient_id AND acts.group_id = g.id
    LEFT JOIN tallies ON tallies.recipient_id = g.recipient_id AND tallies.group_id = g.id
  ),
  badge AS (
    SELECT s.recipient_id, count(g.id)::int AS unread, (count(g.id) FILTER (WHERE c.activity_seq > s.seen_seq))::int AS unseen
    FROM inbox_state s
    LEFT JOIN (inbox_group g JOIN counted c USING (recipient_id, id))
      ON g.recipient_id = s.recipient_id AND c.actor_count > 0 AND g.read_at IS NULL AND g.archived_at IS NULL
    GROUP BY s.recipient_id
  )
  SELECT 'group' AS what, to_jsonb(c) AS recounted, to_jsonb(g) AS stored
  FROM counted c JOIN inbox_group g USING (recipient_id, id)
  WHERE (c.actor_count, c.act_count, c.reactions) IS DISTINCT FROM (g.actor_count, g.act_count, g.reactions)
    OR c.actor_count > 0
      AND (c.activity_seq, c.latest_at, c.actor_ids) IS DISTINCT FROM (g.activity_seq, g.latest_at, g.actor_ids)
  UNION ALL
  SELECT 'badge', to_jsonb(b), to_jsonb(s) FROM badge b JOIN inbox_state s USING (recipient_id)
  WHERE (b.unread, b.unseen) IS DISTINCT FROM (s.unread, s.unseen)
  UNION ALL
  SELECT 'sequence', to_jsonb(g), to_jsonb(s)
  FROM inbox_group g JOIN inbox_state s USING (recipient_id)
  WHERE greatest(g.seq, g.activity_seq) > s.seq
  UNION ALL
  SELECT 'two groups of one place', to_jsonb(a), to_jsonb(b)
  FROM inbox_group a JOIN inbox_group b USING (recipient_id)
  WHERE a.id < b.id AND a.actor_count > 0 AND b.actor_count > 0 AND (a.seq = b.seq OR a.activity_seq = b.activity_seq)
  UNION ALL
  SELECT 'member without a group', to_jsonb(m), NULL FROM member m
  LEFT JOIN inbox_group g ON g.recipient_id = m.recipient_id AND g.id = m.group_id
  WHERE g.id IS NULL AND NOT EXISTS (
    SELECT 1 FROM notification.pruned_group p WHERE p.recipient_id = m.recipient_id AND p.id = m.group_id)`;

const chosen = (table: string, condition: string) =>
  `${table} AS NOT MATERIALIZED (SELECT * FROM notification.${table} WHERE ${condition})`;

const ALL_INBOXES = inboxes('true');
const THEIR_INBOXES = inboxes('recipient_id = ANY($1)');

/** Every counter that is not what the producers' tables say. */
const COUNTERS = `
  WITH reacted AS (
    SELECT post_id, jsonb_object_agg(type, n) AS reactions, sum(n)::int AS total FROM (
      SELECT subject_id AS post_id, type, count(*) AS n FROM reaction.reaction
      WHERE subject_kind = 'post' AND NOT removed GROUP BY 1, 2) r
    GROUP BY 1
  ),
  commented AS (
    SELECT post_id, count(*)::int AS comments, count(DISTINCT author_id)::int AS commenters
    FROM comment.comment WHERE removed_at IS NULL GROUP BY 1
  ),
  hours AS (
    SELECT post_id, coalesce(sum(value) FILTER (WHERE metric = 'reactions'), 0)::int AS reactions,
      coalesce(sum(value) FILTER (WHERE metric = 'comments'), 0)::int AS comments
    FROM analytics.hour_bucket GROUP BY 1
  )
  SELECT 'analytics' AS what, to_jsonb(c) AS stored, jsonb_build_object(
    'reactions', r.reactions, 'comments', k.comments, 'commenters', k.commenters, 'hours', to_jsonb(h)) AS recounted
  FROM analytics.post_counter c
  FULL JOIN reacted r USING (post_id) FULL JOIN commented k USING (post_id) FULL JOIN hours h USING (post_id)
  WHERE (coalesce(c.reactions, '{}'), coalesce(c.comments, 0), coalesce(c.commenters, 0))
      IS DISTINCT FROM (coalesce(r.reactions, '{}'), coalesce(k.comments, 0), coalesce(k.commenters, 0))
    OR (coalesce(h.reactions, 0), coalesce(h.comments, 0))
      IS DISTINCT FROM (coalesce(r.total, 0), coalesce(k.comments, 0))
  UNION ALL
  SELECT 'follows', to_jsonb(p), counted
  FROM "user".profile p CROSS JOIN LATERAL (
    SELECT jsonb_build_object(
      'followers', (SELECT count(*) FROM "user".follow f WHERE f.followee_id = p.id AND NOT f.removed),
      'following', (SELECT count(*) FROM "user".follow f WHERE f.follower_id = p.id AND NOT f.removed)) AS counted
  ) c
  WHERE counted <> jsonb_build_object('followers', p.follower_count, 'following', p.following_count)`;

/**
 * What in the inboxes does not agree with a recount of their members; empty when all is well.
 * @param recipientIds whose inboxes; everybody's when left out
 */
export function inboxDifferences(
  database: TestDatabase,
  recipientIds?: readonly string[],
): Promise<Record<string, unknown>[]> {
  return recipientIds === undefined
    ? database.query(ALL_INBOXES)
    : database.query(THEIR_INBOXES, [recipientIds], 'their-inboxes');
}

/** Which counters do not agree with a recount of what they count; empty when all is well. */
export function counterDifferences(database: TestDatabase): Promise<Record<string, unknown>[]> {
  return database.query(COUNTERS);
}
