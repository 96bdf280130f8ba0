import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';

/**
 * A part of a page that a command makes, and what it is made from.
 * @typedef {{page: string, command: string, from: string}} MadePart
 */

const end = '<!-- Until here. -->';

/** The page with this text between the part's two markers. @throws Error when the page lacks a marker */
export function withPart(page, { page: name, command, from }, text) {
  const begin = `<!-- Made by \`npm run ${command}\` from ${from}. Change it there. -->`;
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${name} has no place for what ${command} makes`);
  return `${page.slice(0, before)}${begin}\n\n${text}\n\n${page.slice(after)}`;
}

/** Writes it into its page, and says whether anything changed. */
export function writePart(part, text) {
  const file = join(root, part.page);
  const page = readFileSync(file, 'utf8');
  const changed = withPart(page, part, text);
  if (changed !== page) writeFileSync(file, changed);
  console.log(changed === page ? `${part.page} is up to date` : `${part.page} is written`);
}
