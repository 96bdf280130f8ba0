import type { Group, ReactionType, Subject } from '../api/contract.js';

/** How long an action waits for its notification; one that tells nobody simply never arrives. */
const EXPIRES_AFTER_MS = 60_000;
/** One event may bring several actions at once; those it may have brought besides wait no longer than this. */
const PASSED_OVER_MS = 2_000;
const REMEMBERED_MS = 5_000;
const KEPT = 20;

export interface Action {
  actorId: string;
  what: 'reaction' | 'comment' | 'post' | 'follow';
  reactionType?: ReactionType;
  /** Subjects that the notification may be about; what the answer brings is added by `settle`. */
  subjects: readonly Pick<Subject, 'kind' | 'id'>[];
}

export interface Arrival {
  id: number;
  groupId: string;
  recipientId: string;
  actorId: string;
  what: Action['what'];
  /** From the moment the POST left to the moment the stream brought the group. */
  ms: number;
}

interface Expectation extends Action {
  sentAt: number;
  expiresAt: number;
}

interface Sighting {
  recipientId: string;
  group: Group;
  at: number;
}

/**
 * Measures from POST to stream event. It only ever counts an event that adds something (a new actor,
 * newer activity, another tally), names the actor and is about the subject: marking a group read is an
 * event too, but no arrival.
 */
export class ArrivalClock {
  #expected: Expectation[] = [];
  #sightings: Sighting[] = [];
  #nextId = 1;

  /** An action leaves now. @returns what to call with subjects that only the answer names. */
  expect(action: Action, sentAt: number): (subject: Pick<Subject, 'kind' | 'id'>) => Arrival | null {
    const expectation = { ...action, sentAt, expiresAt: sentAt + EXPIRES_AFTER_MS };
    this.#expected.push(expectation);
    return (subject) => {
      expectation.subjects = [...expectation.subjects, subject];
      // The stream may have been faster than the answer.
      const early = this.#sightings.find(({ group, at }) => at >= sentAt && isCausedBy(expectation, group));
      if (!early || !this.#expected.includes(expectation)) return null;
      return this.#meet(expectation, early);
    };
  }

  /** A group came on the stream; `before` is how it was known until then. */
  observe(recipientId: string, group: Group, before: Group | undefined, at: number): Arrival | null {
    this.#expected = this.#expected.filter((one) => at < one.expiresAt);
    this.#sightings = this.#sightings.filter((one) => at - one.at < REMEMBERED_MS);
    if (!addsSomething(group, before)) return null;
    const sighting = { recipientId, group, at };
    const [oldest, ...others] = this.#expected.filter((one) => one.sentAt <= at && isCausedBy(one, group));
    for (const other of others) other.expiresAt = Math.min(other.expiresAt, at + PASSED_OVER_MS);
    if (oldest) return this.#meet(oldest, sighting);
    this.#sightings.push(sighting);
    return null;
  }

  /** Another inbox is watched: what was under way would measure the change of inbox. */
  forget(): void {
    this.#expected = [];
    this.#sightings = [];
  }

  #meet(expectation: Expectation, { recipientId, group, at }: Sighting): Arrival {
    this.#expected = this.#expected.filter((one) => one !== expectation);
    const { actorId, what, sentAt } = expectation;
    return { id: this.#nextId++, groupId: group.id, recipientId, actorId, what, ms: at - sentAt };
  }
}

export function keepLatest(arrivals: readonly Arrival[], arrival: Arrival): Arrival[] {
  return [...arrivals, arrival].slice(-KEPT);
}

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** "8.4" below ten, whole milliseconds above. */
export function sayMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} ms`;
}

function isCausedBy(action: Action, group: Group): boolean {
  if (!group.actorIds.includes(action.actorId) || !typesOf(action.what).includes(group.type)) return false;
  if (action.reactionType && group.reactions && !group.reactions[action.reactionType]) return false;
  return action.subjects.some(({ kind, id }) => group.subject?.kind === kind && group.subject.id === id);
}

function typesOf(what: Action['what']): readonly string[] {
  return what === 'comment'
    ? ['mention', 'reply', 'comment', 'thread']
    : what === 'post'
      ? ['post', 'mention']
      : [what];
}

function addsSomething(group: Group, before: Group | undefined): boolean {
  if (!before) return !group.readAt && !group.archivedAt;
  if (group.activitySeq > before.activitySeq || group.actorCount > before.actorCount) return true;
  const tallies = Object.entries(group.reactions ?? {});
  return tallies.some(([type, count]) => count > (before.reactions?.[type] ?? 0));
}
