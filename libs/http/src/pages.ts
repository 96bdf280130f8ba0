import staticFiles from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/**
 * Serves the built pages, if they are there: files under their names, `ops.html` also at `/ops`.
 * @returns whether they are there
 */
export async function servePages(app: NestFastifyApplication): Promise<boolean> {
  const folder = findPages();
  if (folder === undefined) return false;
  await app.register(staticFiles, { root: folder, wildcard: false });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  for (const file of readdirSync(folder)) {
    const name = /^([a-z-]+)\.html$/.exec(file)?.[1];
    if (name === undefined || name === 'index') continue;
    fastify.get(`/${name}`, (_request, reply) => reply.sendFile(file));
  }
  return true;
}

function findPages(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('#web/index.html'));
  } catch {
    return undefined;
  }
}
