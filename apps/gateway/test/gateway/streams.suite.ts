import { metricOf } from '#testkit/metric.js';
import { Person, scene } from '#testkit/person.js';
import { ResumingReader } from '#testkit/resuming-reader.js';
import { until } from '#testkit/until.js';

import { beckon } from './processes.fixture.js';

/** More than an HTTP client pools for one server. */
const MANY = 150;

const openAt = (name: 'notification-api' | 'gateway') =>
  name === 'gateway'
    ? metricOf(beckon, 'beckon_gateway_streams_open')
    : metricOf({ url: beckon.directUrl(name) }, 'beckon_streams_open');

async function told(author: Person, actor: Person): Promise<void> {
  const post = await author.post();
  await actor.react(`posts/${post}`);
}

describe('a stream through the gateway', () => {
  it('brings what happens while it is open, event by event', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    const stream = await beckon.stream(ana.id);
    for (let round = 1; round <= 3; round++) {
      await told(ana, ben);
      await stream.waitFor(({ event, data }) => event === 'counts' && data.unread === round);
    }
    expect(stream.ended).toBe(false);
    await stream.close();
  });

  it('ends with its client, up to the process that holds it', async () => {
    const { ana } = await scene(beckon, 'ana');
    const streams = await Promise.all(Array.from({ length: MANY }, () => beckon.stream(ana.id)));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    await until(
      async () => (await openAt('notification-api')) === MANY && (await openAt('gateway')) === MANY,
    );
    expect((await (await beckon.as(ana.id)).get('/v1/notifications/counts')).status).toBe(200);
    await Promise.all(streams.map((stream) => stream.close()));
    await until(async () => (await openAt('notification-api')) === 0 && (await openAt('gateway')) === 0);
  });

  it('resumes with nothing missing and nothing twice, whoever on the way ends', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    const reader = await ResumingReader.open(beckon, ana.id);
    const breaks = [
      () => reader.cut(),
      () => beckon.endOne('notification-api', 0, 'SIGKILL'),
      () => beckon.endOne('notification-api'),
      () => beckon.endOne('gateway', 0, 'SIGKILL'),
      () => beckon.endOne('gateway'),
    ];
    for (const [round, breakIt] of breaks.entries()) {
      const since = reader.connections;
      await breakIt();
      await beckon.run();
      await told(ana, ben);
      await reader.reconnected(since);
      await until(() => reader.groups().size === round + 1);
    }
    await beckon.drain();
    await reader.caughtUp((await ana.badge()).seq);
    const heard = reader.heard().filter(({ event }) => event === 'group');
    expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
    expect([...reader.groups().keys()].toSorted()).toEqual(
      (await ana.inbox()).map(({ id }) => id).toSorted(),
    );
    expect(reader.counts()).toEqual(await ana.badge());
    await reader.close();
  });

  it('is brought to its end by a gateway that is told to end, and not cut off', async () => {
    const { ana } = await scene(beckon, 'ana');
    const headers = { authorization: `Bearer ${await beckon.tokenOf(ana.id)}` };
    const stream = await fetch(`${beckon.url}/v1/notifications/stream`, { headers });
    // Rejects when the connection breaks.
    const heard = stream.text();
    expect(await beckon.endOne('gateway')).toBe(0);
    expect(await heard).toMatch(/^retry: \d+\n/);
    await beckon.run();
  });
});
