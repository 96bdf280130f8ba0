import fc from 'fast-check';

import type { OpenApi, Operation, Parameter, Schema } from './openapi.js';

/** Who sends a request; `service:ben` is a service that acts for ben. */
export type Caller = 'mallory' | 'ben' | 'service:ben' | 'service' | 'admin' | 'nobody';

/** A request before it is put on the wire, so that any part of it can still be exchanged. */
export interface Draft {
  readonly operation: Operation;
  readonly caller: Caller;
  /** Values of the path's parameters as they go out: encoded, or spoilt. */
  readonly path: Readonly<Record<string, string>>;
  /** Pairs as they go out. */
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Instead of `body`, when it is no JSON. */
  readonly text?: string;
}

/** Names of things there are and are not, by what a parameter or a field is called. */
export type Names = Readonly<Record<string, readonly string[]>>;

const USERS: readonly Caller[] = ['mallory', 'mallory', 'mallory', 'ben', 'ben', 'service:ben'];
const OTHERS: readonly Caller[] = ['service', 'admin', 'nobody'];
/** What a pattern would make is rarely a language or a time zone that there is. */
const KNOWN: Names = {
  locale: ['de', 'pt-BR', 'en'],
  timeZone: ['Europe/Berlin', 'UTC', 'Etc/GMT+12'],
  email: ['a@b.example', 'x+y@mail.example'],
};

/** Requests that the document calls valid, about things that there are as often as about things that there are not. */
export function validDrafts(document: OpenApi, operation: Operation, names: Names): fc.Arbitrary<Draft> {
  const value = new Values(document, names);
  const among = (place: Parameter['in']) => operation.parameters.filter((each) => each.in === place);
  const recordOf = (parameters: readonly Parameter[]) =>
    fc.record(
      Object.fromEntries(parameters.map(({ name, schema }) => [name, value.of(schema, name).map(String)])),
      { requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name) },
    );
  const ownHeaders = among('header').filter(({ name }) => name !== 'Beckon-Actor');
  return fc
    .record({
      caller: fc.constantFrom(...callersOf(operation)),
      path: recordOf(among('path')),
      query: recordOf(among('query')),
      headers: recordOf(ownHeaders),
      body: operation.body === undefined ? fc.constant(undefined) : value.of(operation.body),
    })
    .map(({ caller, path, query, headers, body }) => ({
      operation,
      caller,
      path: Object.fromEntries(Object.entries(path).map(([name, id]) => [name, encodeURIComponent(id)])),
      query: Object.entries(query).map(
        ([name, text]) => [encodeURIComponent(name), encodeURIComponent(text)] as const,
      ),
      headers: Object.fromEntries(Object.entries(headers).filter(([, text]) => /^[\x21-\x7e]+$/.test(text))),
      body,
    }));
}

/** Whom a route is for comes most often. */
function callersOf({ path }: Operation): readonly Caller[] {
  if (path.startsWith('/v1/admin')) return ['admin', 'admin', 'admin', 'mallory', ...OTHERS];
  if (path.startsWith('/v1/batch')) return ['service', 'service', 'service', 'mallory', ...OTHERS];
  return [...USERS, ...OTHERS];
}

/** Values that fit a schema. */
class Values {
  constructor(
    private readonly document: OpenApi,
    private readonly names: Names,
  ) {}

  of(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const known = this.names[name] ?? KNOWN[name];
    if (known === undefined) return this.fitting(schema);
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: this.fitting(schema) },
    );
  }

  private fitting(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.fitting(this.resolve(schema.$ref));
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((each) => this.fitting(each)));
    if (schema.type === 'object') return this.object(schema);
    if (schema.type === 'array') return this.array(schema);
    if (schema.type === 'integer' || schema.type === 'number') return wholeNumber(schema);
    if (schema.type === 'boolean') return fc.boolean();
    if (schema.type === 'null') return fc.constant(null);
    return text(schema);
  }

  private object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const fields = Object.entries(properties).map(([name, each]) => [name, this.of(each, name)] as const);
    return fc.record(Object.fromEntries(fields), {
      requiredKeys: required.filter((name) => name in properties),
      noNullPrototype: true,
    });
  }

  private array({ items = {}, minItems = 0, maxItems = 4 }: Schema): fc.Arbitrary<unknown> {
    return fc.array(this.of(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) });
  }

  private resolve($ref: string): Schema {
    const schema = this.document.components.schemas[$ref.slice('#/components/schemas/'.length)];
    if (schema === undefined) throw new Error(`the document has no ${$ref}`);
    return schema;
  }
}

function wholeNumber({ minimum, exclusiveMinimum, maximum }: Schema): fc.Arbitrary<number> {
  const min = minimum ?? (exclusiveMinimum === undefined ? -1_000 : exclusiveMinimum + 1);
  const max = maximum ?? Number.MAX_SAFE_INTEGER;
  const near = fc.integer({ min: Math.max(min, -1_000), max: Math.min(max, 1_000) });
  return fc.oneof(near, fc.constantFrom(min, max));
}

function text({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid({ version: 7 });
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0) }).map((at) => at.toISOString());
  if (format === 'uri') return fc.webUrl({ withQueryParameters: true });
  const free = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 60) });
  if (pattern === undefined) return free;
  // What stringMatching can't read stands for free text here.
  if (pattern.includes('\\P{') || pattern === '\\S') {
    const fits = new RegExp(pattern, 'u');
    return free.filter((each) => fits.test(each.trim()));
  }
  return fc
    .stringMatching(new RegExp(pattern))
    .filter((each) => each.length >= minLength && each.length <= maxLength);
}
