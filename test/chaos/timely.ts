import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { wholeInbox } from '#testkit/inbox-reading.js';
import type { InboxGroup } from '#testkit/person.js';
import { until } from '#testkit/until.js';

import type { Chaos } from './chaos.js';

const AUTHOR = 'timely';
const HEARD_MS = 60_000;
/** A group collects for 24 hours; these are nearer to its end than clocks are wrong. */
const STILL_OPEN = '23 hours 57 minutes';
const CLOSED = '24 hours 3 minutes';

/** Somebody apart from the load, whose groups begin, end and stand in order by the database's clock and no other. */
export class Timely {
  /** Posts, latest reaction first: what the list has to be. */
  private readonly expected: string[] = [];

  private constructor(
    private readonly chaos: Chaos,
    private readonly beckon: Beckon,
  ) {}

  static async begin(chaos: Chaos): Promise<Timely> {
    await chaos.beckon.people(AUTHOR, 'first', 'second');
    return new Timely(chaos, chaos.beckon);
  }

  /** Reactions on both sides of a window's end, and the list in pages of one. */
  async look(name: string): Promise<void> {
    const [open, closed] = [`${name}-open`, `${name}-closed`];
    await this.reactTwice(open, STILL_OPEN);
    await this.expectActors(open, [2], 'a group that still collects');
    await this.reactTwice(closed, CLOSED);
    await this.expectActors(closed, [1, 1], 'a group that collects no more');
    await this.takeBack('first', closed);
    await this.expectActors(closed, [1], 'a group that is left alone');
    this.expected.unshift(closed, open);
    const paged = await this.inPages();
    this.chaos.expect(
      paged.join() === this.expected.join(),
      `${name}: in pages of one ${paged.join()} and not ${this.expected.join()}`,
    );
  }

  /** To a new post, whose group is that old when the second comes. */
  private async reactTwice(post: string, age: string): Promise<void> {
    const author = await this.beckon.as(AUTHOR);
    await insist(() => author.post('/v1/posts', { id: post, body: 'In time' }));
    this.chaos.madeNetwork.truth.knowPost(post, AUTHOR);
    await this.react('first', post);
    await until(async () => (await this.groupsOf(post)).length === 1, HEARD_MS);
    await this.beckon.database.query(
      `UPDATE notification.inbox_group SET opened_at = now() - $2::interval WHERE recipient_id = $1 AND key = $3`,
      [AUTHOR, age, `reaction:post:${post}`],
    );
    await this.react('second', post);
  }

  private async react(actor: string, post: string): Promise<void> {
    const api = await this.beckon.as(actor);
    const { id } = await insist(() => api.post(`/v1/posts/${post}/reactions`, { type: 'like' }));
    this.chaos.madeNetwork.truth.reacted(post, actor, String(id), 'like');
  }

  private async takeBack(actor: string, post: string): Promise<void> {
    const api = await this.beckon.as(actor);
    await insist(() => api.delete(`/v1/posts/${post}/reactions/mine`));
    this.chaos.madeNetwork.truth.unreacted(post, actor);
  }

  /** Waits for so many actors in the groups of a post; others in the end are a finding. */
  private async expectActors(post: string, actors: readonly number[], what: string): Promise<void> {
    const found = async () => (await this.groupsOf(post)).map(({ actorCount }) => actorCount).join();
    await until(async () => (await found()) === actors.join(), HEARD_MS).catch(async () =>
      this.chaos.expect(false, `${post}: ${what} has ${await found()} actors and not ${actors.join()}`),
    );
  }

  private async groupsOf(post: string): Promise<InboxGroup[]> {
    const { groups } = await wholeInbox(this.beckon, AUTHOR);
    return groups.filter(({ subject }) => subject.id === post);
  }

  private async inPages(): Promise<string[]> {
    const api = await this.beckon.as(AUTHOR);
    const posts: string[] = [];
    let query = '?limit=1';
    for (;;) {
      const { groups, page } = await insist(() => api.get(`/v1/notifications${query}`));
      posts.push(...(groups as InboxGroup[]).map(({ subject }) => subject.id));
      if (page.next === null) return posts;
      query = `?limit=1&cursor=${encodeURIComponent(page.next as string)}`;
    }
  }
}
