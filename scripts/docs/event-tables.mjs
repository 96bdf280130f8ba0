import { z } from 'zod';

/** The part of the events' page that is made, from the root of the repository. */
export const events = {
  page: 'docs/events.md',
  command: 'docs:events',
  from: 'libs/contracts/src/events.ts and catalogue.ts',
};

/**
 * Two tables: all events, and all fields of their data.
 * @param {object} contracts what libs/contracts/src exports: `eventData` of events.ts, `catalogue` and `producers` of
 *   catalogue.ts, the `ids` of ids.ts
 * @throws Error that names a field of which no schema says what it means, or two say two things
 */
export function eventTables({ eventData, catalogue, producers, ids }) {
  const fields = new Map();
  const rows = Object.entries(eventData).map(([type, schema]) => {
    const { properties } = schemaOf(schema);
    for (const [name, field] of Object.entries(properties))
      note(fields, name, rowOf(name, field, formsOf(ids)));
    return row([
      code(type),
      code(producers[type]),
      catalogue[type].map(code).join(' '),
      Object.keys(properties).map(code).join(' '),
    ]);
  });
  return [
    table(['event', 'producer', 'consumers', 'fields of `data`'], rows),
    table(['field', 'what it is', 'meaning'], [...fields.values()]),
  ].join('\n\n');
}

/** One name means one thing in all events, so that a reader learns it once. */
function note(fields, name, line) {
  if (fields.has(name) && fields.get(name) !== line)
    throw new Error(`${name} means two things:\n${fields.get(name)}\n${line}`);
  fields.set(name, line);
}

function rowOf(name, field, forms) {
  if (!field.description) throw new Error(`${name}: the schema does not say what it means`);
  return row([code(name), formOf(name, field, forms), field.description]);
}

/** What values look like, for those that a pattern alone would say badly. */
function formsOf({ ClientId, Handle }) {
  return new Map([
    [schemaOf(ClientId).pattern, 'id of yours'],
    [schemaOf(Handle).pattern, 'handle'],
  ]);
}

function formOf(
  name,
  { anyOf, enum: choices, type, format, items, maxItems, minLength, maxLength, pattern },
  forms,
) {
  if (anyOf)
    return anyOf.map((one) => (one.type === 'null' ? '`null`' : formOf(name, one, forms))).join(' or ');
  if (choices) return choices.map(code).join(' ');
  if (type === 'array') return `list of up to ${maxItems}: ${formOf(name, items, forms)}`;
  if (type === 'integer') return 'number from 1';
  if (format === 'uuid') return 'UUID';
  if (format === 'date-time') return 'time';
  if (forms.has(pattern)) return forms.get(pattern);
  if (maxLength) return `${minLength} to ${maxLength} characters`;
  throw new Error(`${name}: the schema does not say what it is`);
}

const schemaOf = (schema) => z.toJSONSchema(schema, { unrepresentable: 'any' });
const code = (text) => `\`${text}\``;
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), `|${head.map(() => '---|').join('')}`, ...rows].join('\n');
