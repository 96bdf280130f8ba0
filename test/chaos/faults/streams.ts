import { connect, type Socket } from 'node:net';

import type { Beckon } from '#testkit/beckon.js';
import type { ResumingReader } from '#testkit/resuming-reader.js';

import type { Mix } from '../acts.js';
import type { Chaos } from '../chaos.js';
import type { FaultDefinition } from '../fault.js';
import { MemoryWatch } from '../memory.js';

const CUTS = 10;
const RESTARTS = 3;
const RSS_MB = 512;
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
  title: '100 streams that are opened and never read, of people who hear much',
  needs: 'together',
  async run(chaos) {
    const load = await chaos.begin({ size: { authors: 1, posts: 4 } });
    const memory = new MemoryWatch(() => chaos.beckon.pid, undefined);
    const token = await chaos.beckon.tokenOf('author0');
    const before = memory.now();
    const count = chaos.scaled(100, 5);
    const sockets = await Promise.all(
      Array.from({ length: count }, () => openUnread(Number(chaos.beckon.env['PORT']), token)),
    );
    chaos.phase = 'nobody reads';
    await load.progress(chaos.scaled(20_000, 500));
    await chaos.settle();
    memory.stop();
    for (const socket of sockets) socket.destroy();
    chaos.note(`RSS ${before} MB before, at most ${memory.rssMb} MB with ${count} streams that nobody reads`);
    chaos.expect(memory.rssMb <= RSS_MB, `RSS grew to ${memory.rssMb} MB, promised ${RSS_MB}`);
  },
};

/** A connection that asks for a stream and reads nothing of it. */
async function openUnread(port: number, token: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    `GET /v1/notifications/stream HTTP/1.1\r\nhost: beckon\r\nauthorization: Bearer ${token}\r\n\r\n`,
  );
  return socket;
}

export const streams: readonly FaultDefinition[] = [streamsCut, streamsKilled, streamsNeverRead];
