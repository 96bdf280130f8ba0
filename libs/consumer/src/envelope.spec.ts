import fc from 'fast-check';
import { uuidv7obj, UUID } from 'uuidv7';

import { LEDGER_RETENTION_DAYS, openEnvelope, timeOf } from './envelope.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const DAY = 86_400_000;

/** A UUIDv7 of a given moment. */
function idOf(at: number): string {
  const bytes = Uint8Array.from(uuidv7obj().bytes);
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(at / 2 ** (8 * (5 - index))) % 256;
  return UUID.ofInner(bytes).toString();
}

function event(change: object = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: idOf(NOW),
    source: '/beckon/user',
    type: 'user.followed.v1',
    subject: 'ben:ana',
    time: '2026-11-20T10:00:00.000001+00:00',
    datacontenttype: 'application/json',
    data: { actorId: 'ben', followeeId: 'ana', version: 1, followedAt: '2026-11-20T10:00:00+00:00' },
    ...change,
  };
}

describe('opening an envelope', () => {
  it('answers its events in order', () => {
    const events = [event(), event({ type: 'user.unfollowed.v1' }), event()];
    const opened = openEnvelope('notification', { events }, NOW);
    expect(opened.unreadable).toEqual([]);
    expect(opened.events.map(({ id, type }) => ({ id, type }))).toEqual(
      events.map(({ id, type }) => ({ id, type })),
    );
  });

  it('sets apart what is no event, and keeps its neighbours', () => {
    const bad = [
      null,
      7,
      'text',
      [],
      {},
      event({ specversion: '0.3' }),
      event({ id: 'not-a-uuid' }),
      // Version 4: its age cannot be told.
      event({ id: '0198a8f2-0000-4000-8000-000000000000' }),
      event({ type: 'user.followed.v2' }),
      event({ type: '__proto__' }),
      event({ time: 'yesterday' }),
      event({ data: null }),
      event({ data: { actorId: 'ben' } }),
      event({ data: { actorId: 'b n', followeeId: 'ana', version: 1, followedAt: '2026-11-20T10:00:00Z' } }),
      event({ data: { actorId: 'ben', followeeId: 'ana', version: 0, followedAt: '2026-11-20T10:00:00Z' } }),
    ];
    const good = event();
    const opened = openEnvelope('notification', { events: [...bad, good] }, NOW);
    expect(opened.events.map(({ id }) => id)).toEqual([good['id']]);
    expect(opened.unreadable.map(({ raw }) => raw)).toEqual(bad);
    for (const { error } of opened.unreadable) expect(error).not.toBe('');
  });

  it('drops fields that the catalogue does not know', () => {
    const opened = openEnvelope(
      'notification',
      { events: [event({ data: { ...(event()['data'] as object), displayName: 'Ben' } })] },
      NOW,
    );
    expect(Object.keys(opened.events[0]?.data ?? {})).toEqual([
      'actorId',
      'followeeId',
      'version',
      'followedAt',
    ]);
  });

  it('takes no event of another consumer', () => {
    const { events, unreadable } = openEnvelope('analytics', { events: [event()] }, NOW);
    expect(events).toEqual([]);
    expect(unreadable).toMatchObject([{ error: 'analytics does not take user.followed.v1' }]);
  });

  it('takes no event that is older than the ledger remembers', () => {
    const oldest = event({ id: idOf(NOW - LEDGER_RETENTION_DAYS * DAY) });
    const older = event({ id: idOf(NOW - LEDGER_RETENTION_DAYS * DAY - 1) });
    const { events, unreadable } = openEnvelope('notification', { events: [oldest, older] }, NOW);
    expect(events.map(({ id }) => id)).toEqual([oldest['id']]);
    expect(unreadable.map(({ raw }) => raw)).toEqual([older]);
  });

  it('never throws, and loses nothing', () => {
    const entry = fc.oneof(fc.anything(), fc.constant(event()));
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const { events, unreadable } = openEnvelope('notification', { events: entries }, NOW);
        return events.length + unreadable.length === entries.length;
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (data) => {
        const hasEvents = Array.isArray((data as { events?: unknown } | null | undefined)?.events);
        const { events, unreadable } = openEnvelope('notification', data, NOW);
        return hasEvents || (events.length === 0 && unreadable.length === 1);
      }),
    );
  });
});

describe('the time in an id', () => {
  it('is the one it was made at', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (at) => timeOf(idOf(at)) === at));
  });
});
