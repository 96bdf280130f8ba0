import { z } from 'zod';

import { services } from '#config/config.js';
import { consumers } from '#contracts/catalogue.js';
import { BeckonId } from '#contracts/ids.js';
import { eventQueues } from '#contracts/queues.js';
import { Page, PageQuery } from '#http/paging.js';

const queueNames = consumers.map((consumer) => eventQueues[consumer].name);
const Age = z.number().min(0).meta({ description: 'Seconds; 0 when there is none.' });
const Count = z.number().int().min(0);
const unknownOf = <const Names extends readonly string[]>(names: Names, what: string) =>
  z.array(z.enum(names)).meta({ description: `Apps that did not answer: ${what}` });

export const queuesExample = {
  queues: [
    {
      name: eventQueues.notification.name,
      reachable: true,
      waiting: 12,
      active: 4,
      delayed: 0,
      oldestAgeSeconds: 0.4,
      deadLetters: 1,
    },
  ],
  deliveries: [
    {
      producer: 'reaction' as const,
      consumer: 'notification' as const,
      unsettled: 310,
      oldestAgeSeconds: 1.2,
    },
  ],
  unknown: [],
};

export const Queues = z
  .strictObject({
    queues: z.array(
      z.strictObject({
        name: z.enum(queueNames),
        reachable: z
          .boolean()
          .meta({ description: 'False while Redis or the app is away; the numbers are then 0.' }),
        waiting: Count,
        active: Count,
        delayed: Count,
        oldestAgeSeconds: Age,
        deadLetters: Count,
      }),
    ),
    deliveries: z
      .array(
        z.strictObject({
          producer: z.string(),
          consumer: z.string(),
          unsettled: Count,
          oldestAgeSeconds: Age,
        }),
      )
      .meta({ description: 'Events that a consumer has not settled yet, by producer.' }),
    unknown: unknownOf(services, 'what they have unsettled, and their dead letters, is not known.'),
  })
  .meta({
    id: 'Queues',
    examples: [queuesExample],
  });
export type Queues = z.output<typeof Queues>;

/** `<app>.<uuid>`: the app says where to ask. */
export const LetterId = z
  .string()
  .regex(/^(notification|analytics|user)\.[0-9a-fA-F-]{36}$/, 'must be <app>.<uuid>')
  .refine((id) => BeckonId.safeParse(id.slice(id.indexOf('.') + 1)).success, 'must be <app>.<uuid>');
export const LetterPath = z.strictObject({ id: LetterId });

export const LettersQuery = PageQuery.extend({
  queue: z.enum(queueNames).optional(),
  type: z.string().min(1).max(100).optional().meta({ description: 'Event type, such as reaction.added.v1.' }),
});
export type LettersQuery = z.output<typeof LettersQuery>;

const letter = {
  id: LetterId,
  queue: z.string(),
  type: z.string().nullable(),
  eventId: BeckonId.nullable().meta({
    description: 'Null when what arrived was no event; then it cannot be redriven.',
  }),
  error: z.string(),
  attempts: Count,
  firstAt: z.iso.datetime(),
  diedAt: z.iso.datetime(),
  pending: z.boolean().meta({ description: 'Marked to be applied again.' }),
};
const letterExample = {
  id: 'notification.01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11',
  queue: 'notification.fanout',
  type: 'reaction.added.v1',
  eventId: '01998f3c-6f60-7c30-9d0a-1f8a8e8d6b10',
  error: 'Error: what went wrong',
  attempts: 5,
  firstAt: '2026-11-20T10:15:00.000Z',
  diedAt: '2026-11-20T10:16:00.000Z',
  pending: false,
};

const DeadLetter = z.strictObject(letter).meta({ id: 'DeadLetter', examples: [letterExample] });
export type DeadLetter = z.output<typeof DeadLetter>;

