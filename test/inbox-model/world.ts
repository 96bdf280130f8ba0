import type { Envelope } from '#queue/event-queues.js';
import { Random } from '#testkit/random.js';

import { MarksService } from '../../apps/notification/src/marks/marks.service.js';
import { RelationsService } from '../../apps/notification/src/relations/relations.service.js';
import type { NotificationEvent } from '../../apps/notification/src/tell/audience.js';
import { ProfileService } from '../../apps/user/src/profile/profile.service.js';
import { Check } from './check.js';
import type { Host, Mishap } from './host.js';
import { Model } from './model.js';
import { at, Producers } from './producers.js';
import type { Delivery, Marking, Relating, Step } from './steps.js';

const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
/** How many of the events arrive once more at the end. */
const AGAIN = 0.2;
let worlds = 0;

/** A few people whom nobody else knows, as they are in Beckon and as the model has them. */
export class World {
  private readonly model: Model;
  private readonly check: Check;
  private readonly producers: Producers;
  private readonly settled = new Set<string>();

  private constructor(
    private readonly host: Host,
    name: string,
  ) {
    this.model = new Model(PEOPLE.map((person) => `${name}${person}`));
    this.check = new Check(host, this.model);
    this.producers = new Producers(host, this.model);
  }

  static async open(host: Host): Promise<World> {
    const world = new World(host, `w${++worlds}`);
    const { people } = world.model;
    await host.app.get(ProfileService).saveBatch(people.map((id) => ({ id, handle: id, displayName: id })));
    // Most of what people do is about a post.
    await world.take({ do: 'post', by: 0, mentions: [] });
    return world;
  }

  /** Does a step here and in the model. What changes inboxes is checked. */
  async take(step: Step): Promise<void> {
    if (step.do === 'deliver') return this.deliver(this.choose(step), step.mishap);
    if (step.do === 'a day passes') return this.age();
    if ('group' in step) return this.mark(step);
    if ('other' in step) return this.relate(step);
    return this.producers.act(step);
  }

  /** Delivers what is left, in the order of a seed, and some of all once more. */
  async end({ seed, size }: { seed: number; size: number }): Promise<void> {
    const random = new Random(seed);
    const { events } = this.producers;
    const left = events.filter(({ id }) => !this.settled.has(id));
    const again = events.filter(() => random.next() < AGAIN);
    const order = [...left, ...again].map((event) => ({ event, at: random.next() }));
    order.sort((a, b) => a.at - b.at);
    await this.deliver(
      cut(
        order.map(({ event }) => event),
        size,
      ),
      'none',
    );
    expect(events.filter(({ id }) => !this.settled.has(id))).toEqual([]);
  }

  private choose({ events: picks, size, suspect }: Delivery): Envelope[] {
    const { events } = this.producers;
    const open = events.filter(({ id }) => !this.settled.has(id));
    // Every fourth has perhaps been there before.
    const chosen = picks.flatMap((index) => (index % 4 === 0 ? at(events, index) : at(open, index)) ?? []);
    return cut(chosen, size).map((envelope) => ({ ...envelope, ...(suspect ? { suspect } : {}) }));
  }

  private async deliver(envelopes: readonly Envelope[], mishap: Mishap): Promise<void> {
    if (envelopes.length === 0) return;
    for (const transaction of await this.host.deliver(envelopes, mishap)) {
      for (const { id, type } of transaction) {
        if (this.settled.has(id)) throw new Error(`${type} ${id} had its effect twice`);
        this.settled.add(id);
      }
      this.model.settle(transaction);
    }
    await this.check.inboxes();
  }

  private async relate({ do: how, by, other: whom }: Relating): Promise<void> {
    const [me, other] = [at(this.model.people, by), at(this.model.people, whom)];
    if (me === undefined || other === undefined || me === other) return;
    const service = this.host.app.get(RelationsService);
    const kind = how.endsWith('mute') ? 'mute' : 'block';
    const known = kind === 'mute' ? this.model.mutes : this.model.blocks;
    if (how === kind) {
      await service.add(kind, me, other);
      known.add(`${me} ${other}`);
    } else {
      await service.remove(kind, me, other);
      known.delete(`${me} ${other}`);
    }
    await this.check.inboxes();
  }

  private async mark(step: Marking): Promise<void> {
    const everything = this.model.people.flatMap((me) => {
      const inbox = this.model.inboxOf(me);
      return inbox.shown().map((shown) => ({ me, inbox, ...shown }));
    });
    const chosen = at(everything, step.group);
    if (chosen === undefined) return;
    const service = this.host.app.get(MarksService);
    const { me, inbox, group, activitySeq } = chosen;
    if (step.do === 'mark') {
      await service.mark(me, group.id ?? '', step.as, 'en');
      inbox.mark(group, step.as);
    } else if (step.do === 'seen') {
      await service.markSeen(me, activitySeq);
      inbox.see(activitySeq);
    } else {
      await service.markReadUpTo(me, activitySeq);
      inbox.readUpTo(activitySeq);
    }
    await this.check.inboxes();
  }

  /** The clock is the database's, so it is there that time goes by. */
  private async age(): Promise<void> {
    const { people } = this.model;
    await this.host.database.query(
      `WITH grown AS (
         UPDATE notification.inbox_group SET opened_at = opened_at - interval '25 hours' WHERE recipient_id = ANY($1))
       UPDATE notification.member SET removed_at = removed_at - interval '25 hours' WHERE recipient_id = ANY($1)`,
      [people],
    );
    for (const person of people) this.model.inboxOf(person).age();
  }
}

function cut(events: readonly NotificationEvent[], size: number): Envelope[] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) => ({
    events: events.slice(index * size, (index + 1) * size),
  }));
}
