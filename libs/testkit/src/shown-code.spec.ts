import { readdirSync, readFileSync } from 'node:fs';

import { blocksOf } from '#testkit/page-blocks.js';

const pages = ['quick-start', 'rest', 'live-stream', 'integrate', 'grpc'].map((name) => `docs/${name}.md`);
const code = pages.flatMap((page) =>
  blocksOf(readFileSync(page, 'utf8'))
    .filter(({ info }) => /^(ts|js|html)\b/.test(info))
    .map(({ info, heading, text }) => ({ page, heading, file: info.split(' ')[1] ?? '', text })),
);

describe('code on the pages', () => {
  it('is there', () => expect(code.length).toBeGreaterThan(20));

  it.each(code)('$page, $heading: is what stands in $file', ({ file, text }) =>
    expect(readFileSync(file, 'utf8')).toContain(text),
  );

  it('is of examples that a page leads to', () => {
    const linked = pages.map((page) => readFileSync(page, 'utf8')).join('\n');
    const files = readdirSync('examples').filter((file) => /\.(ts|js)$/.test(file));
    expect(files.filter((file) => !linked.includes(`examples/${file}`))).toEqual([]);
  });
});
