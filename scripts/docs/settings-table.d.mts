import type { ZodType } from 'zod';

export const settingsPage: string;
export function settingsTable(config: { environment: ZodType; services: readonly string[] }): string;
export function withTable(page: string, table: string): string;
