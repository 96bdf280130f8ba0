import { parseArgs } from 'node:util';

export class UsageError extends Error {}

export const help = `Looks after a running Beckon over its public API.

  npm run ops -- queues                         queues and what is not settled
  npm run ops -- dead-letters [filters]         dead letters, newest first
  npm run ops -- dead-letters <id>              one of them, with what arrived
  npm run ops -- redrive <id>                   applies a dead letter again
  npm run ops -- redrive <filters>              applies many again, oldest first
  npm run ops -- discard <id> --reason <text>   gives a dead letter up for good
  npm run ops -- event <id>                     the story of an event

  --queue <name>        notification.fanout, analytics.count or user.activity
  --type <type>         event type, such as reaction.added.v1
  --older-than <age>    redrive only: what died before; 30s, 15m, 2h, 7d or a time such as 2026-11-20T10:00:00Z
  --limit <number>      at most so many: dead-letters 1 to 100 (20), redrive 1 to 10000 (100)
  --cursor <cursor>     dead-letters only: the next page
  --json                the answer as JSON, for other programs (with npm run -s)

  BECKON_URL            where it is; http://127.0.0.1:PORT if unset, with PORT 3000 if unset
  BECKON_ADMIN_TOKEN    a token of scope admin; in development one is asked for if unset

  Exit code: 0 done, 1 refused or out of reach (a redrive: of one app is enough), 2 called wrongly.`;

const text = { type: 'string' };
const shapes = {
  queues: { ids: [0, 0], options: {} },
  'dead-letters': { ids: [0, 1], options: { queue: text, type: text, limit: text, cursor: text } },
  redrive: { ids: [0, 1], options: { queue: text, type: text, 'older-than': text, limit: text } },
  discard: { ids: [1, 1], options: { reason: text } },
  event: { ids: [1, 1], options: {} },
};

/** @returns {{name: string, values: object, json: boolean}} @throws UsageError */
export function readArguments(args, now = Date.now()) {
  const [name, ...rest] = args;
  if (name === undefined) throw new UsageError('Which command?');
  if (args.includes('--help') || name === 'help') return { name: 'help', values: {}, json: false };
  if (name.startsWith('-')) throw new UsageError(`The command comes before ${name}.`);
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (shape === undefined) throw new UsageError(`There is no command ${name}.`);
  const { positionals, values } = parse(rest, shape);
  const [least, most] = shape.ids;
  if (positionals.length < least) throw new UsageError(`${name} needs an id.`);
  if (positionals.length > most) throw new UsageError(`${name} takes no ${positionals[most]}.`);
  const { json = false, ...named } = values;
  const { 'older-than': age, limit, ...filters } = named;
  const [id] = positionals;
  check(name, id, named);
  return {
    name,
    json,
    values: {
      ...filters,
      ...(id === undefined ? {} : { id }),
      ...(limit === undefined ? {} : { limit: readLimit(limit) }),
      ...(age === undefined ? {} : { olderThan: readAge(age, now) }),
    },
  };
}

function parse(args, { options }) {
  try {
    return parseArgs({ args, options: { ...options, json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message.split('. ')[0], { cause: error });
  }
}

function check(name, id, filters) {
  const named = Object.keys(filters);
  if (name === 'discard' && !filters.reason?.trim()) throw new UsageError('discard needs a --reason.');
  if (name === 'redrive' && id === undefined && named.length === 0)
    throw new UsageError('redrive needs an id, or --queue, --type, --older-than or --limit.');
  if (name !== 'discard' && id !== undefined && named.length > 0)
    throw new UsageError(`${name} takes an id or --${named[0]}, not both.`);
}

function readLimit(limit) {
  if (!/^[1-9]\d{0,4}$/.test(limit)) throw new UsageError('--limit must be a whole number from 1 on.');
  return Number(limit);
}

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 };

function readAge(age, now) {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(age) ?? [];
  const time = unit === undefined ? Date.parse(age) : now - Number(count) * seconds[unit] * 1000;
  if (Number.isNaN(time)) throw new UsageError('--older-than must be an age such as 2h, or a time.');
  return new Date(time).toISOString();
}
