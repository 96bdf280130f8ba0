import { TestStream } from '#testkit/stream.js';

import type { Assault, Attack } from '../attack.js';
import { fillPath, operationsOf } from '../openapi.js';
import { answered } from '../send.js';

const STREAM = '/v1/notifications/stream';
/** Uses of one ticket at the same moment. */
const RACERS = 6;

/** Tickets used twice, raced for, spoilt and expired, and tokens where only a ticket may stand. */
export const tickets: Attack = {
  name: 'tickets',
  title: 'stream tickets replayed, raced, spoilt, expired; tokens in URLs',
  async run(assault) {
    const { findings } = assault;
    const rounds = assault.scaled(300, 6);
    for (let round = 0; round < rounds; round++) {
      await race(assault);
      await spoil(assault);
    }
    await expire(assault);
    await tokensInUrls(assault);
    findings.note(`${rounds} tickets raced for by ${RACERS}, one stream each`);
  },
};

async function race(assault: Assault): Promise<void> {
  const { findings } = assault;
  const ticket = await issue(assault);
  const streams = await Promise.all(Array.from({ length: RACERS }, () => use(assault, ticket)));
  const statuses = streams.map(({ status }) => status).toSorted((a, b) => a - b);
  findings.expect(
    statuses[0] === 200 && statuses.slice(1).every((status) => status === 401),
    () => `one ticket, used ${RACERS} times at once: ${statuses.join(' ')}`,
  );
  await Promise.all(streams.map((stream) => stream.close()));
  const replay = await use(assault, ticket);
  findings.expect(replay.status === 401, () => `a used ticket: ${replay.status}`);
  await replay.close();
}

/** Nothing but the ticket itself opens a stream, and trying uses nothing up. */
async function spoil(assault: Assault): Promise<void> {
  const { findings, random } = assault;
  const ticket = await issue(assault);
  const place = Math.floor(random.next() * ticket.length);
  const other = ticket[place] === 'a' ? 'b' : 'a';
  const spoilt = [
    ticket.slice(0, place) + other + ticket.slice(place + 1),
    ticket.slice(0, -1),
    `${ticket}a`,
    ticket.toUpperCase() === ticket ? ticket.toLowerCase() : ticket.toUpperCase(),
    `${ticket}%00`,
    `%20${ticket}`,
    `${ticket}&ticket=${ticket}`,
  ];
  for (const wrong of spoilt) {
    const stream = await use(assault, wrong);
    findings.expect([400, 401].includes(stream.status), () => `a spoilt ticket (${wrong}): ${stream.status}`);
    await stream.close();
  }
  const good = await use(assault, ticket);
  findings.expect(good.status === 200, () => `a good ticket after bad ones: ${good.status}`);
  await good.close();
}

async function expire(assault: Assault): Promise<void> {
  const all = await Promise.all(Array.from({ length: 5 }, () => issue(assault)));
  await assault.target.beckon.database.query(
    `UPDATE notification.stream_ticket SET expires_at = now() - interval '1 ms'`,
  );
  for (const ticket of all) {
    const stream = await use(assault, ticket);
    assault.findings.expect(stream.status === 401, () => `an expired ticket: ${stream.status}`);
    await stream.close();
  }
}

/** Where servers and proxies write it down, a token opens nothing. */
async function tokensInUrls({ target, findings }: Assault): Promise<void> {
  const token = await target.beckon.tokenOf('mallory');
  const names = ['access_token', 'token', 'authorization', 'jwt', 'bearer', 'ticket'];
  for (const { method, path, open } of operationsOf(target.document)) {
    if (open) continue;
    for (const name of names) {
      const url = `${target.beckon.url}${fillPath(path, () => 'x')}?${name}=${token}`;
      const answer = await answered(await fetch(url, { method }));
      findings.answered(answer.status, answer.headers, () => `${method} ${path}`);
      findings.expect(
        [400, 401].includes(answer.status),
        () => `a token as ?${name} at ${method} ${path}: ${answer.status}`,
      );
    }
  }
}

async function issue({ target, findings }: Assault): Promise<string> {
  findings.attempts++;
  const api = await target.beckon.as('mallory');
  return (await api.post('/v1/notifications/stream-tickets')).body.ticket as string;
}

function use({ target, findings }: Assault, ticket: string): Promise<TestStream> {
  findings.attempts++;
  return TestStream.open(`${target.beckon.url}${STREAM}?ticket=${ticket}`, {});
}
