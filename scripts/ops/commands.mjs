import { age, printable, shorten, table } from './table.mjs';

const ERROR_LENGTH = 60;
const path = (id) => encodeURIComponent(id);

/** Each command: what it asks of Beckon, and how the answer reads. */
export const commands = {
  queues: { ask: (client) => client.get('queues'), show: showQueues },
  'dead-letters': {
    ask: (client, { id, ...query }) =>
      id === undefined ? client.get('dead-letters', query) : client.get(`dead-letters/${path(id)}`),
    show: (answer, { id }) => (id === undefined ? showLetters(answer) : showLetter(answer)),
  },
  redrive: {
    ask: (client, { id, ...filters }) =>
      id === undefined
        ? client.post('dead-letter-redrives', { limit: 100, ...filters })
        : client.post(`dead-letters/${path(id)}/redrive`),
    show: showRedriven,
  },
  discard: {
    ask: async (client, { id, reason }) => {
      await client.delete(`dead-letters/${path(id)}`, { reason });
      return { discarded: id };
    },
    show: ({ discarded }) => `${discarded} is discarded. The event's story keeps the reason.`,
  },
  event: { ask: (client, { id }) => client.get(`events/${path(id)}`), show: showEvent },
};

function showQueues({ queues, deliveries }) {
  const states = queues.map((queue) => [
    queue.name,
    queue.reachable ? 'up' : 'out of reach',
    queue.waiting,
    queue.active,
    queue.delayed,
    age(queue.oldestAgeSeconds),
    queue.deadLetters,
  ]);
  const open = deliveries
    .filter(({ unsettled }) => unsettled > 0)
    .map((row) => [row.producer, row.consumer, row.unsettled, age(row.oldestAgeSeconds)]);
  const headings = ['queue', 'state', 'waiting', 'active', 'delayed', 'oldest', 'dead letters'];
  const unsettled =
    open.length === 0
      ? 'Everything is settled.'
      : `Not settled yet:\n\n${table(['producer', 'consumer', 'events', 'oldest'], open)}`;
  return `${table(headings, states)}\n\n${unsettled}`;
}

function showLetters({ deadLetters, page }) {
  if (deadLetters.length === 0) return 'No dead letters.';
  const rows = deadLetters.map((letter) => [
    letter.id,
    letter.type,
    letter.diedAt,
    letter.attempts,
    letter.pending ? 'yes' : 'no',
    shorten(letter.error, ERROR_LENGTH),
  ]);
  const list = table(['id', 'type', 'died', 'attempts', 'redriven', 'error'], rows);
  return page.next === null ? list : `${list}\n\nMore with --cursor ${page.next}`;
}

function showLetter({ payload, ...letter }) {
  const lines = Object.entries(letter).map(([name, value]) => [`${name}:`, String(value)]);
  return `${table(['', ''], lines).trimStart()}\n\n${printableJson(payload)}`;
}

function showRedriven({ redriven }, { id }) {
  if (redriven === 0) return id === undefined ? 'None was left to redrive.' : 'It was marked before.';
  const letters = redriven === 1 ? '1 dead letter is' : `${redriven} dead letters are`;
  return `${letters} being applied again. Those that fail once more come back.`;
}

function showEvent({ eventId, type, producer, acceptedAt, event, consumers }) {
  const told = consumers.map((row) => [
    row.consumer,
    row.state,
    row.dispatches ?? '-',
    row.attempts,
    row.settledAt ?? '-',
    row.told ?? '-',
    row.openParts,
    shorten(row.error ?? '-', ERROR_LENGTH),
  ]);
  const origin =
    producer === null
      ? 'Its producer does not keep it any more.'
      : printable(`${type} of ${producer}, accepted ${acceptedAt}`);
  const headings = ['consumer', 'state', 'dispatches', 'attempts', 'settled', 'told', 'open parts', 'error'];
  const story = `${eventId}: ${origin}\n\n${table(headings, told)}`;
  return event === null ? story : `${story}\n\n${printableJson(event)}`;
}

/** Control characters are escaped by JSON already, but for those above ASCII. */
function printableJson(value) {
  return JSON.stringify(value, null, 2).replace(
    /[\p{Cf}\u007f-\u009f\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
