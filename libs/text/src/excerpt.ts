const EXCERPT_CHARACTERS = 140;
/** A code point takes two UTF-16 units at most. */
const EXCERPT_UNITS = 2 * (EXCERPT_CHARACTERS + 1);

/** The first 140 characters (code points) of a text, on one line, with … if there is more. */
export function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line.slice(0, EXCERPT_UNITS));
  if (characters.length <= EXCERPT_CHARACTERS) return line;
  return `${characters.slice(0, EXCERPT_CHARACTERS).join('')}…`;
}
