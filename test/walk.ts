import { type InboxGroup, type Person, type Reactable } from '#testkit/person.js';
import type { Random } from '#testkit/random.js';

import type { Comment, Level, Model, Subject } from './model.js';
import type { Mark } from './model-inbox.js';

const TYPES = ['like', 'love', 'haha', 'wow', 'sad', 'angry'];

/** Takes random steps on a running Beckon and on its model alike. */
export class Walk {
  /** What was done, step by step. */
  readonly trail: string[] = [];

  /** How often each step is tried, and the step; undefined when there is nothing to do it with. */
  private readonly steps: readonly (readonly [weight: number, step: () => Promise<string | undefined>])[] = [
    [6, () => this.publish()],
    [1, () => this.removePost()],
    [10, () => this.comment(undefined)],
    [14, () => this.comment(this.pickLate(this.standingComments()))],
    [8, () => this.edit()],
    [6, () => this.removeComment()],
    [16, () => this.react(subjectOf('post', this.pickLate(this.model.posts)))],
    [10, () => this.react(subjectOf('comment', this.pickLate(this.standingComments())))],
    [5, () => this.change()],
    [8, () => this.unreact()],
    [10, () => this.follow()],
    [4, () => this.unfollow()],
    [4, () => this.relate('mute')],
    [4, () => this.unrelate('mute')],
    [3, () => this.relate('block')],
    [3, () => this.unrelate('block')],
    [8, () => this.setLevel()],
    [14, () => this.mark()],
    [4, () => this.upTo('seen')],
    [2, () => this.upTo('read')],
  ];

  constructor(
    private readonly random: Random,
    private readonly model: Model,
    private readonly people: ReadonlyMap<string, Person>,
  ) {}

  async step(): Promise<void> {
    let at = this.random.next() * this.steps.reduce((sum, [weight]) => sum + weight, 0);
    const [, step] = this.steps.find(([weight]) => (at -= weight) < 0) ?? [];
    const done = await step?.();
    if (done === undefined) return this.step();
    this.trail.push(done);
  }

  private async publish() {
    const author = this.anybody();
    const { body, mentioned } = this.text();
    const id = await author.post(body);
    this.model.publish(author.id, id, mentioned);
    return `${author.id} posts ${id}: ${body}`;
  }

  private async removePost() {
    const post = this.pick(this.model.posts);
    if (post === undefined) return undefined;
    await this.person(post.author).removePost(post.id);
    this.model.removePost(post);
    return `${post.author} removes the post ${post.id}`;
  }

  private async comment(parent: Comment | undefined) {
    const post = parent?.post ?? this.pickLate(this.model.posts);
    if (post === undefined) return undefined;
    const author = this.anybody();
    const { body, mentioned } = this.text();
    const id = await author.comment(post.id, body, parent?.id);
    this.model.comment(id, author.id, post, parent, mentioned);
    return `${author.id} comments ${id} on ${post.id}, parent ${parent?.id}: ${body}`;
  }

  private async edit() {
    const comment = this.pickLate(this.standingComments());
    if (comment === undefined) return undefined;
    const { body, mentioned } = this.text();
    await this.person(comment.author).edit(comment.id, body);
    this.model.edit(comment, mentioned);
    return `${comment.author} edits ${comment.id}: ${body}`;
  }

  private async removeComment() {
    const { comments } = this.model;
    // Mostly one with replies: those lose a reason.
    const parents = comments.filter((comment) => comments.some(({ parent }) => parent === comment));
    const comment = this.pick(this.chance(0.6) && parents.length > 0 ? parents : comments);
    if (comment === undefined) return undefined;
    const by = this.chance(0.5) ? comment.author : comment.post.author;
    await this.person(by).removeComment(comment.id);
    this.model.removeComment(comment);
    return `${by} removes the comment ${comment.id}`;
  }

  private async react(subject: Subject | undefined, actor = this.anybody()) {
    if (subject === undefined) return undefined;
    const type = this.random.pick(TYPES);
    await actor.react(subject.replace(':', 's/') as Reactable, type);
    this.model.react(actor.id, subject, type);
    return `${actor.id} reacts to ${subject}: ${type}`;
  }

  /** Gives another type to a reaction whose subject can still be reacted to. */
  private async change() {
    const subjects = new Set([
      ...this.model.posts.map((post) => subjectOf('post', post)),
      ...this.standingComments().map((comment) => subjectOf('comment', comment)),
    ]);
    const reaction = this.pick(
      [...this.model.reactions.values()].filter(({ subject }) => subjects.has(subject)),
    );
    return reaction === undefined ? undefined : this.react(reaction.subject, this.person(reaction.actor));
  }

  private async unreact() {
    const reaction = this.pickLate([...this.model.reactions.values()]);
    if (reaction === undefined) return undefined;
    const { actor, subject } = reaction;
    await this.person(actor).unreact(subject.replace(':', 's/') as Reactable);
    this.model.unreact(actor, subject);
    return `${actor} un-reacts ${subject}`;
  }

