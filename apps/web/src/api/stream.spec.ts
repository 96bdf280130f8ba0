import { LiveStream, type EventStream, type StreamState, type StreamWorld } from './stream.js';

/** A world whose connections and timers the test moves by hand. */
function handMadeWorld() {
  const connections: FakeConnection[] = [];
  const timers = new Map<number, { ms: number; run: () => void }>();
  let ticketsGiven = 0;
  let timerId = 0;
  let refuseTickets = false;
  let hangTickets = false;
  const world: StreamWorld = {
    ticket: () => {
      if (hangTickets) return new Promise(() => undefined);
      if (refuseTickets) return Promise.reject(new Error('down'));
      ticketsGiven += 1;
      return Promise.resolve(`t${ticketsGiven}`);
    },
    connect: (url) => {
      const connection = new FakeConnection(url);
      connections.push(connection);
      return connection;
    },
    now: () => 0,
    random: () => 1,
    later: (ms, run) => {
      const id = timerId++;
      timers.set(id, { ms, run });
      return () => timers.delete(id);
    },
  };
  return {
    world,
    connections,
    refuseTickets: (refuse: boolean) => (refuseTickets = refuse),
    hangTickets: (hang: boolean) => (hangTickets = hang),
    latest: () => connections.at(-1)!,
    timerDelays: () => [...timers.values()].map(({ ms }) => ms),
    runTimers: async () => {
      const due = [...timers.values()];
      timers.clear();
      for (const { run } of due) run();
      await settle();
    },
  };
}

class FakeConnection implements EventStream {
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  constructor(readonly url: string) {}

  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(name, listener);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.({} as Event);
  }

  fail(): void {
    this.onerror?.({} as Event);
  }

  send(name: string, seq: number, data: unknown): void {
    this.sendText(name, seq, JSON.stringify(data));
  }

  sendText(name: string, seq: number, data: string): void {
    this.#listeners.get(name)?.({ data, lastEventId: String(seq) } as MessageEvent<string>);
  }

  sendGroup(seq: number, id = `g${seq}`): void {
    this.send('group', seq, { group: { id, seq }, users: {} });
  }
}

const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

async function opened(startAfter = 10) {
  const told: string[] = [];
  const states: StreamState['kind'][] = [];
  let resets = 0;
  const hand = handMadeWorld();
  const stream = new LiveStream(
    startAfter,
    {
      group: ({ group }) => told.push(`${group.id}@${group.seq}`),
      removed: ({ id, seq }) => told.push(`-${id}@${seq}`),
      counts: ({ unread }) => told.push(`unread ${unread}`),
      reset: () => (resets += 1),
      state: ({ kind }) => states.push(kind),
    },
    hand.world,
  );
  stream.open();
  await settle();
  return { ...hand, stream, told, states, resets: () => resets };
}

describe('LiveStream', () => {
  it('starts after the sequence of the list', async () => {
    const { latest } = await opened(415);
    expect(latest().url).toBe('/v1/notifications/stream?ticket=t1&lastEventId=415');
  });

  it('resumes after the last event with a new ticket', async () => {
    const { latest, runTimers, connections, states } = await opened(10);
    latest().open();
    latest().sendGroup(11);
    latest().send('counts', 12, { unread: 1, unseen: 1, seq: 12 });
    latest().fail();
    expect(connections[0]?.closed).toBe(true);
    await runTimers();
    expect(latest().url).toBe('/v1/notifications/stream?ticket=t2&lastEventId=12');
    latest().open();
    expect(states).toEqual(['connecting', 'live', 'waiting', 'live']);
  });

  it('hands on nothing twice and nothing from before the start', async () => {
    const { latest, runTimers, told } = await opened(10);
    latest().sendGroup(10, 'known already');
    latest().sendGroup(11);
    latest().sendGroup(11);
    latest().fail();
    await runTimers();
    latest().sendGroup(11);
    latest().sendGroup(12);
    latest().send('removed', 13, { id: 'g12', seq: 13 });
    expect(told).toEqual(['g11@11', 'g12@12', '-g12@13']);
  });

  it('hands on both of two groups that changed at one sequence', async () => {
    const { latest, told } = await opened(10);
    latest().sendGroup(11, 'a');
    latest().sendGroup(11, 'b');
    expect(told).toEqual(['a@11', 'b@11']);
  });

  it('asks again from before an event that it cannot read', async () => {
    const { latest, runTimers, told } = await opened(10);
    latest().sendGroup(11);
    latest().sendText('group', 12, '{"group":');
    await runTimers();
    expect(latest().url).toContain('lastEventId=11');
    latest().sendGroup(12);
    expect(told).toEqual(['g11@11', 'g12@12']);
  });

  it('ignores what an old connection still says', async () => {
    const { connections, latest, stream, told } = await opened(10);
    stream.reopen();
    await settle();
    connections[0]?.sendGroup(11);
    connections[0]?.fail();
    expect(told).toEqual([]);
    expect(connections).toHaveLength(2);
    latest().sendGroup(11);
    expect(told).toEqual(['g11@11']);
  });

  it('waits longer after each failure, up to 20 s, and starts over once a connection held', async () => {
    const { latest, runTimers, timerDelays, refuseTickets } = await opened();
    latest().open();
    refuseTickets(true);
    latest().fail();
    const delays: number[] = [];
    for (let i = 0; i < 9; i++) {
      delays.push(...timerDelays());
      await runTimers();
    }
    expect(delays).toEqual([300, 600, 1200, 2400, 4800, 9600, 19200, 20000, 20000]);
    refuseTickets(false);
    await runTimers();
    latest().open();
    await runTimers(); // It held for five seconds.
    latest().fail();
    expect(timerDelays()).toEqual([300]);
  });

  it('gives up a connection that never opens', async () => {
    const { connections, runTimers, states } = await opened();
    await runTimers();
    expect(connections[0]?.closed).toBe(true);
    expect(states.at(-1)).toBe('waiting');
  });

  it('tries anew, and says so, when it is told that its connection is lost', async () => {
    const { connections, latest, stream, states, timerDelays, runTimers } = await opened();
    latest().open();
    stream.lost();
    expect(states).toEqual(['connecting', 'live', 'waiting']);
    expect(connections[0]?.closed).toBe(true);
    expect(timerDelays()).toEqual([300]);
    await runTimers();
    latest().open();
    expect(states.at(-1)).toBe('live');
  });

  it('gives up a ticket that never comes, and tries again', async () => {
    const { connections, stream, states, hangTickets, runTimers } = await opened();
    hangTickets(true);
    stream.lost();
    await runTimers();
    await runTimers(); // Nothing came within ten seconds.
    expect(states.filter((kind) => kind === 'waiting')).toHaveLength(2);
    hangTickets(false);
    await runTimers();
    expect(connections).toHaveLength(2);
  });

  it('ends at a reset, which is told once', async () => {
    const { latest, runTimers, connections, resets, told } = await opened(10);
    latest().send('reset', 99, { seq: 99 });
    latest().sendGroup(100);
    await runTimers();
    expect(resets()).toBe(1);
    expect(connections).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('opens nothing after it was closed while a ticket was under way', async () => {
    const { stream, connections } = await opened();
    stream.reopen();
    stream.close();
    await settle();
    expect(connections).toHaveLength(1);
  });
});
