import type { Part, Row, Tool } from './definition.js';
import { readOptions, type ToolOptions } from './options.js';

const tool: Tool<Part, Row> = {
  command: 'shake',
  about: 'Shakes things.',
  parts: [
    { name: 'gently', title: 'shaken gently' },
    { name: 'hard', title: 'shaken hard' },
    { name: 'long', title: 'shaken for long' },
  ],
  scales: { short: 0.01, usual: 0.05, full: 1 },
  columns: [],
  run: () => Promise.reject(new Error('nothing is run')),
};

const read = (...args: string[]) => readOptions(tool, args) as ToolOptions<Part>;
const namesOf = ({ parts }: ToolOptions<Part>) => parts.map(({ name }) => name);

describe('the options of a tool', () => {
  it('left out, are every part once at the usual scale, with a seed that nobody chose', () => {
    const options = read();
    expect(namesOf(options)).toEqual(['gently', 'hard', 'long']);
    expect(options).toMatchObject({ scale: 0.05, minutes: undefined, markdown: undefined, json: undefined });
    expect(options.seed).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger(options.seed)).toBe(true);
  });

  it('pick parts by name, in the order in which they are asked for, at full scale', () => {
    const options = read('--only', 'long, gently');
    expect(namesOf(options)).toEqual(['long', 'gently']);
    expect(options.scale).toBe(1);
  });

  it.each([
    ['short', 0.01],
    ['usual', 0.05],
    ['full', 1],
    ['0.3', 0.3],
  ])('take %s for a scale, whatever is picked', (text, scale) => {
    expect(read('--scale', text).scale).toBe(scale);
    expect(read('--scale', text, '--only', 'hard').scale).toBe(scale);
  });

  it('name a seed, how long to go on, and where to write', () => {
    const args = ['--seed', '7', '--minutes', '2.5', '--markdown', 'table.md', '--json', 'all.json'];
    expect(read(...args)).toMatchObject({ seed: 7, minutes: 2.5, markdown: 'table.md', json: 'all.json' });
  });

  it.each([
    [['--only', 'gently,softly'], 'there is no softly'],
    [['--seed', 'x'], '--seed must be a number above 0, and is x'],
    [['--scale', 'huge'], '--scale must be a number above 0, and is huge'],
    [['--minutes', '-1'], '--minutes'],
    [['--loudly'], '--loudly'],
  ])('refuse %j', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });

  it('ask for help or for what there is, and are answered in text', () => {
    expect(readOptions(tool, ['--help'])).toContain('npm run shake -- [options]\n\nShakes things.');
    expect(readOptions(tool, ['--list', '--only', 'hard'])).toMatch(
      /^gently +shaken gently\nhard +.*\nlong +/,
    );
  });
});
