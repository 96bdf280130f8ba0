import { readFileSync } from 'node:fs';

import { VERSION } from './version.js';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('the version', () => {
  it('is the same for npm and for the processes', () => {
    const lock = read('package-lock.json');
    expect([read('package.json').version, lock.version, lock.packages[''].version]).toEqual([
      VERSION,
      VERSION,
      VERSION,
    ]);
  });

  it('has a place in the changelog', () => {
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(VERSION);
  });
});
