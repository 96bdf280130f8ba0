import { z } from 'zod';

export const ThreadRequest = z
  .strictObject({
    level: z.enum(['follow', 'mute', 'default']).meta({
      description: 'follow: all comments; mute: none; default: those after your own.',
    }),
  })
  .meta({ id: 'ThreadRequest', examples: [{ level: 'mute' }] });
export type ThreadRequest = z.output<typeof ThreadRequest>;

export type ThreadLevel = ThreadRequest['level'];
