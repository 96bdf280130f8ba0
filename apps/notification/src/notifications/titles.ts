import { IntlMessageFormat } from 'intl-messageformat';

import type { Group } from '../inbox/group.js';
import { messages, type TitleLocale, titleLocales } from './titles.messages.js';

/** What a title is made of. */
export interface TitleParts {
  readonly type: Group['type'];
  readonly subjectKind: Group['subject_kind'];
  readonly actorCount: number;
  /** Visible acts; posts of one author. */
  readonly actCount: number;
  /** Display names of the latest actors, newest first; null where a name can't be had. */
  readonly names: readonly (string | null)[];
}

const formats = new Map<string, IntlMessageFormat>();

/** The sentence of a notification, such as "Ana, Ben and 41 others reacted to your post". */
export function titleOf(parts: TitleParts, locale: TitleLocale): string {
  const { who, what, someone } = messages[locale];
  const [first, second] = parts.names.map((name) => name ?? someone);
  const { actorCount, actCount, subjectKind: subject } = parts;
  const others = actorCount - 2;
  const actors = format(locale, who, {
    actorCount,
    others,
    first: first ?? someone,
    second: second ?? someone,
  });
  return format(locale, what[parts.type], { actors, subject, actorCount, actCount });
}

/** The best of the supported locales for a BCP 47 tag; undefined when none fits. */
export function supportedLocale(tag: string | undefined): TitleLocale | undefined {
  const language = tag?.split('-')[0]?.toLowerCase();
  return titleLocales.find((locale) => locale === language);
}

function format(locale: string, message: string, values: Record<string, string | number>): string {
  const key = `${locale} ${message}`;
  let parsed = formats.get(key);
  if (parsed === undefined)
    formats.set(key, (parsed = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true })));
  return String(parsed.format(values));
}
