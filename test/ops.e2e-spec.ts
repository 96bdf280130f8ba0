import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { EventData } from '#contracts/events.js';
import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf, type HandMadeEvent } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { runOps } from '#testkit/ops-tool.js';
import { until } from '#testkit/until.js';

describe('npm run ops', () => {
  let beckon: Beckon;
  let hands: HandDelivery;
  beforeAll(async () => {
    beckon = await Beckon.start();
    hands = HandDelivery.open(beckon);
    await beckon.people('ana', 'ben');
    await publish(beckon, 'ana', ['p1']);
    await beckon.drain();
  });
  afterAll(async () => {
    await hands?.close();
    await beckon?.stop();
  });

  const ops = (args: readonly string[], env: Record<string, string> = {}) =>
    runOps(args, { BECKON_URL: beckon.url, ...env });
  const json = async (...args: string[]) => {
    const { code, out, err } = await ops([...args, '--json']);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out);
  };
  /** An event that nobody can apply, for its data are missing. */
  const brokenEvent = (): HandMadeEvent => eventOf('reaction.added.v1', {} as EventData<'reaction.added.v1'>);

  it('shows queues', async () => {
    const { code, out } = await ops(['queues']);
    expect(code).toBe(0);
    expect(out).toMatch(/^queue +state +waiting +active +delayed +oldest +dead letters$/m);
    for (const queue of ['notification.fanout', 'analytics.count', 'user.activity'])
      expect(out).toMatch(new RegExp(`^${queue} +up +\\d+ +\\d+ +\\d+ +[\\d.]+ s +0$`, 'm'));
    await until(async () => (await ops(['queues'])).out.includes('Everything is settled.'), 30_000);
    expect((await json('queues')).queues).toHaveLength(3);
  });

  it('shows dead letters, page by page and by filter, and one with what arrived', async () => {
    expect((await ops(['dead-letters'])).out).toBe('No dead letters.\n');
    const hostile = {
      ...brokenEvent(),
      type: 'user.followed.v1',
      subject: '\u001b[31m\u009b2J',
    } as HandMadeEvent;
    await hands.deliver([brokenEvent(), brokenEvent(), hostile]);

    const all = await ops(['dead-letters']);
    expect(all.out.match(/^notification\.[0-9a-f-]{36}  /gm)).toHaveLength(3);
    const some = await json('dead-letters', '--type', 'reaction.added.v1', '--queue', 'notification.fanout');
    expect(some.deadLetters).toHaveLength(2);
    const first = await ops(['dead-letters', '--limit', '2']);
    const cursor = /More with --cursor (\S+)/.exec(first.out)?.[1] ?? '';
    const rest = await json('dead-letters', '--limit', '2', '--cursor', cursor);
    expect(rest.deadLetters).toHaveLength(1);

    const [letter] = (await json('dead-letters', '--type', 'user.followed.v1')).deadLetters;
    const shown = await ops(['dead-letters', letter.id]);
    expect(shown.out).toContain(hostile.id);
    expect(shown.out).not.toContain('\u001b');
    expect(shown.out).not.toContain('\u009b');
  });

  it('redrives one or many, and says what came of it', async () => {
    await insist(async () => (await beckon.as('ben')).post('/v1/posts/p1/reactions', { type: 'like' }));
    await beckon.drain();
    await hands.deliver([brokenEvent()]);
    const letters = async () => (await json('dead-letters')).deadLetters;
    const [newest] = await letters();

    expect((await ops(['redrive', newest.id])).out).toMatch(/^1 dead letter is being applied again/);
    const tried = async () => (await letters()).find(({ id }: { id: string }) => id === newest.id);
    // It fails once more, for nothing about it has changed.
    await until(async () => (await tried()).attempts > newest.attempts && !(await tried()).pending);

    expect((await ops(['redrive', '--type', 'reaction.added.v1', '--older-than', '1h'])).out).toBe(
      'None was left to redrive.\n',
    );
    expect(
      await json('redrive', '--queue', 'notification.fanout', '--type', 'reaction.added.v1', '--limit', '2'),
    ).toEqual({ redriven: 2, unknown: [] });
  });

  it('discards with a reason, which the story of the event tells', async () => {
    const event = brokenEvent();
    await hands.deliver([event]);
    const [letter] = (await json('dead-letters', '--limit', '1')).deadLetters;
    expect(letter.eventId).toBe(event.id);
    expect(await json('discard', letter.id, '--reason', 'made by hand')).toEqual({ discarded: letter.id });
    const story = await ops(['event', event.id]);
    expect(story.code).toBe(0);
    expect(story.out).toMatch(/^notification +dead .*discarded: made by hand$/m);
    expect((await ops(['discard', letter.id, '--reason', 'again'])).code).toBe(1);
  });

  it('tells the story of an event', async () => {
    const [row] = await beckon.database.query<{ id: string }>('SELECT id FROM post.outbox LIMIT 1');
    const { code, out } = await ops(['event', row?.id ?? '']);
    expect(code).toBe(0);
    expect(out).toContain('post.published.v1 of post, accepted ');
    expect(out).toMatch(/^notification +done +/m);
    expect(out).toContain('"specversion": "1.0"');
  });

  it.each([
    [[]],
    [['celebrate']],
    [['constructor']],
    [['queues', 'more']],
    [['queues', '--loud']],
    [['event']],
    [['redrive']],
    [['redrive', 'notification.x', '--limit', '3']],
    [['redrive', '--limit', 'many']],
    [['redrive', '--older-than', 'yesterday']],
    [['discard', 'notification.x']],
    [['dead-letters', '--older-than', '2h']],
  ])('says how it is called when called as %j', async (args) => {
    const { code, out, err } = await ops(args);
    expect([code, out]).toEqual([2, '']);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/\w/),
      'npm run ops -- --help tells how.',
    ]);
  });

  it('explains itself', async () => {
    const { code, out } = await ops(['--help']);
    expect(code).toBe(0);
    for (const command of ['queues', 'dead-letters', 'redrive', 'discard', 'event', 'BECKON_ADMIN_TOKEN'])
      expect(out).toContain(command);
  });

  it('says in one line why it was refused or who does not answer', async () => {
    const lines = async (args: string[], env?: Record<string, string>) => {
      const { code, out, err } = await ops(args, env);
      expect([code, out]).toEqual([1, '']);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      return err;
    };
    const unknown = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
    expect(await lines(['event', unknown])).toContain('EVENT_NOT_FOUND');
    expect(await lines(['redrive', `user.${unknown}`])).toContain('DEAD_LETTER_NOT_FOUND');
    expect(await lines(['event', 'no-id'])).toContain('must be a UUID');
    const token = { BECKON_ADMIN_TOKEN: await beckon.tokenOf('ana') };
    expect(await lines(['queues'], token)).toContain('403 FORBIDDEN');
    expect(await lines(['queues'], { BECKON_ADMIN_TOKEN: 'stale' })).toContain('401');
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await lines(['queues'], { BECKON_URL: nobody })).toContain(`No Beckon answers at ${nobody}`);
    const proxy = createServer((_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const before = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    expect(await lines(['queues'], { BECKON_URL: before })).toContain(`Something at ${before} answers 502`);
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('needs a token where none are given out, and takes the one it is given', async () => {
    const strict = await Beckon.start({ env: { BECKON_ENV: 'production' } });
    try {
      const without = await ops(['queues'], { BECKON_URL: strict.url });
      expect([without.code, without.err]).toEqual([1, expect.stringContaining('Set BECKON_ADMIN_TOKEN')]);
      const token = await strict.tokenOf('operator', 'admin');
      const withIt = await ops(['queues'], { BECKON_URL: strict.url, BECKON_ADMIN_TOKEN: token });
      expect(withIt.code).toBe(0);
    } finally {
      await strict.stop();
    }
  });
});
