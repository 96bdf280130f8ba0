import type { NotificationEvent } from '../../apps/notification/src/tell/audience.js';
import { type Act, Acts } from './acts.js';
import { Inbox } from './inbox.js';
import { Network } from './network.js';

/** A network and the inboxes of its people, written from the design and not from the code. */
export class Model {
  readonly network = new Network();
  /** `a b`: a muted or blocked b. In force at once, without an event. */
  readonly mutes = new Set<string>();
  readonly blocks = new Set<string>();
  private readonly acts = new Acts();
  private readonly wishes = new Map<string, { muted: boolean; version: number }>();
  private readonly inboxes: ReadonlyMap<string, Inbox>;

  constructor(readonly people: readonly string[]) {
    this.inboxes = new Map(people.map((id) => [id, new Inbox((act) => this.hides(id, act))]));
  }

  inboxOf(person: string): Inbox {
    const inbox = this.inboxes.get(person);
    if (inbox === undefined) throw new Error(`there is no ${person}`);
    return inbox;
  }

  /**
   * Events that were applied in one transaction: each of them counts as if it had come before the others. Only the
   * time of an act is the first one's that tells of it, hence from the last to the first.
   */
  settle(events: readonly NotificationEvent[]): void {
    for (const event of events.toReversed()) {
      if (event.type === 'thread.level_changed.v1') this.wish(event);
      else this.acts.hear(event, this.crowdOf(event));
    }
    for (const [person, inbox] of this.inboxes)
      for (const act of this.acts.all()) inbox.settle(act, this.acts.reasonsOf(person, act));
  }

  /** Who else is told of an event; known to other services, which are asked when it arrives. */
  private crowdOf({ type, data, time }: NotificationEvent): string[] {
    if (type === 'comment.added.v1') return this.network.threadOf(data.commentId, this.people);
    if (type === 'post.published.v1') return this.network.followersOf(data.actorId, time, this.people);
    return [];
  }

  private wish({ data }: Extract<NotificationEvent, { type: 'thread.level_changed.v1' }>): void {
    const key = `${data.actorId} ${data.postId}`;
    if ((this.wishes.get(key)?.version ?? 0) < data.version)
      this.wishes.set(key, { muted: data.level === 'mute', version: data.version });
  }

  private hides(person: string, { id, actor, post }: Act): boolean {
    return (
      (id.startsWith('comment:') && this.wishes.get(`${person} ${post}`)?.muted === true) ||
      this.mutes.has(`${person} ${actor}`) ||
      this.blocks.has(`${person} ${actor}`) ||
      this.blocks.has(`${actor} ${person}`)
    );
  }
}
