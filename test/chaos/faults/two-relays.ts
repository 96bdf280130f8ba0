import pg from 'pg';

import { insist } from '#testkit/insist.js';

import type { FaultDefinition } from '../fault.js';

const PRODUCERS = ['user', 'post', 'comment', 'reaction'] as const;

/** Two processes of each producer share its outbox, and one event commits long after many that are younger. */
export const twoRelays: FaultDefinition = {
  name: 'two-relays',
  title: 'two relays of each producer, one of them killed; a transaction that commits late',
  needs: 'apart',
  async run(chaos) {
    const { beckon } = chaos;
    const load = await chaos.begin({ connections: 8 });
    const { truth } = chaos.madeNetwork;
    const rounds = chaos.scaled(10, 1);
    await beckon.people('late');
    const late = await beckon.as('late');
    const first = await insist(() => late.post('/v1/posts/post0/reactions', { type: 'like' }));
    truth.reacted('post0', 'late', String(first.id), 'like');
    for (let round = 1; round <= rounds; round++) {
      chaos.phase = `round ${round} of ${rounds}`;
      const seconds = await Promise.all(PRODUCERS.map((service) => beckon.runSecond(service)));
      const holder = new pg.Client({ connectionString: beckon.database.url });
      await holder.connect();
      await holder.query(`BEGIN`);
      await holder.query(`SELECT 1 FROM reaction.reaction WHERE id = $1 FOR UPDATE`, [first.id]);
      const type = round % 2 === 1 ? 'wow' : 'sad';
      const changed = late.post('/v1/posts/post0/reactions', { type });
      await load.progress(100);
      await holder.query(`COMMIT`);
      await holder.end();
      const { status, body } = await changed;
      if (status !== 200) await insist(() => late.post('/v1/posts/post0/reactions', { type }));
      truth.reacted('post0', 'late', String(body.id ?? first.id), type);
      await load.progress(100);
      await Promise.all(seconds.map((second) => second.end('SIGKILL')));
    }
    chaos.recovered(await chaos.settle());
  },
};
