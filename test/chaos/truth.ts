/** What one act must be in one inbox. */
export interface Told {
  readonly actor: string;
  /** Which group it is in: type and subject, for posts type and author. */
  readonly group: string;
  readonly reaction: string | null;
}

export interface StandingComment {
  readonly id: string;
  readonly post: string;
  readonly author: string;
}

/**
 * What must stand after all that was acknowledged: the table of docs/architecture.md, told once more and in the
 * plainest way, by recipient and act. Knows nothing that the product computed but ids.
 */
export class Truth {
  /** Events that the acknowledged operations must have made. */
  events = 0;
  readonly comments: StandingComment[] = [];
  private readonly inboxes = new Map<string, Map<string, Told>>();
  private readonly authors = new Map<string, string>();
  private readonly commenters = new Map<string, Set<string>>();
  private readonly reactions = new Map<string, { id: string; type: string }>();
  private readonly following = new Set<string>();
  private readonly followers = new Map<string, Set<string>>();

  /** A post that was there before anybody could be told of it. */
  knowPost(id: string, author: string): void {
    this.authors.set(id, author);
  }

  /** Followers who were there before, and whom nobody told. */
  knowFollowers(author: string, followers: readonly string[]): void {
    this.followers.set(author, new Set(followers));
  }

  authorOf(subject: string): string {
    const author = this.authors.get(subject);
    if (author === undefined) throw new Error(`${subject} is not known`);
    return author;
  }

  reacted(subject: string, actor: string, id: string, type: string): void {
    const key = `${subject} ${actor}`;
    if (this.reactions.get(key)?.type === type) return;
    this.events++;
    this.reactions.set(key, { id, type });
    this.tell(this.authorOf(subject), `reaction:${id}`, {
      actor,
      group: `reaction ${subject}`,
      reaction: type,
    });
  }

  unreacted(subject: string, actor: string): void {
    const key = `${subject} ${actor}`;
    const reaction = this.reactions.get(key);
    if (reaction === undefined) return;
    this.events++;
    this.reactions.delete(key);
    this.inboxes.get(this.authorOf(subject))?.delete(`reaction:${reaction.id}`);
  }

  /** Comments on one post must be made one after the other: who commented before hears of it. */
  commented(
    comment: StandingComment,
    parent: StandingComment | undefined,
    mentions: readonly string[],
  ): void {
    const { id, post, author: actor } = comment;
    this.events++;
    this.comments.push(comment);
    this.authors.set(id, actor);
    const earlier = this.commenters.get(post) ?? new Set();
    const told = new Map<string, string>();
    for (const recipient of earlier) told.set(recipient, `thread ${post}`);
    told.set(this.authorOf(post), `comment ${post}`);
    if (parent !== undefined) told.set(parent.author, `reply ${parent.id}`);
    for (const recipient of mentions) told.set(recipient, `mention ${id}`);
    for (const [recipient, group] of told)
      this.tell(recipient, `comment:${id}`, { actor, group, reaction: null });
    this.commenters.set(post, earlier.add(actor));
  }

  published(id: string, author: string, mentions: readonly string[]): void {
    this.events++;
    this.authors.set(id, author);
    const told = new Map<string, string>();
    for (const recipient of this.followers.get(author) ?? []) told.set(recipient, `post ${author}`);
    for (const recipient of mentions) told.set(recipient, `mention ${id}`);
    for (const [recipient, group] of told)
      this.tell(recipient, `post:${id}`, { actor: author, group, reaction: null });
  }

  followed(follower: string, followee: string): void {
    const pair = `${follower}:${followee}`;
    if (this.following.has(pair)) return;
    this.events++;
    this.following.add(pair);
    this.tell(followee, `follow:${pair}`, { actor: follower, group: `follow ${followee}`, reaction: null });
  }

  unfollowed(follower: string, followee: string): void {
    const pair = `${follower}:${followee}`;
    if (!this.following.delete(pair)) return;
    this.events++;
    this.inboxes.get(followee)?.delete(`follow:${pair}`);
  }

  /** Everybody who was ever told something. */
  recipients(): string[] {
    return [...this.inboxes.keys()].sort();
  }

  /** What stands in an inbox, by act. */
  inbox(recipient: string): ReadonlyMap<string, Told> {
    return this.inboxes.get(recipient) ?? new Map<string, Told>();
  }

  private tell(recipient: string, act: string, told: Told): void {
    if (recipient === told.actor) return;
    let inbox = this.inboxes.get(recipient);
    if (inbox === undefined) {
      inbox = new Map();
      this.inboxes.set(recipient, inbox);
    }
    inbox.set(act, told);
  }
}
