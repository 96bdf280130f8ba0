import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { beckonDir, logsDir, root } from '../paths.mjs';
import { demoClient } from '../demo/client.mjs';
import { findSomethingToLike, seedDemo } from '../demo/seed.mjs';
import { unlessAborted } from '../process/interrupt.mjs';
import { step } from '../process/progress.mjs';

/**
 * Fills an empty database with the demo network, and says where everything is.
 * @param {{door: import('./plan.mjs').PlannedProcess}} beckon `door`: the process that people talk to
 */
export async function greet({ door: { url, env }, database, signal }) {
  const lines = [
    '',
    `  Page      ${url}/`,
    `  Operators ${url}/ops`,
    `  API docs  ${url}/docs`,
    `  OpenAPI   ${url}/openapi.json`,
    `  Logs      ${relative(root, logsDir)}/`,
  ];
  if (env.BECKON_ENV === 'development')
    lines.push(...(await unlessAborted(signal, demoLines(url, database))));
  lines.push('', '  Ctrl-C stops everything.', '');
  console.log(lines.join('\n'));
}

/** The demo is a present: when it fails the server is still worth having. */
async function demoLines(url, database) {
  const client = demoClient(url);
  try {
    const marker = markerOf(database);
    if (!existsSync(marker)) {
      await step('Demo network', () => seedDemo(client));
      mkdirSync(dirname(marker), { recursive: true });
      writeFileSync(marker, new Date().toISOString());
    }
    const { actor, post } = await findSomethingToLike(client);
    return [
      '',
      `  Watch the inbox of ${post.authorName}:`,
      `  curl -N ${url}/v1/notifications/stream -H 'Authorization: Bearer ${await client.token(post.authorId)}'`,
      '',
      `  React as ${actor.displayName}, in another terminal:`,
      `  curl -i ${url}/v1/posts/${post.id}/reactions -H 'Authorization: Bearer ${await client.token(actor.id)}' -H 'Content-Type: application/json' -d '{"type":"like"}'`,
    ];
  } catch (error) {
    return ['', `  The demo network could not be made: ${error.message}`];
  }
}

/** A private database takes its mark along when it is removed; another is known by its address. */
function markerOf({ url, isPrivate }) {
  if (isPrivate) return join(beckonDir, 'postgres', 'demo-seeded');
  const { host, pathname } = new URL(url);
  return join(
    beckonDir,
    `demo-${createHash('sha256')
      .update(host + pathname)
      .digest('hex')
      .slice(0, 16)}`,
  );
}
