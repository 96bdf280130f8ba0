import { z } from 'zod';

import { BeckonId } from '#contracts/ids.js';
import { Page } from '#http/paging.js';

import { subjectKinds, verbs } from './activity.js';

const ActivityAnswer = z.strictObject({
  id: BeckonId.meta({ description: 'The id of the event.' }),
  verb: z.enum(verbs),
  subject: z.strictObject({ kind: z.enum(subjectKinds), id: z.string() }),
  at: z.iso.datetime(),
});
export type ActivityAnswer = z.output<typeof ActivityAnswer>;

export const Activities = z.strictObject({ activities: z.array(ActivityAnswer), page: Page }).meta({
  id: 'Activities',
  examples: [
    {
      activities: [
        {
          id: '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11',
          verb: 'reacted',
          subject: { kind: 'post', id: 'p1' },
          at: '2026-11-20T10:15:00.000Z',
        },
      ],
      page: { next: null },
    },
  ],
});
export type Activities = z.output<typeof Activities>;
