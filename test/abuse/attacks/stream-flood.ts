import { insist } from '#testkit/insist.js';
import { TestStream } from '#testkit/stream.js';
import { until } from '#testkit/until.js';

import type { Assault, Attack } from '../attack.js';

/** The default of STREAMS_PER_USER. */
const ALLOWED = 10;
const STREAM = '/v1/notifications/stream';
const AT_ONCE = 100;

/** Thousands of streams for one person: ten are open, the rest is refused, and everybody else hears as before. */
export const streamFlood: Attack = {
  name: 'stream-flood',
  title: '2,000 streams of one user',
  async run(assault) {
    const { target, findings, scaled } = assault;
    const { beckon } = target;
    const { author, fan } = await target.strangers('author', 'fan');
    const bystander = await beckon.stream(author);
    const writer = await beckon.as(author);
    const post = await insist(() => writer.post('/v1/posts', { body: 'Do you hear me?' }));
    const count = scaled(2_000, 200);
    const open: TestStream[] = [];
    let refused = 0;
    for (let made = 0; made < count; made += AT_ONCE) {
      const streams = await Promise.all(Array.from({ length: AT_ONCE }, () => openOne(assault)));
      refused += streams.filter(({ status }) => status === 429).length;
      open.push(...streams.filter(({ status }) => status === 200));
    }
    findings.attempts += count;
    findings.expect(open.length === ALLOWED, () => `${open.length} streams are open, ${ALLOWED} may be`);
    findings.expect(refused === count - ALLOWED, () => `${refused} of ${count} were refused with 429`);
    const reactor = await beckon.as(fan);
    await insist(() => reactor.post(`/v1/posts/${post.id}/reactions`, { type: 'wow' }));
    const heard = await bystander
      .waitFor(({ event, data }) => event === 'group' && data.group.subject.id === post.id)
      .catch(() => undefined);
    findings.expect(heard !== undefined, () => 'somebody else heard nothing meanwhile');
    await Promise.all([...open, bystander].map((stream) => stream.close()));
    findings.expect(await slotsComeBack(assault), () => 'closed streams keep their places');
    findings.note(`${count} streams asked for, ${open.length} opened, ${refused} refused`);
  },
};

async function openOne({ target: { beckon } }: Assault): Promise<TestStream> {
  return TestStream.open(`${beckon.url}${STREAM}`, {
    authorization: `Bearer ${await beckon.tokenOf('mallory')}`,
  });
}

/** The server hears of a close a moment later. */
async function slotsComeBack(assault: Assault): Promise<boolean> {
  const opens = async () => {
    const stream = await openOne(assault);
    await stream.close();
    return stream.status === 200;
  };
  return until(opens).then(
    () => true,
    () => false,
  );
}
