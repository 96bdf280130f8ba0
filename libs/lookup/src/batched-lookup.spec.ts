import fc from 'fast-check';

import { BatchedLookup } from './batched-lookup.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** A service that knows some people, counts its calls and can be away. */
class Service {
  readonly people = new Map<string, string>();
  readonly calls: string[][] = [];
  away = false;
  /** It answers nobody before. */
  answering = Promise.resolve();

  readonly lookup: BatchedLookup<Named>;

  constructor(batchSize = 3, cacheSize = 100) {
    this.lookup = new BatchedLookup<Named>({
      batchSize,
      cacheSize,
      idOf: ({ id }) => id,
      fetch: async (ids) => {
        this.calls.push(ids);
        await this.answering;
        if (this.away) throw new Error('away');
        return ids.flatMap((id) => {
          const name = this.people.get(id);
          return name === undefined ? [] : [{ id, name }];
        });
      },
      isAway: () => this.away,
    });
  }

  async names(...ids: string[]): Promise<Record<string, string>> {
    const { values } = await this.lookup.find(ids);
    return Object.fromEntries([...values].map(([id, { name }]) => [id, name]));
  }
}

describe('a batched look-up', () => {
  it('asks once for what many callers want at the same time', async () => {
    const service = new Service(100);
    for (const id of ['a', 'b', 'c']) service.people.set(id, id.toUpperCase());
    const found = await Promise.all([service.names('a', 'b', 'a'), service.names('b', 'c'), service.names()]);
    expect(found).toEqual([{ a: 'A', b: 'B' }, { b: 'B', c: 'C' }, {}]);
    expect(service.calls).toEqual([['a', 'b', 'c']]);
  });

  it('spares the service what is only shown and was true a moment ago, unless it was forgotten', async () => {
    const service = new Service();
    service.people.set('a', 'before');
    await service.names('a');
    service.people.set('a', 'after');
    const shown = async () => (await service.lookup.glimpse(['a'], 60_000)).get('a')?.name;

    expect(await shown()).toBe('before');
    expect(service.calls).toHaveLength(1);
    expect(await service.names('a')).toEqual({ a: 'after' });
    service.people.set('a', 'later');
    service.lookup.forget('a');
    expect(await shown()).toBe('later');
  });

  it('asks for no more at once than a call may carry, and for each id once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { maxLength: 8 }), {
          maxLength: 6,
        }),
        async (wanted) => {
          const service = new Service(3);
          for (const id of ['a', 'c', 'e', 'g']) service.people.set(id, `the ${id}`);
          const found = await Promise.all(wanted.map((ids) => service.names(...ids)));
          found.forEach((names, index) => {
            const known = (wanted[index] ?? []).filter((id) => service.people.has(id));
            expect(names).toEqual(Object.fromEntries(known.map((id) => [id, `the ${id}`])));
          });
          const asked = service.calls.flat();
          expect(asked.length).toBe(new Set(wanted.flat()).size);
          expect(Math.max(0, ...service.calls.map((ids) => ids.length))).toBeLessThanOrEqual(3);
        },
      ),
    );
  });

  it('always asks while the service answers, so that changes and removals are seen at once', async () => {
    const service = new Service();
    service.people.set('a', 'Ana');
    expect(await service.names('a')).toEqual({ a: 'Ana' });
    service.people.set('a', 'Anna');
    expect(await service.names('a')).toEqual({ a: 'Anna' });
    service.people.delete('a');
    expect(await service.names('a')).toEqual({});
    expect(service.lookup.remembered('a')).toBeUndefined();
  });

  it('stands in for a service that is away with what it knew, and says what it can not tell', async () => {
    const service = new Service();
    service.people.set('a', 'Ana');
    await service.names('a', 'nobody');
    service.people.set('nobody', 'Somebody');
    service.away = true;

    const known = await service.lookup.find(['a']);
    expect([known.values.get('a')?.name, known.failure]).toEqual(['Ana', undefined]);
    const unknown = await service.lookup.find(['a', 'nobody']);
    expect([...unknown.values.keys()]).toEqual(['a']);
    expect(unknown.failure).toEqual(new Error('away'));

    service.away = false;
    expect(await service.names('a', 'nobody')).toEqual({ a: 'Ana', nobody: 'Somebody' });
  });

  it('asks a service that is away whether it is back, and keeps nobody waiting who can do without', async () => {
    const service = new Service();
    service.people.set('a', 'Ana');
    await service.names('a');
    service.away = true;
    let answer = () => undefined as void;
    service.answering = new Promise((resolve) => (answer = resolve));

    expect(await service.names('a')).toEqual({ a: 'Ana' });
    expect((await service.lookup.glimpse(['a', 'b'], 0)).get('a')?.name).toBe('Ana');
    let waits = true;
    const needed = service.lookup.find(['a', 'b']).then(({ failure }) => {
      waits = false;
      return failure;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(service.calls).toEqual([['a'], ['a', 'b']]);
    expect(waits).toBe(true);
    answer();
    expect(await needed).toEqual(new Error('away'));
  });

  it('shows what was true before when what is true now is late', async () => {
    const service = new Service();
    service.people.set('a', 'Ana').set('b', 'Ben');
    await service.names('a');
    let answer = () => undefined as void;
    service.answering = new Promise((resolve) => (answer = resolve));

    expect((await service.lookup.glimpse(['a'], 0)).get('a')?.name).toBe('Ana');
    const unknown = service.lookup.glimpse(['a', 'b'], 0);
    await new Promise((resolve) => setImmediate(resolve));
    service.people.set('a', 'Anna');
    answer();
    expect([...(await unknown)]).toEqual([
      ['a', { id: 'a', name: 'Anna' }],
      ['b', { id: 'b', name: 'Ben' }],
    ]);
  });

  it('tells an id that does not exist from one that could not be asked for', async () => {
    const service = new Service();
    const { values, failure } = await service.lookup.find(['nobody']);
    expect([values.size, failure]).toEqual([0, undefined]);
  });

  it('keeps a failing call from those whose ids were in another', async () => {
    const failing = new BatchedLookup<Named>({
      batchSize: 1,
      cacheSize: 10,
      idOf: ({ id }) => id,
      fetch: async ([id = '']) => {
        if (id === 'bad') throw new Error('away');
        return [{ id, name: id }];
      },
      isAway: () => false,
    });
    const [good, bad] = await Promise.all([failing.find(['good']), failing.find(['bad', 'good'])]);
    expect([...good.values.keys(), good.failure]).toEqual(['good', undefined]);
    expect([...bad.values.keys()]).toEqual(['good']);
    expect(bad.failure).toEqual(new Error('away'));
  });

  it('remembers no more than it may', async () => {
    const service = new Service(10, 2);
    const ids = ['a', 'b', 'c'];
    for (const id of ids) service.people.set(id, id);
    await service.names(...ids);
    expect(ids.filter((id) => service.lookup.remembered(id) !== undefined)).toEqual(['b', 'c']);
  });

  it('remembers nothing for longer than ten minutes', async () => {
    const service = new Service();
    service.people.set('a', 'Ana');
    const clock = jest.spyOn(performance, 'now');
    const began = performance.now();
    await service.names('a');
    for (const [later, known] of [
      [10 * 60_000 - 1_000, true],
      [10 * 60_000 + 1_000, false],
    ] as const) {
      clock.mockReturnValue(began + later);
      // The cache looks at the clock once a millisecond.
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(service.lookup.remembered('a') !== undefined).toBe(known);
    }
    clock.mockRestore();
  });
});
