import staticFiles from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { existsSync, readdirSync } from 'node:fs';

/**
 * Serves a folder of built pages, if it is there: files under their names, `ops.html` also at `/ops`.
 * @returns whether it is there
 */
export async function servePages(app: NestFastifyApplication, folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  await app.register(staticFiles, { root: folder, wildcard: false });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  for (const file of readdirSync(folder)) {
    const name = /^([a-z-]+)\.html$/.exec(file)?.[1];
    if (name === undefined || name === 'index') continue;
    fastify.get(`/${name}`, (_request, reply) => reply.sendFile(file));
  }
  return true;
}
