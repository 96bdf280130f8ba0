import { Beckon } from '#testkit/beckon.js';
import { mutate } from '#testkit/mutant.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';

/** A build whose relays are woken by commits alone. */
const patient = () => mutate({ from: 'if (due) this.relays.get(consumer)?.nudge();', to: '' });

describe('a commit', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ build: patient() });
    await beckon.people('ana', 'ben');
    await publish(beckon, 'ana', ['p1']);
  });
  afterAll(() => beckon?.stop());

  it('wakes the relays of its process: none of its events waits until somebody looks', async () => {
    const [ana, ben] = await Promise.all(
      ['ana', 'ben'].map(async (id) => new Person(id, id, await beckon.as(id))),
    );
    await ben!.follow(ana!);
    await ben!.comment('p1', 'Soon?');
    await ben!.react('posts/p1');
    await beckon.drain();
    expect((await ana!.inbox()).map(({ type }) => type).toSorted()).toEqual([
      'comment',
      'follow',
      'reaction',
    ]);
  });
});
