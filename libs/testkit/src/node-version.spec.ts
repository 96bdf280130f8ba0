import { readFileSync } from 'node:fs';

import { checkNodeVersion } from '../../../scripts/setup/node-version.mjs';

const ENGINES = '^20.19.0 || ^22.12.0 || >=24.0.0';
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('the Node that Beckon runs on', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '22.21.1', '24.0.0', '25.2.0', '26.1.0'])('is %s', (version) =>
    expect(() => checkNodeVersion(version)).not.toThrow(),
  );

  it.each(['18.20.8', '20.18.3', '21.7.3', '22.11.0', '23.11.1'])('is not %s', (version) =>
    expect(() => checkNodeVersion(version)).toThrow(
      `Beckon needs Node 20 from 20.19 on, 22 from 22.12 on, or 24 and later; this is ${version}.`,
    ),
  );

  it('is what npm is told', () => {
    expect(read('package.json').engines.node).toBe(ENGINES);
    expect(read('package-lock.json').packages[''].engines.node).toBe(ENGINES);
  });
});
