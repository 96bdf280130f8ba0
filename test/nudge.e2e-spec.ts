import { Beckon } from '#testkit/beckon.js';
import { mutate } from '#testkit/mutant.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';

const STEP = 'step: () => this.dispatch(),\n\t\t\tidleMs: ';
/** A build whose relays look for events of their own accord once in an hour. */
const patient = () => mutate({ from: STEP, to: `${STEP}3_600 * ` });

describe('a commit', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ build: patient() });
    await beckon.people('ana', 'ben');
    await publish(beckon, 'ana', ['p1']);
  });
  afterAll(() => beckon?.stop());

  it('wakes the relays of its process: none of its events waits until they look by themselves', async () => {
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
