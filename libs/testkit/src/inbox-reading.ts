import type { Beckon } from '#testkit/beckon.js';
import { pages } from '#testkit/pages.js';
import type { Badge, InboxGroup } from '#testkit/person.js';
import type { Told } from '#testkit/reaction-load.js';

/** Somebody's whole list, page by page, and the counts of its first page. */
export async function wholeInbox(
  beckon: Beckon,
  userId: string,
): Promise<{ groups: InboxGroup[]; counts: Badge }> {
  const api = await beckon.as(userId);
  const { rows, first } = await pages<InboxGroup>(api.get, '/v1/notifications', 'groups');
  return { groups: rows, counts: first['counts'] as Badge };
}

/**
 * What the authors hear of reactions to their posts, over the API: every group, and every actor of it.
 * @throws when a post has two groups
 */
export async function toldOfReactions(
  beckon: Beckon,
  authors: Iterable<string>,
): Promise<Record<string, Told>> {
  const told: Record<string, Told> = {};
  for (const author of new Set(authors)) {
    const api = await beckon.as(author);
    for (const group of (await wholeInbox(beckon, author)).groups) {
      if (group.type !== 'reaction') continue;
      const { rows } = await pages<{ userId: string; reaction: string }>(
        api.get,
        `/v1/notifications/${group.id}/actors`,
        'actors',
      );
      if (told[group.subject.id] !== undefined) throw new Error(`two groups about ${group.subject.id}`);
      told[group.subject.id] = {
        actors: rows.map(({ userId, reaction }) => `${userId} ${reaction}`).sort(),
        actorCount: group.actorCount,
        reactions: group.reactions,
      };
    }
  }
  return told;
}

/** The badge beside the list and a recount in SQL: all three must be the same. */
export async function badgeOf(beckon: Beckon, userId: string) {
  const { groups, counts } = await wholeInbox(beckon, userId);
  const [recount] = await beckon.database.query<{ unread: number }>(
    `SELECT count(*)::int AS unread FROM notification.inbox_group
     WHERE recipient_id = $1 AND read_at IS NULL AND archived_at IS NULL
       AND EXISTS (SELECT 1 FROM notification.member
         WHERE member.recipient_id = inbox_group.recipient_id AND group_id = inbox_group.id AND active AND hidden = 0)`,
    [userId],
  );
  return {
    badge: counts.unread,
    list: groups.filter((group) => group.readAt === null).length,
    recount: recount?.unread,
  };
}

/** Reactions to posts as analytics counts them: all, and by type. */
export async function countedReactions(beckon: Beckon, posts: Iterable<string>) {
  const api = await beckon.asService('network');
  const counted: Record<string, { total: number; byType: Record<string, number> }> = {};
  for (const post of posts) {
    counted[post] = (await api.get(`/v1/analytics/posts/${post}`)).body.reactions;
  }
  return counted;
}

/** Every consumer's dead letters. */
export function deadLetters(beckon: Beckon): Promise<{ queue: string; type: string; error: string }[]> {
  return beckon.database.query(
    ['notification', 'analytics', 'user']
      .map((service) => `SELECT queue, type, error FROM "${service}".dead_letter`)
      .join(' UNION ALL '),
  );
}
