import pg from 'pg';

import type { Beckon } from '#testkit/beckon.js';
import type { Load } from '#testkit/load.js';

import type { Chaos } from '../chaos.js';
import type { FaultDefinition } from '../fault.js';

/** 2xx again within this of PostgreSQL's recovery. */
const BACK_MS = 5_000;

/** 503 with Retry-After and never 500, which the load complains of; nothing acknowledged is lost. */
async function untilAnswered(chaos: Chaos<Beckon>, load: Load): Promise<void> {
  const backAt = performance.now();
  await load.progress(1);
  const ms = performance.now() - backAt;
  chaos.recovered(ms);
  chaos.promise('2xx again after', ms, BACK_MS);
}

const postgresKilled: FaultDefinition = {
  needs: 'together',
  servers: { postgres: true },
  name: 'postgres-killed',
  title: 'SIGKILL of PostgreSQL under load, again and again',
  async run(chaos) {
    const load = await chaos.begin();
    const times = chaos.scaled(20, 2);
    for (let kill = 1; kill <= times; kill++) {
      chaos.phase = `kill ${kill} of ${times}`;
      await load.progress(100);
      chaos.postgres.kill();
      await chaos.postgres.run();
      await untilAnswered(chaos, load);
    }
    await load.progress(100);
    await chaos.settle();
  },
};

const postgresFrozen: FaultDefinition = {
  needs: 'together',
  servers: { postgres: true },
  name: 'postgres-frozen',
  title: 'PostgreSQL and all its processes stopped (SIGSTOP) for 10 s under load',
  async run(chaos) {
    const load = await chaos.begin();
    await load.progress(100);
    chaos.phase = 'PostgreSQL is frozen';
    chaos.postgres.signalAll('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, chaos.scaled(10_000, 6_000)));
    chaos.postgres.signalAll('SIGCONT');
    await untilAnswered(chaos, load);
    await load.progress(100);
    await chaos.settle();
  },
};

const postgresStorm: FaultDefinition = {
  needs: 'together',
  servers: { postgres: true },
  name: 'postgres-storm',
  title: 'every connection of PostgreSQL taken by others, and Beckon cut off from its own, under load',
  async run(chaos) {
    const load = await chaos.begin();
    await load.progress(100);
    chaos.phase = 'connections are taken';
    const storm = await takeConnections(chaos.beckon.database.url);
    await new Promise((resolve) => setTimeout(resolve, chaos.scaled(20_000, 3_000)));
    chaos.note(`${storm.length} connections held by others, ${load.count(503)} requests refused meanwhile`);
    await Promise.all(storm.map((client) => client.end()));
    await untilAnswered(chaos, load);
    await load.progress(100);
    await chaos.settle();
  },
};

/** Opens connections until none is left, while those of everybody else are ended. */
async function takeConnections(url: string): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: url, application_name: 'storm' });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch {
      // Refused: all are taken.
      return taken;
    }
    taken.push(client);
    if (taken.length % 20 === 0) await client.query(END_OTHERS);
  }
}

const END_OTHERS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name <> 'storm' AND pid <> pg_backend_pid()`;

export const postgresAway: readonly FaultDefinition[] = [postgresKilled, postgresFrozen, postgresStorm];
