import type { ZodType } from 'zod';
import type { MadePart } from './made-part.mjs';

export const events: MadePart;
export function eventTables(contracts: {
  eventData: Readonly<Record<string, ZodType>>;
  catalogue: Readonly<Record<string, readonly string[]>>;
  producers: Readonly<Record<string, string>>;
  ids: { readonly ClientId: ZodType; readonly Handle: ZodType };
}): string;