export const DeadLetterDetail = z
  .strictObject({ ...letter, payload: z.unknown().meta({ description: 'What arrived.' }) })
  .meta({ id: 'DeadLetterDetail', examples: [{ ...letterExample, payload: { specversion: '1.0' } }] });
export type DeadLetterDetail = z.output<typeof DeadLetterDetail>;

export const DeadLetters = z
  .strictObject({
    deadLetters: z.array(DeadLetter),
    page: Page,
    unknown: unknownOf(consumers, 'their letters are not in the list.'),
  })
  .meta({
    id: 'DeadLetters',
    examples: [{ deadLetters: [letterExample], page: { next: null }, unknown: [] }],
  });
export type DeadLetters = z.output<typeof DeadLetters>;

export const RedriveRequest = z
  .strictObject({
    queue: z.enum(queueNames).optional(),
    type: z.string().min(1).max(100).optional(),
    olderThan: z.iso
      .datetime({ offset: true })
      .regex(/^[1-9]/, 'must be of the year 1000 or later')
      .optional()
      .meta({ description: 'Only what died before.' }),
    limit: z.number().int().min(1).max(10_000),
  })
  .meta({ id: 'RedriveRequest', examples: [{ queue: 'notification.fanout', limit: 100 }] });
export type RedriveRequest = z.output<typeof RedriveRequest>;

const redriven = Count.meta({ description: 'Letters marked now; 0 for those that were marked before.' });
export const Redriven = z.strictObject({ redriven }).meta({ id: 'Redriven', examples: [{ redriven: 1 }] });
export type Redriven = z.output<typeof Redriven>;

export const RedrivenMany = z
  .strictObject({ redriven, unknown: unknownOf(consumers, 'nobody can say whether theirs are marked.') })
  .meta({ id: 'RedrivenMany', examples: [{ redriven: 100, unknown: [] }] });
export type RedrivenMany = z.output<typeof RedrivenMany>;

export const DiscardRequest = z
  .strictObject({ reason: z.string().trim().min(1).max(500) })
  .meta({ id: 'DiscardRequest', examples: [{ reason: 'made by a broken client, see incident 12' }] });

export const EventPath = z.strictObject({ eventId: BeckonId });

export const EventStory = z
  .strictObject({
    eventId: BeckonId,
    type: z.string().nullable(),
    producer: z.string().nullable(),
    acceptedAt: z.iso.datetime().nullable(),
    event: z.unknown().meta({
      description:
        'The CloudEvent; null when its producer does not keep it any more, or does not answer. One of a type or shape that is not known here is shown as it is kept.',
    }),
    consumers: z.array(
      z.strictObject({
        consumer: z.enum(consumers),
        state: z.enum(['waiting', 'dispatched', 'trying', 'done', 'dead', 'pending']).meta({
          description: 'done and dead are settled; pending is a dead letter marked to be applied again.',
        }),
        dispatches: Count.nullable().meta({ description: 'Null once its delivery is closed.' }),
        attempts: Count,
        error: z.string().nullable(),
        settledAt: z.iso.datetime().nullable(),
        told: Count.nullable().meta({
          description: 'Recipients; null where nobody is told, or the event is not known here.',
        }),
        openParts: Count.meta({ description: 'Large audiences that are still being told.' }),
      }),
    ),
    unknown: unknownOf(services, 'their part of the story is missing.'),
  })
  .meta({
    id: 'EventStory',
    examples: [
      {
        eventId: '01998f3c-6f60-7c30-9d0a-1f8a8e8d6b10',
        type: 'reaction.added.v1',
        producer: 'reaction',
        acceptedAt: '2026-11-20T10:15:00.000Z',
        event: { specversion: '1.0' },
        consumers: [
          {
            consumer: 'notification',
            state: 'done',
            dispatches: null,
            attempts: 0,
            error: null,
            settledAt: '2026-11-20T10:15:00.020Z',
            told: 1,
            openParts: 0,
          },
        ],
        unknown: [],
      },
    ],
  });
export type EventStory = z.output<typeof EventStory>;
