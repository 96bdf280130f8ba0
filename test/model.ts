import { type Act, ModelInbox, type Reason, tally } from './model-inbox.js';

export type Level = 'follow' | 'mute' | 'default';

export interface Post {
  readonly id: string;
  readonly author: string;
}

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly post: Post;
  readonly parent: Comment | undefined;
  mentioned: readonly string[];
}

/** What is reacted to: `post:p1` or `comment:…`. */
export type Subject = `${'post' | 'comment'}:${string}`;

/** A network and what it tells its people: written from the design, not from the code. */
export class Model {
  readonly posts: Post[] = [];
  readonly comments: Comment[] = [];
  readonly reactions = new Map<string, { readonly actor: string; readonly subject: Subject; type: string }>();
  /** `a b`: a follows, muted or blocked b. */
  readonly follows = new Set<string>();
  readonly mutes = new Set<string>();
  readonly blocks = new Set<string>();
  private readonly levels = new Map<string, Level>();
  private readonly inboxes: ReadonlyMap<string, ModelInbox>;

  constructor(readonly people: readonly string[]) {
    this.inboxes = new Map(people.map((id) => [id, new ModelInbox((act) => this.hides(id, act))]));
  }

  inboxOf(person: string): ModelInbox {
    const inbox = this.inboxes.get(person);
    if (inbox === undefined) throw new Error(`there is no ${person}`);
    return inbox;
  }

  publish(author: string, id: string, mentioned: readonly string[]): void {
    this.posts.push({ id, author });
    const subject = `post:${id}`;
    const places: Act['places'] = { mention: [`mention:${id}`, subject], post: [`post:${author}`, subject] };
    const followers = this.people.filter((person) => this.follows.has(`${person} ${author}`));
    this.tell({ id: subject, actor: author, post: id, places }, { mention: mentioned, post: followers });
  }

  removePost(post: Post): void {
    this.posts.splice(this.posts.indexOf(post), 1);
    for (const inbox of this.inboxes.values()) inbox.retire((act) => act.post === post.id);
  }

  comment(
    id: string,
    author: string,
    post: Post,
    parent: Comment | undefined,
    mentioned: readonly string[],
  ): void {
    const comment: Comment = { id, author, post, parent, mentioned };
    this.tell(actOf(comment), {
      mention: mentioned,
      reply: parent === undefined ? [] : [parent.author],
      comment: [post.author],
      thread: this.people.filter((person) => this.followsThread(person, post)),
    });
    this.comments.push(comment);
  }

  /** Who is mentioned is looked at again; everybody else has been told. */
  edit(comment: Comment, mentioned: readonly string[]): void {
    const act = actOf(comment);
    for (const person of comment.mentioned)
      if (!mentioned.includes(person)) this.inboxOf(person).drop(act.id, 'mention');
    comment.mentioned = mentioned;
    this.tell(act, { mention: mentioned });
  }

  /** Takes along what is about it: reactions to it, and replies as far as they are told as such. */
  removeComment(comment: Comment): void {
    this.comments.splice(this.comments.indexOf(comment), 1);
    const id = `comment:${comment.id}`;
    for (const inbox of this.inboxes.values()) {
      inbox.retire((act) => act.id === id || act.places.reaction?.[1] === id);
      for (const act of inbox.acts()) if (act.places.reply?.[1] === id) inbox.drop(act.id, 'reply');
    }
  }

  react(actor: string, subject: Subject, type: string): void {
    this.reactions.set(`${actor} ${subject}`, { actor, subject, type });
    const [kind, id] = subject.split(':');
    const comment = this.comments.find((candidate) => candidate.id === id);
    const post = kind === 'comment' ? comment?.post : this.posts.find((candidate) => candidate.id === id);
    const author = kind === 'comment' ? comment?.author : post?.author;
    if (post === undefined || author === undefined) throw new Error(`there is no ${subject}`);
    const places: Act['places'] = { reaction: [`reaction:${subject}`, subject] };
    const act: Act = { id: `reaction:${actor}:${subject}`, actor, post: post.id, places, reaction: type };
    this.tell(act, { reaction: [author] });
  }

  unreact(actor: string, subject: Subject): void {
    this.reactions.delete(`${actor} ${subject}`);
    for (const inbox of this.inboxes.values())
      inbox.retire((act) => act.id === `reaction:${actor}:${subject}`);
  }

  follow(actor: string, followee: string): void {
    if (this.follows.has(`${actor} ${followee}`)) return;
    this.follows.add(`${actor} ${followee}`);
    const places: Act['places'] = { follow: ['follow', `user:${followee}`] };
    this.tell({ id: `follow:${actor}`, actor, post: undefined, places }, { follow: [followee] });
  }

  unfollow(actor: string, followee: string): void {
    this.follows.delete(`${actor} ${followee}`);
    this.inboxOf(followee).retire((act) => act.id === `follow:${actor}`);
  }

  setLevel(person: string, post: Post, level: Level): void {
    this.levels.set(`${person} ${post.id}`, level);
  }

  followCounts(person: string): { followers: number; following: number } {
    const pairs = [...this.follows].map((pair) => pair.split(' '));
    return {
      followers: pairs.filter(([, followee]) => followee === person).length,
      following: pairs.filter(([follower]) => follower === person).length,
    };
  }

  analytics(post: Post) {
    const reactions = [...this.reactions.values()].filter(({ subject }) => subject === `post:${post.id}`);
    const comments = this.comments.filter((comment) => comment.post === post);
    return {
      reactions: { total: reactions.length, byType: tally(reactions.map(({ type }) => type)) },
      comments: comments.length,
      commenters: new Set(comments.map(({ author }) => author)).size,
    };
  }

  /** One act tells one person once; nobody of what they did. */
  private tell(act: Act, told: Partial<Record<Reason, readonly string[]>>): void {
    for (const person of this.people) {
      const reasons = (Object.keys(told) as Reason[]).filter((reason) => told[reason]?.includes(person));
      if (person !== act.actor && reasons.length > 0) this.inboxOf(person).tell(act, reasons);
    }
  }

  private followsThread(person: string, post: Post): boolean {
    const level = this.levels.get(`${person} ${post.id}`) ?? 'default';
    if (level !== 'default') return level === 'follow';
    return this.comments.some((comment) => comment.author === person && comment.post === post);
  }

  private hides(person: string, { id, actor, post }: Act): boolean {
    const mutedThread = id.startsWith('comment:') && this.levels.get(`${person} ${post}`) === 'mute';
    return (
      mutedThread ||
      this.mutes.has(`${person} ${actor}`) ||
      this.blocks.has(`${person} ${actor}`) ||
      this.blocks.has(`${actor} ${person}`)
    );
  }
}

function actOf({ id, author, post, parent }: Comment): Act {
  return {
    id: `comment:${id}`,
    actor: author,
    post: post.id,
    places: {
      mention: [`mention:${id}`, `comment:${id}`],
      comment: [`comment:${post.id}`, `post:${post.id}`],
      thread: [`thread:${post.id}`, `post:${post.id}`],
      ...(parent === undefined ? {} : { reply: [`reply:${parent.id}`, `comment:${parent.id}`] as const }),
    },
  };
}
