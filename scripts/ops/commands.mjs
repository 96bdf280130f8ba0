import { age, printable, shorten, table } from './table.mjs';

const ERROR_LENGTH = 60;
const path = (id) => encodeURIComponent(id);

/** Each command: what it asks of Beckon, how the answer reads, and whether something was left undone. */
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
    incomplete: ({ unknown = [] }) => unknown.length > 0,
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

function showQueues({ queues, deliveries, unknown }) {
  // Of what nobody can tell no number is shown: a 0 would be believed.
  const states = queues.map((queue) => [
    queue.name,
    queue.reachable ? 'up' : 'out of reach',
    ...(queue.reachable
      ? [queue.waiting, queue.active, queue.delayed, age(queue.oldestAgeSeconds)]
      : ['-', '-', '-', '-']),
    unknown.includes(queue.name.split('.')[0]) ? '-' : queue.deadLetters,
  ]);
  const open = deliveries
    .filter(({ unsettled }) => unsettled > 0)
    .map((row) => [row.producer, row.consumer, row.unsettled, age(row.oldestAgeSeconds)]);
  const headings = ['queue', 'state', 'waiting', 'active', 'delayed', 'oldest', 'dead letters'];
  const known =
    open.length > 0
      ? `Not settled yet:\n\n${table(['producer', 'consumer', 'events', 'oldest'], open)}`
      : unknown.length === 0 && 'Everything is settled.';
  return [table(headings, states), known, notKnown(unknown)].filter(Boolean).join('\n\n');
}

/** Who did not answer, so that nobody takes what is shown for all there is; '' when everybody did. */
function notKnown(unknown) {
  if (unknown.length === 0) return '';
  return `Not known: ${unknown.join(', ')} (${unknown.length === 1 ? 'does' : 'do'} not answer).`;
}

function showLetters({ deadLetters, page, unknown }) {
  if (deadLetters.length === 0) return notKnown(unknown) || 'No dead letters.';
  const rows = deadLetters.map((letter) => [
    letter.id,
    letter.type,
    letter.diedAt,
    letter.attempts,
    letter.pending ? 'yes' : 'no',
    shorten(letter.error, ERROR_LENGTH),
  ]);
  const list = table(['id', 'type', 'died', 'attempts', 'redriven', 'error'], rows);
  const more = page.next !== null && `More with --cursor ${page.next}`;
  return [list, more, notKnown(unknown)].filter(Boolean).join('\n\n');
}

function showLetter({ payload, ...letter }) {
  const lines = Object.entries(letter).map(([name, value]) => [`${name}:`, String(value)]);
  return `${table(['', ''], lines).trimStart()}\n\n${printableJson(payload)}`;
}

function showRedriven({ redriven, unknown = [] }, { id }) {
  const letters = redriven === 1 ? '1 dead letter is' : `${redriven} dead letters are`;
  const said =
    redriven > 0
      ? `${letters} being applied again. Those that fail once more come back.`
      : id !== undefined
        ? 'It was marked before.'
        : unknown.length === 0 && 'None was left to redrive.';
  return [said, notKnown(unknown)].filter(Boolean).join('\n\n');
}

function showEvent({ eventId, type, producer, acceptedAt, event, consumers, unknown }) {
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
      ? `Its producer does not keep it any more${unknown.length === 0 ? '' : ', or does not answer'}.`
      : printable(`${type} of ${producer}, accepted ${acceptedAt}`);
  const headings = ['consumer', 'state', 'dispatches', 'attempts', 'settled', 'told', 'open parts', 'error'];
  const body = event !== null && printableJson(event);
  return [`${eventId}: ${origin}`, table(headings, told), notKnown(unknown), body]
    .filter(Boolean)
    .join('\n\n');
}

/** Control characters are escaped by JSON already, but for those above ASCII. */
function printableJson(value) {
  return JSON.stringify(value, null, 2).replace(
    /[\p{Cf}\u007f-\u009f\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
