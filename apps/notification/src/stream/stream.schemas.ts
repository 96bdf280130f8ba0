import { z } from 'zod';

export const StreamQuery = z.strictObject({
  ticket: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Instead of the Authorization header; used up by this.' }),
  // Empty as the header may be: a client that has nothing yet starts now.
  lastEventId: z
    .preprocess((given) => (given === '' ? undefined : given), z.coerce.number().int().min(0).optional())
    .optional()
    .meta({ description: 'Resume after this sequence, where the header Last-Event-ID cannot be sent.' }),
});
export type StreamQuery = z.output<typeof StreamQuery>;

export const StreamTicket = z
  .strictObject({ ticket: z.string(), expiresIn: z.number().int().meta({ description: 'Seconds.' }) })
  .meta({ id: 'StreamTicket', examples: [{ ticket: 'q0cXH3Yl6m1oV8a2tqTt1VQkN1o5yqGf', expiresIn: 30 }] });
