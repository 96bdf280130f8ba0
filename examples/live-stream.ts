// Follows somebody's inbox until Ctrl-C: npm run example -- live-stream <user id>
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { call, type Counts, developmentToken, type Group, Problem, url } from './beckon.ts';

/** Beckon sends a comment every 15 s, so a connection that is silent for longer is dead. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

const [userId = 'pia'] = process.argv.slice(2);
const token = await developmentToken(userId);
const { unread, seq } = await call<Counts>('GET', '/v1/notifications/counts', { token });
console.log(`${userId} has ${unread} unread; listening after ${seq}`);
await listen(seq);

/** Opens the stream again whenever it breaks, after the last event that was dealt with. */
async function listen(position: number): Promise<never> {
  let waitMs = FIRST_WAIT_MS;
  const take = (event: EventSourceMessage) => {
    show(event);
    // Not before it was dealt with: what fails in between comes again.
    position = Number(event.id);
    waitMs = FIRST_WAIT_MS;
  };
  for (;;) {
    try {
      await readStream(position, take);
      console.log(`the stream ended; on again after ${position}`);
    } catch (error) {
      // A refusal other than "too many" or "not now" would be the same the next time.
      if (error instanceof Problem && error.status !== 429 && error.status !== 503) throw error;
      console.log(`the stream broke; on again after ${position}`);
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)));
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

/** Reads one connection to its end. @throws Problem when it is refused, Error when it breaks */
async function readStream(after: number, take: (event: EventSourceMessage) => void): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch(`${url}/v1/notifications/stream`, {
      headers: { Authorization: `Bearer ${token}`, 'Last-Event-ID': String(after) },
      signal: silence.signal,
    });
    if (!response.ok || response.body === null) throw await Problem.of(response);
    const parser = createParser({ onEvent: take });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
  }
}

function show({ id, event, data }: EventSourceMessage): void {
  if (event === 'group') {
    const { group } = JSON.parse(data) as { group: Group };
    console.log(id, group.title, group.subject.excerpt ?? '');
  } else {
    console.log(id, event, data);
  }
}
