/** What stands between two fences of a Markdown page. */
export interface PageBlock {
  readonly heading: string;
  /** What follows the fence: the language, and sometimes the file that it is taken from. */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a page, in its order. */
export function blocksOf(markdown: string): PageBlock[] {
  let heading = '';
  let open: { info: string; lines: string[] } | undefined;
  const blocks: PageBlock[] = [];
  for (const line of markdown.split('\n')) {
    if (open === undefined && line.startsWith('#')) heading = line.replace(/^#+ /, '');
    else if (open === undefined && line.startsWith('```')) open = { info: line.slice(3), lines: [] };
    else if (open !== undefined && line === '```') {
      blocks.push({ heading, info: open.info, text: open.lines.join('\n') });
      open = undefined;
    } else open?.lines.push(line);
  }
  return blocks;
}

/**
 * Whether something was printed as a page shows it: each of its paragraphs, in order. An ellipsis (…) stands for
 * anything, and spaces and line ends count for nothing, so that a page may set out JSON and leave times and ids away.
 */
export function isSeen(shown: string, printed: string): boolean {
  const paragraphs = shown.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  const pattern = paragraphs.map((paragraph) =>
    squeeze(paragraph)
      .split('…')
      .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
      .join('.*?'),
  );
  return new RegExp(pattern.join('.*?')).test(squeeze(printed));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
