import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

const main = resolve('dist/main');
const sources = readdirSync(main).filter((name) => name.endsWith('.source.cjs'));

/** Says of each source whether V8 takes what it was compiled to; undefined where there is nothing to take. */
const LOOK = `
  const { scriptOf } = require('./run-compiled.cjs');
  console.log(JSON.stringify(process.argv.slice(1).map((source) => scriptOf(source).cachedDataRejected)));
`;

describe('what the build has compiled', () => {
  it.each([
    ['as in the image', ['--enable-source-maps']],
    ['by tests', ['--conditions=beckon-faults', '--enable-source-maps']],
    ['by npm run start:services', ['--enable-source-maps', '--max-semi-space-size=1', '--optimize-for-size']],
  ])('is what V8 takes of a process that is started %s', (_, flags) => {
    const files = sources.map((name) => resolve(main, name));
    const { stdout } = spawnSync(process.execPath, [...flags, '-e', LOOK, ...files], {
      cwd: main,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    expect(sources.length).toBeGreaterThan(0);
    expect(JSON.parse(stdout)).toEqual(sources.map(() => false));
  });
});
