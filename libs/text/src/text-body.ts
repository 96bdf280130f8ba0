import { z } from 'zod';

const MAX_CHARACTERS = 10_000;

/** What a person writes: white space around it is cut, the rest is kept as given. Characters are code points. */
export const TextBody = z
  .string()
  .trim()
  .regex(/\S/, 'must not be blank')
  .refine(
    (text) => text.length <= MAX_CHARACTERS || Array.from(text).length <= MAX_CHARACTERS,
    `must have at most ${MAX_CHARACTERS} characters`,
  )
  .meta({ minLength: 1, maxLength: MAX_CHARACTERS });
