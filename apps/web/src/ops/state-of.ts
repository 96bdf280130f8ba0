import type { Snapshot } from '../api/operations.js';
import { sayAge, sayMany } from './say.js';

export interface State {
  tone: 'calm' | 'busy' | 'alarm';
  text: string;
}

/** Older than this, somebody waits for a notification longer than anybody should. */
const LATE_SECONDS = 30;

/** The one sentence that an operator came for: what is worst, if anything is. */
export function stateOf(snapshot: Snapshot): State {
  const { away, queues, deliveries, processes } = snapshot;
  if (away.length > 0)
    return { tone: 'alarm', text: `${list(away)} ${away.length === 1 ? 'does' : 'do'} not answer.` };
  const troubled = [
    ...new Set(
      processes.flatMap(({ dependencies }) =>
        dependencies.filter(({ state }) => state !== 'up').map(({ name }) => name),
      ),
    ),
  ];
  if (troubled.length > 0)
    return { tone: 'alarm', text: `${list(troubled)} ${troubled.length === 1 ? 'is' : 'are'} away.` };
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

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const list = (names: readonly string[]) => new Intl.ListFormat('en').format(names);
