import { type InboxGroup, type Person, type Reactable } from '#testkit/person.js';
import type { Random } from '#testkit/random.js';

import type { Mark } from '../inbox-model/inbox.js';
import type { Level } from '../inbox-model/network.js';
import { type Comment, commentSubject, type Deeds, type Post, postSubject, type Subject } from './deeds.js';

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
    [16, () => this.react(this.pickLate(this.posts.map(postSubject)))],
    [10, () => this.react(this.pickLate(this.standingComments().map(commentSubject)))],
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
    private readonly deeds: Deeds,
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
    this.deeds.publish(author.id, id, mentioned);
    return `${author.id} posts ${id}: ${body}`;
  }

  private async removePost() {
    const post = this.pick(this.posts);
    if (post === undefined) return undefined;
    await this.person(post.actorId).removePost(post.postId);
    this.deeds.removePost(post);
    return `${post.actorId} removes the post ${post.postId}`;
  }

  private async comment(parent: Comment | undefined) {
    const post = parent === undefined ? this.pickLate(this.posts) : this.deeds.posts.get(parent.postId);
    if (post === undefined) return undefined;
    const author = this.anybody();
    const { body, mentioned } = this.text();
    const id = await author.comment(post.postId, body, parent?.commentId);
    this.deeds.comment(author.id, id, post, parent, mentioned);
    return `${author.id} comments ${id} on ${post.postId}, parent ${parent?.commentId}: ${body}`;
  }

  private async edit() {
    const comment = this.pickLate(this.standingComments());
    if (comment === undefined) return undefined;
    const { body, mentioned } = this.text();
    await this.person(comment.actorId).edit(comment.commentId, body);
    this.deeds.edit(comment, mentioned);
    return `${comment.actorId} edits ${comment.commentId}: ${body}`;
  }

  private async removeComment() {
    const comments = [...this.deeds.comments.values()];
    // Mostly one with replies: those lose a reason.
    const answered = new Set(comments.map(({ parentId }) => parentId));
    const parents = comments.filter(({ commentId }) => answered.has(commentId));
    const comment = this.pick(this.chance(0.6) && parents.length > 0 ? parents : comments);
    if (comment === undefined) return undefined;
    const by = this.chance(0.5) ? comment.actorId : comment.postAuthorId;
    await this.person(by).removeComment(comment.commentId);
    this.deeds.removeComment(comment);
    return `${by} removes the comment ${comment.commentId}`;
  }

  private async react(subject: Subject | undefined, actor = this.anybody()) {
    if (subject === undefined) return undefined;
    const type = this.random.pick(TYPES);
    await actor.react(pathOf(subject), type);
    this.deeds.react(actor.id, subject, type);
    return `${actor.id} reacts to ${pathOf(subject)}: ${type}`;
  }

  /** Gives another type to a reaction whose subject can still be reacted to. */
  private async change() {
    const { posts, comments, reactions } = this.deeds;
    const reaction = this.pick(
      [...reactions.values()].filter(
        ({ subjectKind, subjectId, postId }) =>
          posts.has(postId) && (subjectKind === 'post' || comments.has(subjectId)),
      ),
    );
    return reaction === undefined ? undefined : this.react(reaction, this.person(reaction.actorId));
  }

  private async unreact() {
    const reaction = this.pickLate([...this.deeds.reactions.values()]);
    if (reaction === undefined) return undefined;
    await this.person(reaction.actorId).unreact(pathOf(reaction));
    this.deeds.unreact(reaction);
    return `${reaction.actorId} un-reacts ${pathOf(reaction)}`;
  }

  private async follow() {
    const [actor, other] = this.two();
    await actor.follow(other);
    this.deeds.follow(actor.id, other.id);
    return `${actor.id} follows ${other.id}`;
  }

  private async unfollow() {
    const pair = this.pick([...this.deeds.follows.keys()]);
    if (pair === undefined) return undefined;
    const [actor, other] = this.pairOf(pair);
    await actor.unfollow(other);
    this.deeds.unfollow(actor.id, other.id);
    return `${actor.id} unfollows ${other.id}`;
  }

  private async relate(kind: 'mute' | 'block') {
    const [actor, other] = this.two();
    await actor[kind](other);
    this.deeds.model[`${kind}s`].add(`${actor.id} ${other.id}`);
    return `${actor.id} ${kind}s ${other.id}`;
  }

  private async unrelate(kind: 'mute' | 'block') {
    const pair = this.pick([...this.deeds.model[`${kind}s`]]);
    if (pair === undefined) return undefined;
    const [actor, other] = this.pairOf(pair);
    await actor[`un${kind}`](other);
    this.deeds.model[`${kind}s`].delete(pair);
    return `${actor.id} un${kind}s ${other.id}`;
  }

  private async setLevel() {
    const post = this.pickLate(this.posts);
    if (post === undefined) return undefined;
    const actor = this.anybody();
    const level = this.random.pick<Level>(['follow', 'mute', 'mute', 'default']);
    await actor.thread(post.postId, level);
    this.deeds.setLevel(actor.id, post, level);
    return `${actor.id} sets the thread of ${post.postId} to ${level}`;
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
    const { owner, inbox, activitySeq, real } = shown;
    if (what === 'seen') {
      await owner.seen(real.activitySeq);
      inbox.see(activitySeq);
    } else {
      await owner.readUpTo(real.activitySeq);
      inbox.readUpTo(activitySeq);
    }
    return `${owner.id} has ${what} all up to ${shown.group.key}`;
  }

  /** A group of somebody's, in the model and as it really is. */
  private async somethingShown() {
    const owner = this.anybody();
    const inbox = this.deeds.model.inboxOf(owner.id);
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

  private get posts(): Post[] {
    return [...this.deeds.posts.values()];
  }

  private standingComments(): Comment[] {
    return [...this.deeds.comments.values()].filter(({ postId }) => this.deeds.posts.has(postId));
  }

  private person(id: string): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Error(`there is no ${id}`);
    return person;
  }

  private anybody(): Person {
    return this.person(this.random.pick(this.deeds.model.people));
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

function pathOf({ subjectKind, subjectId }: Subject): Reactable {
  return `${subjectKind}s/${subjectId}`;
}
