import { visit } from 'jsonc-parser';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** Deeper JSON than this reaches recursive code further in; nothing in the API comes near it. */
export const MAX_DEPTH = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON is UTF-8 (RFC 8259); what is not would be stored as something else than was sent. @throws CodedError MALFORMED_JSON */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new CodedError(CommonErrors.MALFORMED_JSON, 'The body is not UTF-8.', { cause: error });
  }
}

/**
 * Parses a request body, and refuses what JSON.parse would let pass: nesting deeper than 32, a name given twice,
 * names that reach prototypes, and characters that PostgreSQL can't store (NUL, lone surrogates).
 * @throws CodedError MALFORMED_JSON or INVALID_INPUT
 */
export function parseJsonBody(text: string): unknown {
  refuseUnsafe(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CodedError(CommonErrors.MALFORMED_JSON, 'The body is not valid JSON.', { cause: error });
  }
}

function refuseUnsafe(text: string): void {
  const names: Set<string>[] = [];
  let depth = 0;
  const enter = () => {
    if (++depth > MAX_DEPTH) throw invalid(`The body is nested deeper than ${MAX_DEPTH}.`);
  };
  const leave = () => void depth--;
  visit(
    text,
    {
      onObjectBegin: () => {
        enter();
        names.push(new Set());
      },
      onObjectProperty: (name) => {
        const seen = names.at(-1);
        if (FORBIDDEN_NAMES.has(name)) throw invalid(`The name ${name} is not allowed in a body.`);
        if (seen?.has(name)) throw invalid(`The name ${JSON.stringify(name)} is given twice.`);
        seen?.add(name);
        refuseUnstorable(name);
      },
      onObjectEnd: () => {
        leave();
        names.pop();
      },
      onArrayBegin: enter,
      onArrayEnd: leave,
      onLiteralValue: (value: unknown) => {
        if (typeof value === 'string') refuseUnstorable(value);
      },
    },
    { disallowComments: true },
  );
}

function refuseUnstorable(value: string): void {
  if (value.includes('\0')) throw invalid('The body has a NUL character.');
  if (/\p{Surrogate}/u.test(value)) throw invalid('The body has half a surrogate pair.');
}

function invalid(detail: string): CodedError {
  return new CodedError(CommonErrors.INVALID_INPUT, detail);
}
