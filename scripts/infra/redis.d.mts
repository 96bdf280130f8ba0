import type { Server } from './postgres.mjs';

export function startRedis(options: {
  dir: string;
  port?: number;
  cache?: string;
  signal?: AbortSignal;
}): Promise<Server>;
