import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import type { ResumingReader } from '#testkit/resuming-reader.js';
import { UnreadStream } from '#testkit/unread-stream.js';

import type { Mix } from '../acts.js';
import type { Chaos } from '../chaos.js';
import type { FaultDefinition } from '../fault.js';
import { MemoryWatch } from '../memory.js';

const CUTS = 10;
const RESTARTS = 3;
const RSS_MB = 512;
/** Mutes that are taken back at once, after which each stream that nobody reads has to be cut off. */
const MUTES = 200;
/** Much that reaches many people, so that every session has something to miss. */
const MIX: Mix = {
  react: 10,
  unreact: 5,
  comment: 25,
  follow: 40,
  unfollow: 15,
  publish: 0.5,
  followMany: 2,
};

/** As many people as there are sessions, each with an open stream, under load. */
async function openSessions(chaos: Chaos<Beckon>, sessions: number): Promise<readonly ResumingReader[]> {
  const followers = Math.min(sessions, 200);
  await chaos.makeNetwork({ people: sessions, followers });
  chaos.phase = `opening ${sessions} streams`;
  return chaos.watch(chaos.madeNetwork.people);
}

async function untilAllAreBack(
  readers: readonly ResumingReader[],
  connections: readonly number[],
): Promise<void> {
  await Promise.all(readers.map((reader, index) => reader.reconnected(connections[index] ?? 0, 60_000)));
}

const streamsCut: FaultDefinition = {
  name: 'streams-cut',
  title: `1,000 stream sessions cut ${CUTS} times each under load`,
  needs: 'together',
  async run(chaos) {
    const readers = await openSessions(chaos, chaos.scaled(1_000, 20));
    const memory = new MemoryWatch(() => chaos.beckon.pid, undefined);
    const load = chaos.load({ mix: MIX });
    for (let cut = 1; cut <= CUTS; cut++) {
      chaos.phase = `cut ${cut} of ${CUTS}`;
      await load.progress(10 + readers.length / 5);
      const before = readers.map(({ connections }) => connections);
      await Promise.all(readers.map((reader) => reader.cut()));
      const cutAt = performance.now();
      await untilAllAreBack(readers, before);
      chaos.recovered(performance.now() - cutAt);
    }
    await load.progress(50);
    await chaos.settle();
    memory.stop();
    chaos.note(`${readers.length * CUTS} cuts, RSS at most ${memory.rssMb} MB`);
    chaos.expect(memory.rssMb <= RSS_MB, `RSS grew to ${memory.rssMb} MB, promised ${RSS_MB}`);
  },
};

const streamsKilled: FaultDefinition = {
  name: 'streams-killed',
  title: `the process killed ${RESTARTS} times under 1,000 open streams`,
  needs: 'together',
  async run(chaos) {
    const readers = await openSessions(chaos, chaos.scaled(1_000, 20));
    const load = chaos.load({ mix: MIX });
    for (let restart = 1; restart <= RESTARTS; restart++) {
      chaos.phase = `restart ${restart} of ${RESTARTS}`;
      await load.progress(50);
      const before = readers.map(({ connections }) => connections);
      await chaos.beckon.end('SIGKILL');
      await chaos.beckon.run();
      const backAt = performance.now();
      await untilAllAreBack(readers, before);
      chaos.recovered(performance.now() - backAt);
    }
    await load.progress(50);
    await chaos.settle();
  },
};

const streamsNeverRead: FaultDefinition = {
  name: 'streams-never-read',
  title: '100 streams that are opened and never read, of people who hear much: each is cut off',
  needs: 'together',
  // Beside them one is read.
  servers: { env: { STREAMS_PER_USER: '101' } },
  async run(chaos) {
    const { beckon } = chaos;
    const load = await chaos.begin({ size: { authors: 1 } });
    await makeLarge(beckon, chaos.madeNetwork.people);
    const memory = new MemoryWatch(() => beckon.pid, undefined);
    const before = memory.now();
    const count = chaos.scaled(100, 5);
    const streams = await Promise.all(
      Array.from({ length: count }, () => UnreadStream.open(beckon, 'author0')),
    );
    chaos.phase = 'nobody reads';
    await load.progress(chaos.scaled(20_000, 500));
    const held = () => streams.filter(({ isCutOff }) => !isCutOff).length;
    // A mute changes every group that the person is in; what is sent at once fills what kernels buffer, too.
    const author = await beckon.as('author0');
    const { people } = chaos.madeNetwork;
    for (let mutes = 0; held() > 0 && mutes < MUTES; mutes++) {
      const path = `/v1/me/mutes/${people[mutes % people.length]}`;
      await insist(() => author.put(path));
      await insist(() => author.delete(path));
    }
    const left = held();
    await chaos.settle();
    memory.stop();
    for (const stream of streams) stream.close();
    chaos.note(`RSS ${before} MB before, at most ${memory.rssMb} MB with ${count} streams that nobody reads`);
    chaos.expect(left === 0, `${left} of ${count} streams that nobody reads were not cut off`);
    chaos.expect(memory.rssMb <= RSS_MB, `RSS grew to ${memory.rssMb} MB, promised ${RSS_MB}`);
  },
};

/** What is told of these people is long. */
async function makeLarge(beckon: Beckon, people: readonly string[]): Promise<void> {
  const avatarUrl = 'https://example.com/'.padEnd(500, '•');
  const users = people.map((id) => ({ id, handle: id, displayName: id.padEnd(80, '•'), avatarUrl }));
  const service = await beckon.asService();
  await insist(() => service.post('/v1/batch/users', { users }));
}

export const streams: readonly FaultDefinition[] = [streamsCut, streamsKilled, streamsNeverRead];
