import { Beckon } from '#testkit/beckon.js';
import { type Badge, type InboxGroup, Person } from '#testkit/person.js';
import { Random } from '#testkit/random.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import type { StreamEvent, TestStream } from '#testkit/stream.js';

import type { View } from './inbox-model/inbox.js';
import { Model } from './inbox-model/model.js';
import { Deeds } from './random-walk/deeds.js';
import { everythingOf, Walk } from './random-walk/walk.js';

const STEPS = Number(process.env['STEPS'] ?? 100);
/** All inboxes are read that often; else those that changed, here or there. */
const EVERYTHING_EVERY = 10;

describe('a random walk', () => {
  const random = Random.seeded('random walk');
  const ids = Array.from({ length: 20 }, (_, index) => `p${index}`);
  const people = new Map<string, Person>();
  const streams = new Map<string, TestStream>();
  const model = new Model(ids);
  const deeds = new Deeds(model);
  const walk = new Walk(random, deeds, people);
  const compared = new Map<string, string>();
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start();
    await beckon.people(...ids);
    for (const id of ids) {
      people.set(id, new Person(id, id, await beckon.as(id)));
      streams.set(id, await beckon.stream(id));
    }
  });
  afterAll(async () => {
    await Promise.all([...streams.values()].map((stream) => stream.close()));
    await beckon?.stop();
  });

  it(
    'leaves inboxes, badges and counters as the model has them after every step',
    async () => {
      for (let step = 1; step <= STEPS; step++) {
        await explain(step, async () => {
          await walk.step();
          await beckon.drain();
          await compare(step % EVERYTHING_EVERY === 0 || step === STEPS);
        });
      }
    },
    STEPS * 1_800,
  );

  it('has told the streams all of it: a client that followed them has the same list and badge', async () => {
    for (const [id, owner] of people) {
      const groups = await everythingOf(owner);
      const { unread, unseen } = await owner.badge();
      const stream = streams.get(id) as TestStream;
      if (groups.length > 0) await stream.waitFor((event) => event.id >= latestOf(groups));
      expect({ id, groups: followed(stream).map(asChanges) }).toEqual({ id, groups: groups.map(asChanges) });
      const isLast = (event: StreamEvent) => event === stream.events.findLast((e) => e.event === 'counts');
      if (groups.length > 0)
        await stream.waitFor((event) => isLast(event) && isSame(event.data, { unread, unseen }));
      const order = stream.events.map((event) => event.id);
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    }
  });

  async function explain(step: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const latest = walk.trail.slice(-15).join('\n');
      throw new Error(`TEST_SEED=${random.seed}, step ${step}:\n${latest}\n${String(error)}`, {
        cause: error,
      });
    }
  }

  async function compare(everything: boolean): Promise<void> {
    const rows = await beckon.database.query<{ recipient_id: string; state: object }>(
      'SELECT recipient_id, to_jsonb(inbox_state) AS state FROM notification.inbox_state',
    );
    const states = new Map(rows.map((row) => [row.recipient_id, row.state]));
    for (const owner of people.values()) {
      const now = JSON.stringify([states.get(owner.id), model.inboxOf(owner.id).shown()]);
      if (everything || now !== compared.get(owner.id)) await compareInbox(owner);
      compared.set(owner.id, now);
    }
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    if (everything) await compareCounters();
  }

  async function compareInbox(owner: Person): Promise<void> {
    const { id } = owner;
    const inbox = model.inboxOf(id);
    const groups = (await everythingOf(owner)).map(asView);
    expect({ id, groups }).toEqual({ id, groups: inbox.shown().map(({ view }) => view) });
    const { unread, unseen } = await owner.badge();
    expect({ id, unread, unseen }).toEqual({ id, ...inbox.badge() });
  }

  async function compareCounters(): Promise<void> {
    for (const { id, api } of people.values()) {
      const { followers, following } = (await api.get(`/v1/users/${id}`)).body;
      expect({ id, followers, following }).toEqual({ id, ...deeds.followCounts(id) });
    }
    const { api } = people.get('p0') as Person;
    for (const post of deeds.posts.values()) {
      const { reactions, comments, commenters } = (await api.get(`/v1/analytics/posts/${post.postId}`)).body;
      expect({ post, reactions, comments, commenters }).toEqual({ post, ...deeds.analytics(post) });
    }
  }
});

function asView(group: InboxGroup): View {
  return {
    type: group.type,
    subject: `${group.subject.kind}:${group.subject.id}`,
    actorIds: group.actorIds,
    actorCount: group.actorCount,
    reactions: group.reactions,
    read: group.readAt !== null,
    archived: group.archivedAt !== null,
    seen: group.seen,
  };
}

/** What of a group a stream is told when it changes: the watermark and its subject's text are not the group's own. */
function asChanges(group: InboxGroup) {
  const { id, seq, activitySeq, type, actorCount, actorIds, reactions, readAt, archivedAt } = group;
  const subject = `${group.subject.kind}:${group.subject.id}`;
  return { id, seq, activitySeq, type, subject, actorCount, actorIds, reactions, readAt, archivedAt };
}

/** The list of a client that began with nothing and did as its stream said. */
function followed(stream: TestStream): InboxGroup[] {
  const list = new Map<string, InboxGroup>();
  for (const { event, data } of stream.events) {
    if (event === 'group') list.set(data.group.id, data.group);
    if (event === 'removed') list.delete(data.id);
  }
  return [...list.values()].sort((a, b) => b.activitySeq - a.activitySeq);
}

type Numbers = Pick<Badge, 'unread' | 'unseen'>;

function isSame(a: Numbers, b: Numbers): boolean {
  return a.unread === b.unread && a.unseen === b.unseen;
}

function latestOf(groups: readonly InboxGroup[]): number {
  return Math.max(...groups.map((group) => group.seq));
}
