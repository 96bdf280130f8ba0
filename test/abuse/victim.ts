import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';

const ID = 'vera';

/** Everything of the victim that only the victim may change, as it stands in the databases. */
const BELONGINGS = `
  SELECT jsonb_build_object(
    'profile', (SELECT to_jsonb(p) - 'updated_at' - 'follower_count' FROM "user".profile p WHERE id = $1),
    'follows', (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.followee_id) FROM "user".follow f WHERE follower_id = $1),
    'posts', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.id) FROM post.post p WHERE author_id = $1),
    'comments', (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.id) FROM comment.comment c WHERE author_id = $1),
    'reactions', (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.id) FROM reaction.reaction r WHERE actor_id = $1),
    'seen', (SELECT seen_seq FROM notification.inbox_state WHERE recipient_id = $1),
    'marks', (SELECT count(*) FROM notification.inbox_group
              WHERE recipient_id = $1 AND (read_at IS NOT NULL OR archived_at IS NOT NULL)),
    'relations', (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.actor_id) FROM notification.relation r
                  WHERE recipient_id = $1 AND kind IN ('mute', 'block'))
  ) AS belongings`;

/** Somebody whose rows the attackers are after. */
export class Victim {
  readonly id = ID;
  readonly post = 'vera-post';

  private constructor(
    private readonly beckon: Beckon,
    readonly comment: string,
    /** Her notifications. */
    readonly groups: readonly string[],
    /** What stands only in what is hers alone: no answer to anybody else may have it. */
    readonly secrets: readonly string[],
    private readonly belongings: string,
  ) {}

  /** Makes her, a post and a comment that people react to, and relations that she keeps to herself. */
  static async make(beckon: Beckon): Promise<Victim> {
    const email = 'vera-secret@private.example';
    await beckon.people(ID, 'hushed-by-vera', 'barred-by-vera');
    const vera = await beckon.as(ID);
    const profile = { handle: 'vera', displayName: 'Vera', email };
    await insist(() => vera.put(`/v1/users/${ID}`, profile));
    await insist(() => vera.post('/v1/posts', { id: 'vera-post', body: 'What Vera thinks' }));
    const { id: comment } = await insist(() =>
      vera.post('/v1/posts/vera-post/comments', { body: 'More of it' }),
    );
    await insist(() => vera.put('/v1/me/mutes/hushed-by-vera'));
    await insist(() => vera.put('/v1/me/blocks/barred-by-vera'));
    await insist(() => vera.put('/v1/me/following/mallory'));
    for (const subject of ['posts/vera-post', `comments/${comment}`]) {
      for (const fan of ['cy', 'ben', 'mallory']) {
        const api = await beckon.as(fan);
        await insist(() => api.post(`/v1/${subject}/reactions`, { type: 'like' }));
      }
    }
    await beckon.drain();
    const { groups } = await insist(() => vera.get('/v1/notifications'));
    const ids = groups.map(({ id }: { id: string }) => id) as string[];
    if (ids.length < 2) throw new Error('the victim has nothing to steal');
    const secrets = [email, 'hushed-by-vera', 'barred-by-vera', ...ids];
    return new Victim(beckon, comment, ids, secrets, await belongingsIn(beckon));
  }

  /** A secret of hers that a text shows, if it shows one. */
  secretIn(text: string): string | undefined {
    return this.secrets.find((secret) => text.includes(secret));
  }

  /** Whether all that is hers is as it was. */
  async isUntouched(): Promise<boolean> {
    return (await belongingsIn(this.beckon)) === this.belongings;
  }
}

async function belongingsIn({ database }: Beckon): Promise<string> {
  const [row] = await database.query<{ belongings: unknown }>(BELONGINGS, [ID]);
  return JSON.stringify(row?.belongings);
}
