import { useCallback, useEffect, useState } from 'preact/hooks';
import { readEvents } from '../api/event-reader.js';
import type { Snapshot } from '../api/operations.js';
import { Problem } from '../api/problem.js';
import { remember, type Point } from './history.js';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export type Watching =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** The stream ended or could not be opened; it is tried again by itself. */
  | { kind: 'waiting'; problem: unknown }
  /** No token, or one that may not: nothing that trying again would change. */
  | { kind: 'refused'; problem: Problem };

export interface Snapshots {
  watching: Watching;
  snapshot: Snapshot | null;
  history: readonly Point[];
  retry(): void;
}

/** Everything that is live on this page, from one stream. What was seen stays through interruptions. */
export function useSnapshots(as: string): Snapshots {
  const [watching, setWatching] = useState<Watching>({ kind: 'connecting' });
  const [seen, setSeen] = useState<{ snapshot: Snapshot | null; history: readonly Point[] }>({
    snapshot: null,
    history: [],
  });
  const [round, setRound] = useState(0);

  useEffect(() => {
    const leaving = new AbortController();
    void watch(as, leaving.signal, setWatching, (snapshot) =>
      setSeen(({ history }) => ({ snapshot, history: remember(history, snapshot) })),
    );
    return () => leaving.abort();
  }, [as, round]);

  const retry = useCallback(() => setRound((before) => before + 1), []);
  return { watching, ...seen, retry };
}

async function watch(
  as: string,
  signal: AbortSignal,
  report: (watching: Watching) => void,
  onSnapshot: (snapshot: Snapshot) => void,
): Promise<void> {
  report({ kind: 'connecting' });
  let refusals = 0;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let problem: unknown = null;
    try {
      await readEvents('/v1/admin/stream', {
        as,
        scope: 'admin',
        signal,
        onOpen: () => {
          refusals = 0;
          report({ kind: 'live' });
        },
        onEvent: (name, data) => {
          if (name !== 'snapshot') return;
          attempt = 0;
          onSnapshot(data as Snapshot);
        },
      });
    } catch (error) {
      problem = error;
    }
    if (signal.aborted) return;
    if (problem instanceof Problem && problem.status === 401) refusals++;
    if (problem instanceof Problem && isFinal(problem, refusals)) return report({ kind: 'refused', problem });
    report({ kind: 'waiting', problem });
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
    const asked = problem instanceof Problem ? (problem.retryAfterSeconds ?? 0) * 1000 : 0;
    await pause(Math.max(asked, ceiling * (0.5 + Math.random() / 2)), signal);
  }
}

/** A refused token was forgotten; the first refusal may only mean that it had ended. */
const isFinal = ({ status, code }: Problem, refusals: number) =>
  code === 'NO_DEV_TOKENS' || status === 403 || (status === 401 && refusals > 1);

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
