import { insist } from '#testkit/insist.js';
import type { Operation } from '#testkit/load.js';

import type { Chaos } from '../chaos.js';
import type { FaultDefinition } from '../fault.js';
import { type Felt, Others } from '../others.js';

/** Promise 8: everyone else's p95 stays within this of what it was before. */
const TIMES = 1.5;
const BASELINE = 60;
const CONNECTIONS = 16;

/** Compares what others felt meanwhile with what they felt before, in the same run. */
function promiseOthers(chaos: Chaos, before: Felt, meanwhile: Felt): void {
  chaos.note(
    `before: answered p95 ${Math.round(before.answerP95Ms)} ms, told p95 ${Math.round(before.tellP95Ms)} ms`,
  );
  chaos.promise("others' answers p95", meanwhile.answerP95Ms, TIMES * before.answerP95Ms);
  chaos.promise("others' tellings p95", meanwhile.tellP95Ms, TIMES * before.tellP95Ms);
}

const celebrity: FaultDefinition = {
  name: 'celebrity',
  title: 'a post to 1,000,000 followers, beside people who have nothing to do with it',
  needs: 'together',
  async run(chaos) {
    const followers = chaos.scaled(1_000_000, 1_500);
    const network = await chaos.makeNetwork({ people: followers, stars: 1, followers });
    const others = new Others(chaos.beckon, network.truth);
    await others.begin();
    chaos.phase = 'before';
    await others.feel(BASELINE / 2);
    const before = await others.feel(BASELINE);
    chaos.phase = `telling ${followers} followers`;
    const star = await chaos.beckon.as('star0');
    const { id } = await insist(() => star.post('/v1/posts', { body: 'News for everybody' }));
    network.truth.published(String(id), 'star0', []);
    const postedAt = performance.now();
    let told = false;
    const telling = chaos.beckon.drain(3_600_000).then(() => (told = true));
    const meanwhile = await others.feel(BASELINE / 4, () => !told);
    await telling;
    chaos.note(
      `${followers} followers, ${Math.round((followers * 1_000) / (performance.now() - postedAt))} followers told/s`,
    );
    promiseOthers(chaos, before, meanwhile);
    await chaos.settle();
  },
};

/** Posts that people react to when none of them is hot, each of an author of its own. */
const USUAL_POSTS = 200;

const hotPost: FaultDefinition = {
  name: 'hot-post',
  title: '100,000 people react to one post, beside people who have nothing to do with it',
  needs: 'together',
  async run(chaos) {
    const reactions = chaos.scaled(100_000, 500);
    const size = { people: reactions, stars: 0, posts: USUAL_POSTS, authors: USUAL_POSTS };
    const { people, posts, truth } = await chaos.makeNetwork(size);
    const others = new Others(chaos.beckon, truth);
    await others.begin();
    const react = (actor: string, post: string): Operation => {
      const done = ({ id }: Record<string, unknown>) => truth.reacted(post, actor, String(id), 'love');
      return { actor, method: 'POST', path: `/v1/posts/${post}/reactions`, body: { type: 'love' }, done };
    };
    // The same number of reactions in flight, to many posts: what differs afterwards is that all are to one.
    chaos.phase = 'before, reacting to many posts';
    let made = 0;
    const usual = chaos.act(
      Array.from({ length: CONNECTIONS }, () => () => {
        const turn = made++;
        return react(people[turn % people.length] ?? '', posts[1 + (turn % (posts.length - 1))] ?? '');
      }),
    );
    await others.feel(BASELINE / 2);
    const before = await others.feel(BASELINE);
    await usual.stop();
    await chaos.beckon.drain(60_000);
    chaos.phase = 'reacting to one post';
    let next = 0;
    const startedAt = performance.now();
    const load = chaos.act(
      Array.from({ length: CONNECTIONS }, () => () => {
        const actor = people[next++];
        return actor === undefined ? undefined : react(actor, 'post0');
      }),
    );
    let finished = false;
    void load.finished.then(() => (finished = true));
    const meanwhile = await others.feel(BASELINE / 4, () => !finished);
    chaos.note(`${Math.round((reactions * 1_000) / (performance.now() - startedAt))} reactions/s`);
    promiseOthers(chaos, before, meanwhile);
    chaos.recovered(await chaos.settle());
  },
};

export const crowds: readonly FaultDefinition[] = [celebrity, hotPost];
