import { createParser } from 'eventsource-parser';
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { demoClient } from '../demo/client.mjs';

/** People of this run's own on a Beckon, one of them with a post that the others react to. */
export async function bench(url, people) {
  const run = `bench-${randomBytes(4).toString('hex')}`;
  const client = demoClient(url);
  const service = await token(url, 'bench', 'service');
  const ids = ['author', ...Array.from({ length: people }, (_, index) => `p${index}`)].map(
    (name) => `${run}-${name}`,
  );
  await client.request('POST', '/v1/batch/users', {
    headers: { authorization: `Bearer ${service}` },
    body: { users: ids.map((id) => ({ id, handle: id.replaceAll('-', '_'), displayName: id })) },
  });
  const [author, ...reactors] = ids;
  await client.request('POST', '/v1/posts', { as: author, body: { id: run, body: 'How fast is it?' } });
  for (const reactor of reactors) await client.token(reactor);
  const agent = new Agent({ keepAlive: true });
  let reactions = 0;

  return {
    /** A reaction of somebody who has not reacted yet. Answers its milliseconds. */
    react: async (index) => {
      const authorization = `Bearer ${await client.token(reactors[index])}`;
      const ms = await post(`${url}/v1/posts/${run}/reactions`, {
        agent,
        authorization,
        body: '{"type":"like"}',
      });
      reactions++;
      return ms;
    },
    openStream: async () => openStream(url, await client.token(author), reactions),
    residentMegabytes: async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 2 ** 20;
    },
  };
}

async function token(url, userId, scope) {
  const answer = await fetch(`${url}/v1/dev/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, scope }),
  });
  if (!answer.ok) throw new Error(`${url} gives out no tokens: it must run with BECKON_ENV=development`);
  return (await answer.json()).token;
}

function post(url, { agent, authorization, body }) {
  const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
  const sentAt = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 201
          ? resolve(performance.now() - sentAt)
          : reject(new Error(`a reaction was answered ${response.statusCode}`)),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The author's stream. `arrival` does something and answers after how many milliseconds its news was here. */
async function openStream(url, bearer, reactionsBefore) {
  const abort = new AbortController();
  const response = await fetch(`${url}/v1/notifications/stream`, {
    headers: { authorization: `Bearer ${bearer}` },
    signal: abort.signal,
  });
  let told = reactionsBefore;
  const waiting = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event !== 'group') return;
      const { actorCount } = JSON.parse(data).group;
      for (const arrived of waiting.splice(0, Math.max(0, actorCount - told))) arrived(performance.now());
      told = Math.max(told, actorCount);
    },
  });
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  })().catch(() => undefined);
  return {
    arrival: async (act) => {
      const sentAt = performance.now();
      const arrived = new Promise((resolve) => waiting.push(resolve));
      await act();
      return (await arrived) - sentAt;
    },
    close: async () => {
      abort.abort();
      await reading;
    },
  };
}
