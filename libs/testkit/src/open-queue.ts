import { Queue } from 'bullmq';

import type { Consumer } from '#contracts/catalogue.js';
import { eventQueues } from '#contracts/queues.js';
import type { Beckon } from '#testkit/beckon.js';

/** A consumer's queue as Redis has it, to look into or to put in by hand; whoever opens it closes it. */
export function openQueue(beckon: Beckon, consumer: Consumer): Queue {
  const { name } = eventQueues[consumer];
  const { hostname: host, port } = new URL(beckon.env['REDIS_URL'] ?? '');
  const prefix = `{${beckon.env['REDIS_PREFIX']}:${name}}`;
  return new Queue(name, { connection: { host, port: Number(port) }, prefix });
}
