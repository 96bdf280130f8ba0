import { MAX_MENTIONS } from '#contracts/events.js';

/**
 * What continues a word that is written with spaces around it. Not every letter does: Chinese and Japanese put a
 * mention right behind and before their words.
 */
const WORD = String.raw`\w\p{Script=Latin}\u0300-\u036f`;

/** The handle is the one of `Handle` in the contracts; one that goes on after 30 characters is nobody's. */
const MENTION = new RegExp(`(?<![${WORD}@/])@([A-Za-z0-9_]{1,30})(?![${WORD}])`, 'gu');

/**
 * The handles that a text mentions, without the `@`: `@ana`, but not the one in `me@ana.org` or `site.org/@ana`.
 * @returns at most 50, in the order of the text, each once whatever its letter case (the first spelling is kept).
 */
export function mentionsIn(text: string): string[] {
  const mentions = new Map<string, string>();
  for (const [, handle] of text.matchAll(MENTION)) {
    if (handle === undefined || mentions.has(handle.toLowerCase())) continue;
    mentions.set(handle.toLowerCase(), handle);
    if (mentions.size === MAX_MENTIONS) break;
  }
  return [...mentions.values()];
}
