import type { Snapshot } from '../api/operations.js';
import { stateOf, unheardSince } from './state-of.js';

const calm: Snapshot = {
  at: '',
  queues: [],
  deliveries: [],
  unknown: [],
  rates: null,
  processes: [],
  away: [],
};
const queue = {
  name: 'q',
  reachable: true,
  waiting: 0,
  active: 0,
  delayed: 0,
  oldestAgeSeconds: 0,
  deadLetters: 0,
};
const owed = { producer: 'post', consumer: 'user', unsettled: 2, oldestAgeSeconds: 1 };
const process = (state: 'up' | 'degraded') => ({
  id: 'a',
  name: 'user',
  apps: ['user'],
  uptimeSeconds: 1,
  residentBytes: 1,
  dependencies: [{ name: 'redis', state }],
});

describe('stateOf', () => {
  it.each<[string, Partial<Snapshot>, string]>([
    ['calm', {}, 'Everything is settled.'],
    ['busy', { deliveries: [owed, owed] }, '4 events on the way.'],
    [
      'alarm',
      { deliveries: [{ ...owed, oldestAgeSeconds: 45 }] },
      '2 events on the way, the oldest for 45 s.',
    ],
    ['alarm', { queues: [{ ...queue, deadLetters: 1 }] }, '1 dead letter waits for somebody.'],
    [
      'alarm',
      { queues: [{ ...queue, reachable: false }] },
      'A queue cannot be reached. Events wait in PostgreSQL.',
    ],
    ['alarm', { processes: [process('degraded'), process('up')] }, 'redis is away.'],
    ['alarm', { away: ['post', 'user'] }, 'post and user do not answer.'],
    ['alarm', { unknown: ['reaction'] }, 'Not known: reaction.'],
    ['alarm', { unknown: ['reaction'], deliveries: [owed] }, 'Not known: reaction.'],
  ])('is %s: %j', (tone, part, text) => {
    expect(stateOf({ ...calm, ...part })).toEqual({ tone, text });
  });

  it('is not what it was when nothing was heard since', () => {
    const { tone, text } = unheardSince({ ...calm, at: '2026-01-02T03:04:05.678Z' });
    expect(tone).toBe('alarm');
    expect(text).toMatch(/^Not known since \d\d:\d\d:05\.$/);
  });

  it('tells of what is worst', () => {
    const all = { queues: [{ ...queue, deadLetters: 3 }], deliveries: [owed], away: ['user'] };
    expect(stateOf({ ...calm, ...all }).text).toBe('user does not answer.');
  });
});