  private async follow() {
    const [actor, other] = this.two();
    await actor.follow(other);
    this.model.follow(actor.id, other.id);
    return `${actor.id} follows ${other.id}`;
  }

  private async unfollow() {
    const pair = this.pick([...this.model.follows]);
    if (pair === undefined) return undefined;
    const [actor, other] = this.pairOf(pair);
    await actor.unfollow(other);
    this.model.unfollow(actor.id, other.id);
    return `${actor.id} unfollows ${other.id}`;
  }

  private async relate(kind: 'mute' | 'block') {
    const [actor, other] = this.two();
    await actor[kind](other);
    this.model[`${kind}s`].add(`${actor.id} ${other.id}`);
    return `${actor.id} ${kind}s ${other.id}`;
  }

  private async unrelate(kind: 'mute' | 'block') {
    const pair = this.pick([...this.model[`${kind}s`]]);
    if (pair === undefined) return undefined;
    const [actor, other] = this.pairOf(pair);
    await actor[`un${kind}`](other);
    this.model[`${kind}s`].delete(pair);
    return `${actor.id} un${kind}s ${other.id}`;
  }

  private async setLevel() {
    const post = this.pickLate(this.model.posts);
    if (post === undefined) return undefined;
    const actor = this.anybody();
    const level = this.random.pick<Level>(['follow', 'mute', 'mute', 'default']);
    await actor.thread(post.id, level);
    this.model.setLevel(actor.id, post, level);
    return `${actor.id} sets the thread of ${post.id} to ${level}`;
  }

  private async mark() {
    const shown = await this.somethingShown();
    if (shown === undefined) return undefined;
    const how = this.random.pick<Mark>(['read', 'read', 'unread', 'archive', 'unarchive']);
    await shown.owner.mark(shown.real, how);
    shown.inbox.mark(shown.group, how);
    return `${shown.owner.id} marks ${shown.group.key} as ${how}`;
  }

  private async upTo(what: 'seen' | 'read') {
    const shown = await this.somethingShown();
    if (shown === undefined) return undefined;
    const { owner, inbox, activity, real } = shown;
    if (what === 'seen') {
      await owner.seen(real.activitySeq);
      inbox.see(activity);
    } else {
      await owner.readUpTo(real.activitySeq);
      inbox.readUpTo(activity);
    }
    return `${owner.id} has ${what} all up to ${shown.group.key}`;
  }

  /** A group of somebody's, in the model and as it really is. */
  private async somethingShown() {
    const owner = this.anybody();
    const inbox = this.model.inboxOf(owner.id);
    const shown = inbox.shown();
    const index = Math.floor(this.random.next() * shown.length);
    const chosen = shown[index];
    const real = (await everythingOf(owner))[index];
    return chosen === undefined || real === undefined ? undefined : { owner, inbox, real, ...chosen };
  }

  /** A text that mentions nobody, somebody, its author or a stranger. */
  private text(): { body: string; mentioned: string[] } {
    const mentioned = this.chance(0.35) ? [...new Set([this.anybody().id, this.anybody().id])] : [];
    const handles = [...mentioned, ...(this.chance(0.1) ? ['nobody_at_all'] : [])];
    return { body: [`${this.random.next()}`, ...handles.map((id) => `@${id}`)].join(' '), mentioned };
  }

  private standingComments(): Comment[] {
    return this.model.comments.filter(({ post }) => this.model.posts.includes(post));
  }

  private person(id: string): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Error(`there is no ${id}`);
    return person;
  }

  private anybody(): Person {
    return this.person(this.random.pick(this.model.people));
  }

  private two(): [Person, Person] {
    const [actor, other] = [this.anybody(), this.anybody()];
    return actor === other ? this.two() : [actor, other];
  }

  private pairOf(pair: string): [Person, Person] {
    const [actor = '', other = ''] = pair.split(' ');
    return [this.person(actor), this.person(other)];
  }

  private chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  private pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : this.random.pick(from);
  }

  /** Mostly of the latest, so that things meet. */
  private pickLate<T>(from: readonly T[]): T | undefined {
    return this.pick(this.chance(0.7) ? from.slice(-4) : from);
  }
}

/** All groups of somebody's, the archived too, newest activity first. */
export async function everythingOf(owner: Person): Promise<InboxGroup[]> {
  const [current, archived] = await Promise.all([owner.inbox('all'), owner.inbox('archived')]);
  return [...current, ...archived].sort((a, b) => b.activitySeq - a.activitySeq);
}

function subjectOf(kind: 'post' | 'comment', of: { readonly id: string } | undefined): Subject | undefined {
  return of === undefined ? undefined : `${kind}:${of.id}`;
}
