import type { Snapshot } from '../api/operations.js';
import { sayAge, sayList, sayMany, saySilent, sayTime } from './say.js';

export interface State {
  tone: 'calm' | 'busy' | 'alarm';
  text: string;
}

/** Older than this, somebody waits for a notification longer than anybody should. */
const LATE_SECONDS = 30;

/** The one sentence that an operator came for: what is worst, if anything is. */
export function stateOf(snapshot: Snapshot): State {
  const { away, queues, deliveries, processes, unknown } = snapshot;
  if (away.length > 0) return { tone: 'alarm', text: `${saySilent(away)}.` };
  const troubled = [
    ...new Set(
      processes.flatMap(({ dependencies }) =>
        dependencies.filter(({ state }) => state !== 'up').map(({ name }) => name),
      ),
    ),
  ];
  if (troubled.length > 0)
    return { tone: 'alarm', text: `${sayList(troubled)} ${troubled.length === 1 ? 'is' : 'are'} away.` };
  if (unknown.length > 0) return { tone: 'alarm', text: `Not known: ${sayList(unknown)}.` };
  if (queues.some(({ reachable }) => !reachable))
    return { tone: 'alarm', text: 'A queue cannot be reached. Events wait in PostgreSQL.' };
  const dead = sum(queues.map(({ deadLetters }) => deadLetters));
  if (dead > 0)
    return {
      tone: 'alarm',
      text: `${sayMany(dead, 'dead letter')} ${dead === 1 ? 'waits' : 'wait'} for somebody.`,
    };
  const open = sum(deliveries.map(({ unsettled }) => unsettled));
  const oldest = Math.max(0, ...deliveries.map(({ oldestAgeSeconds }) => oldestAgeSeconds));
  if (oldest > LATE_SECONDS)
    return { tone: 'alarm', text: `${sayMany(open, 'event')} on the way, the oldest for ${sayAge(oldest)}.` };
  if (open > 0) return { tone: 'busy', text: `${sayMany(open, 'event')} on the way.` };
  return { tone: 'calm', text: 'Everything is settled.' };
}

/** What can be said of now when nothing was heard since a snapshot: what it said holds no more. */
export const unheardSince = ({ at }: Snapshot): State => ({
  tone: 'alarm',
  text: `Not known since ${sayTime(at)}.`,
});

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Apps that did not answer and whose consumers' dead letters are therefore not known. */
export const silentConsumers = ({ queues, unknown }: Snapshot): string[] =>
  unknown.filter((app) => queues.some(({ name }) => name.startsWith(`${app}.`)));
