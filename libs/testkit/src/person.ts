import type { Api } from '#testkit/api.js';
import type { Beckon } from '#testkit/beckon.js';
import { insist, served } from '#testkit/insist.js';
import { pages } from '#testkit/pages.js';

/** A group as the API shows it. */
export interface InboxGroup {
  readonly id: string;
  readonly seq: number;
  readonly activitySeq: number;
  readonly type: string;
  readonly subject: { readonly kind: string; readonly id: string; readonly excerpt: string | null };
  readonly actorCount: number;
  readonly actorIds: readonly string[];
  readonly reactions: Readonly<Record<string, number>>;
  readonly title: string;
  readonly firstAt: string;
  readonly latestAt: string;
  readonly seen: boolean;
  readonly readAt: string | null;
  readonly archivedAt: string | null;
}

export interface Badge {
  readonly unread: number;
  readonly unseen: number;
  readonly seq: number;
}

/** What can be reacted to, as the API's paths name it. */
export type Reactable = `posts/${string}` | `comments/${string}`;

let cast = 0;

/** Makes people who are in no other test: `const { ana, ben } = await scene(beckon, 'ana', 'ben')`. */
export async function scene<Name extends string>(
  beckon: Beckon,
  ...names: Name[]
): Promise<Record<Name, Person>> {
  const number = ++cast;
  const people = await Promise.all(
    names.map(async (name) => new Person(name, `${name}${number}`, await beckon.as(`${name}${number}`))),
  );
  await beckon.people(...people.map(({ id }) => id));
  return Object.fromEntries(people.map((person) => [person.name, person])) as Record<Name, Person>;
}

/** Somebody who uses the network. Each act throws unless it is answered as a success. */
export class Person {
  constructor(
    readonly name: string,
    /** The user id, which is the handle too. */
    readonly id: string,
    readonly api: Api,
  ) {}

  /** Publishes a post; answers its id. */
  async post(body = 'Hello'): Promise<string> {
    return (await insist(() => this.api.post('/v1/posts', { body }))).id as string;
  }

  async removePost(postId: string): Promise<void> {
    await insist(() => this.api.delete(`/v1/posts/${postId}`));
  }

  /** Comments on a post, or replies to a comment on it; answers the comment's id. */
  async comment(postId: string, body = 'Nice', parentId?: string): Promise<string> {
    const request = parentId === undefined ? { body } : { body, parentId };
    return (await insist(() => this.api.post(`/v1/posts/${postId}/comments`, request))).id as string;
  }

  async edit(commentId: string, body: string): Promise<void> {
    await insist(() => this.api.patch(`/v1/comments/${commentId}`, { body }));
  }

  async removeComment(commentId: string): Promise<void> {
    await insist(() => this.api.delete(`/v1/comments/${commentId}`));
  }

  async react(subject: Reactable, type = 'like'): Promise<void> {
    await insist(() => this.api.post(`/v1/${subject}/reactions`, { type }));
  }

  async unreact(subject: Reactable): Promise<void> {
    await insist(() => this.api.delete(`/v1/${subject}/reactions/mine`));
  }

  follow = (other: Person) => this.relate('put', 'following', other);
  unfollow = (other: Person) => this.relate('delete', 'following', other);
  mute = (other: Person) => this.relate('put', 'mutes', other);
  unmute = (other: Person) => this.relate('delete', 'mutes', other);
  block = (other: Person) => this.relate('put', 'blocks', other);
  unblock = (other: Person) => this.relate('delete', 'blocks', other);

  /** Says how much to hear of a post's comments. */
  async thread(postId: string, level: 'follow' | 'mute' | 'default'): Promise<void> {
    await insist(() => this.api.put(`/v1/posts/${postId}/thread`, { level }));
  }

  /** What the inbox shows, newest activity first. */
  async inbox(state: 'all' | 'unread' | 'archived' = 'all'): Promise<InboxGroup[]> {
    const get = (path: string) => served(() => this.api.get(path));
    return (await pages<InboxGroup>(get, `/v1/notifications?state=${state}`, 'groups')).rows;
  }

  /** The one group that the inbox shows. @throws when there is none or more than one */
  async onlyGroup(): Promise<InboxGroup> {
    const groups = await this.inbox();
    const [group] = groups;
    if (group === undefined || groups.length > 1)
      throw new Error(`${this.id} has ${groups.length} groups: ${JSON.stringify(groups)}`);
    return group;
  }

  async badge(): Promise<Badge> {
    return (await insist(() => this.api.get('/v1/notifications/counts'))) as Badge;
  }

  async mark(group: { readonly id: string }, mark: 'read' | 'unread' | 'archive' | 'unarchive') {
    return (await insist(() => this.api.post(`/v1/notifications/${group.id}/${mark}`))) as InboxGroup;
  }

  async seen(upTo: number): Promise<Badge> {
    return (await insist(() => this.api.post('/v1/notifications/seen', { upTo }))) as Badge;
  }

  async readUpTo(upTo: number): Promise<Badge> {
    return (await insist(() => this.api.post('/v1/notifications/read', { upTo }))) as Badge;
  }

  private async relate(method: 'put' | 'delete', relation: string, other: Person): Promise<void> {
    await insist(() => this.api[method](`/v1/me/${relation}/${other.id}`));
  }
}
