import { readFileSync } from 'node:fs';

const page = readFileSync('docs/grpc.md', 'utf8');
const proto = readFileSync('libs/contracts/proto/beckon/v1/beckon.proto', 'utf8');

/** `Service Method`, with what the contract says of it. */
const methods = new Map(
  [...proto.matchAll(/^service (\w+) \{\n(.*?)^\}$/gms)].flatMap(([, service, body = '']) =>
    [...body.matchAll(/((?:^ +\/\/.*\n)*)^ +rpc (\w+)\(/gm)].map(
      ([, told = '', method]): [string, string] => [`${service} ${method}`, told],
    ),
  ),
);
const rows = [...page.matchAll(/^\| `(\w+)` \| `(\w+)` \|(?:[^|]*\|) ([\d,]+)[^|]*\|/gm)].map(
  ([, service, method, limit = '']) => ({
    name: `${service} ${method}`,
    limit: limit.replace(',', ''),
  }),
);

describe('docs/grpc.md', () => {
  it('has a row for each method, but for those of operators', () => {
    const expected = [...methods.keys()].filter((name) => !name.startsWith('AdminService '));
    expect(expected.length).toBeGreaterThan(7);
    expect(rows.map(({ name }) => name)).toEqual(expected);
  });

  it.each(rows)('$name: has the limit of the contract', ({ name, limit }) =>
    expect(methods.get(name)).toMatch(new RegExp(`at most ${limit}\\b`, 'i')),
  );
});
