import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Listener } from './listener.mjs';

const pauseMs = process.stdout.isTTY ? 900 : 0;

/**
 * Plays the main job: Ben does something, and Ana is told while she looks. Prints both as they happen.
 * @param {ReturnType<import('./client.mjs').demoClient>} client
 * @param {{signal: AbortSignal}} how `signal`: nobody acts any more once it aborts
 */
export async function play(client, { signal }) {
  const mark = randomBytes(3).toString('hex');
  const [ana, ben] = [await join(client, `ana-${mark}`, 'Ana'), await join(client, `ben-${mark}`, 'Ben')];
  const post = await ana.request('POST', '/v1/posts', { body: 'The sourdough rose. So did I.' });
  const { seq } = await ana.request('GET', '/v1/notifications/counts');
  const inbox = await Listener.open(client, ana.id, seq);
  say('Ana', `posts “${post.body}” and keeps her inbox open`);

  const reactions = `/v1/posts/${post.id}/reactions`;
  const comments = `/v1/posts/${post.id}/comments`;
  const acts = [
    ['follows Ana', () => ben.request('PUT', `/v1/me/following/${ana.id}`)],
    ['reacts with love', () => ben.request('POST', reactions, { type: 'love' })],
    ['comments “Crumb shot, please!”', () => ben.request('POST', comments, { body: 'Crumb shot, please!' })],
    ['mentions Ana', () => ben.request('POST', comments, { body: `And the recipe, @${ana.handle}` })],
    ['takes the reaction back', () => ben.request('DELETE', `${reactions}/mine`)],
  ];
  const times = [];
  for (const [what, act] of acts) {
    await sleep(pauseMs, undefined, { signal });
    const known = inbox.events.length;
    const from = performance.now();
    say('Ben', what);
    await act();
    const counts = await inbox.hears(
      (event) => event.event === 'counts' && inbox.events.indexOf(event) >= known,
    );
    const told = inbox.events.slice(known).findLast(({ event }) => event !== 'counts');
    times.push(told.at - from);
    say('', `→ Ana: ${titleOf(told, inbox.events)}`, `${ms(told.at - from)}, ${counts.data.unread} unread`);
  }
  await inbox.close();
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `\n${acts.length} acts, each told live; ${ms(sorted[0])} to ${ms(sorted.at(-1))} from the request to the inbox.`,
  );
}

async function join(client, id, displayName) {
  const handle = id.replace('-', '_');
  const request = (method, path, body) => client.request(method, path, { as: id, body });
  await request('PUT', `/v1/users/${id}`, { handle, displayName });
  return { id, handle, request };
}

function titleOf({ event, data }, events) {
  if (event === 'group') return data.group.title;
  const gone = events.find((earlier) => earlier.event === 'group' && earlier.data.group.id === data.id);
  return `no longer “${gone.data.group.title}”`;
}

const begun = performance.now();

function say(who, what, note = '') {
  const at = `${((performance.now() - begun) / 1000).toFixed(3)} s`.padStart(10);
  console.log(`${at}  ${who.padEnd(4)} ${note ? what.padEnd(52) : what}${note}`);
}

function ms(time) {
  return `${Math.round(time)} ms`;
}
