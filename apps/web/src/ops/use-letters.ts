import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { listLetters, type DeadLetter, type LetterFilter, type Snapshot } from '../api/operations.js';
import { silentConsumers, sum } from './state-of.js';

export interface Letters {
  status: 'loading' | 'ready' | 'failed';
  error: unknown;
  letters: readonly DeadLetter[];
  /** Apps that did not answer, whose letters are missing. */
  unknown: readonly string[];
  loadMore: (() => Promise<void>) | null;
  reload(): void;
}

/**
 * Dead letters that fit a filter. The live stream says when to look again: when their number changes or is known
 * again, and while one that is shown is about to be applied.
 */
export function useLetters(as: string, filter: LetterFilter, snapshot: Snapshot | null): Letters {
  const [status, setStatus] = useState<Letters['status']>('loading');
  const [error, setError] = useState<unknown>(null);
  const [letters, setLetters] = useState<readonly DeadLetter[]>([]);
  const [unknown, setUnknown] = useState<readonly string[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const wanted = useRef('');
  const { queue, type } = filter;

  const number = snapshot && sum(snapshot.queues.map(({ deadLetters }) => deadLetters));
  const silent = snapshot && silentConsumers(snapshot).join(' ');
  const pending = letters.some((letter) => letter.pending) ? snapshot?.at : null;

  useEffect(() => setStatus('loading'), [as, queue, type]);
  useEffect(() => {
    if (number === null) return;
    const asked = (wanted.current = `${as} ${queue} ${type} ${round} ${number} ${silent} ${pending}`);
    listLetters(as, { queue, type }, null).then(
      (answer) => {
        if (wanted.current !== asked) return;
        setLetters(answer.deadLetters);
        setUnknown(answer.unknown);
        setNext(answer.page.next);
        setStatus('ready');
      },
      (problem: unknown) => {
        if (wanted.current !== asked) return;
        setError(problem);
        setStatus('failed');
      },
    );
  }, [as, queue, type, round, number, silent, pending]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  const loadMore = async () => {
    const asked = wanted.current;
    const answer = await listLetters(as, { queue, type }, next);
    if (wanted.current !== asked) return;
    setLetters((before) => [...before, ...answer.deadLetters]);
    setNext(answer.page.next);
  };
  return { status, error, letters, unknown, loadMore: next === null ? null : loadMore, reload };
}
