import { z } from 'zod';

import { services } from '#config/config.js';
import { consumers } from '#contracts/catalogue.js';

import { Queues, queuesExample } from '../admin.schemas.js';

const PerSecond = z.number().min(0);
const Latency = z
  .strictObject({ p50: z.number().min(0), p99: z.number().min(0) })
  .nullable()
  .meta({ description: 'Seconds, from histograms; null when there was nothing to measure.' });

/** The whole of Beckon at one moment, as an event `snapshot` of the operators' stream carries it. */
export const Snapshot = Queues.extend({
  at: z.iso.datetime(),
  rates: z
    .strictObject({
      seconds: z.number().min(0).meta({ description: 'How long ago the snapshot before was taken.' }),
      posts: z.strictObject({ perSecond: PerSecond, latency: Latency }),
      settled: z.array(z.strictObject({ consumer: z.enum(consumers), perSecond: PerSecond })),
      arrival: Latency,
    })
    .nullable()
    .meta({ description: 'Since the snapshot before; null in the first.' }),
  processes: z.array(
    z.strictObject({
      id: z.string().meta({ description: 'Another one after each start.' }),
      name: z.string(),
      apps: z.array(z.enum(services)).meta({ description: 'Empty for a gateway.' }),
      uptimeSeconds: z.number().min(0),
      residentBytes: z.number().min(0),
      dependencies: z.array(z.strictObject({ name: z.string(), state: z.enum(['up', 'degraded', 'down']) })),
    }),
  ),
  away: z
    .array(z.enum(services))
    .meta({ description: 'Apps that did not answer, at least one of the ways that they are asked.' }),
}).meta({ id: 'Snapshot' });
export type Snapshot = z.output<typeof Snapshot>;

export const snapshotExample: Snapshot = {
  at: '2026-11-20T10:15:00.000Z',
  ...queuesExample,
  rates: {
    seconds: 2,
    posts: { perSecond: 120, latency: { p50: 0.006, p99: 0.04 } },
    settled: [{ consumer: 'notification', perSecond: 120 }],
    arrival: { p50: 0.02, p99: 0.09 },
  },
  processes: [
    {
      id: '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11',
      name: 'reaction',
      apps: ['reaction'],
      uptimeSeconds: 86_400,
      residentBytes: 120_000_000,
      dependencies: [{ name: 'postgres.reaction', state: 'up' }],
    },
  ],
  away: [],
};
