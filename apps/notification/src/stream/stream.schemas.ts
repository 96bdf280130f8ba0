import { z } from 'zod';

/** As the header is: up to 15 digits. Empty, as from a client that has nothing yet, it says nothing. */
export const LastEventId = z.string().regex(/^\d{0,15}$/, 'must be a whole number');

export const StreamQuery = z.strictObject({
  ticket: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Instead of the Authorization header; used up by this.' }),
  lastEventId: LastEventId.optional().meta({
    description: 'Resume after this sequence, where the header Last-Event-ID cannot be sent.',
  }),
});
export type StreamQuery = z.output<typeof StreamQuery>;

export const StreamTicket = z
  .strictObject({ ticket: z.string(), expiresIn: z.number().int().meta({ description: 'Seconds.' }) })
  .meta({ id: 'StreamTicket', examples: [{ ticket: 'q0cXH3Yl6m1oV8a2tqTt1VQkN1o5yqGf', expiresIn: 30 }] });
