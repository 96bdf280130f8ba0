import { z } from 'zod';

import { ClientId } from '#contracts/ids.js';

import { metrics } from '../count/deltas.js';
import { intervals } from './series.js';

export const PostPath = z.strictObject({ postId: ClientId });

export const PostAnalytics = z
  .strictObject({
    postId: ClientId,
    reactions: z.strictObject({
      total: z.number().int(),
      byType: z
        .record(z.string(), z.number().int())
        .meta({ description: 'Types that stand at 0 are left out.' }),
    }),
    comments: z.number().int(),
    commenters: z.number().int().meta({ description: 'People with a standing comment.' }),
    updatedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'The newest event that was counted; null when none was.' }),
  })
  .meta({
    id: 'PostAnalytics',
    examples: [
      {
        postId: 'p1',
        reactions: { total: 43, byType: { like: 40, love: 3 } },
        comments: 12,
        commenters: 7,
        updatedAt: '2026-11-20T10:15:00.000Z',
      },
    ],
  });
export type PostAnalytics = z.output<typeof PostAnalytics>;

/** Years that RFC 3339, JavaScript and PostgreSQL all write alike, whatever the offset. */
const Time = z.iso
  .datetime({ offset: true })
  .refine((time) => /^[1-9]\d{3}/.test(time) && !time.startsWith('9999'), {
    error: 'must be of the years 1000 to 9998',
  });

export const SeriesQuery = z.strictObject({
  metric: z.enum(metrics),
  interval: z.enum(intervals).default('hour'),
  from: Time.optional().meta({
    description: 'RFC 3339. Left out: 24 hours before `to` by the hour, 30 days by the day.',
  }),
  to: Time.optional().meta({ description: 'RFC 3339, exclusive. Left out: now.' }),
});
export type SeriesQuery = z.output<typeof SeriesQuery>;

export const Series = z
  .strictObject({ points: z.array(z.strictObject({ at: z.iso.datetime(), value: z.number().int() })) })
  .meta({
    id: 'Series',
    examples: [
      {
        points: [
          { at: '2026-11-20T09:00:00.000Z', value: 0 },
          { at: '2026-11-20T10:00:00.000Z', value: 12 },
        ],
      },
    ],
  });
export type Series = z.output<typeof Series>;
