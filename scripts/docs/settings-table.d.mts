import type { ZodType } from 'zod';
import type { MadePart } from './made-part.mjs';

export const settings: MadePart;
export function settingsTable(config: { environment: ZodType; services: readonly string[] }): string;
