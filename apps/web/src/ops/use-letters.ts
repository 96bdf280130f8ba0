import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import {
  listLetters,
  MOST_LETTERS,
  type DeadLetter,
  type LetterFilter,
  type Snapshot,
} from '../api/operations.js';
import { addPage, noLetters, renewStart, startOf } from './letter-list.js';
import { silentConsumers, sum } from './state-of.js';

/** Letters that come at once, and with each "More". */
const PAGE = 20;

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
 * again, and while one that is shown is about to be applied. Then what was loaded stays loaded.
 */
export function useLetters(as: string, filter: LetterFilter, snapshot: Snapshot | null): Letters {
  const [status, setStatus] = useState<Letters['status']>('loading');
  const [error, setError] = useState<unknown>(null);
  const [shown, setShown] = useState({ question: '', list: noLetters });
  const [round, setRound] = useState(0);
  const wanted = useRef('');
  const { queue, type } = filter;
  const { letters, unknown, next } = shown.list;

  const question = `${as} ${queue} ${type} ${round}`;
  const number = snapshot && sum(snapshot.queues.map(({ deadLetters }) => deadLetters));
  const silent = snapshot && silentConsumers(snapshot).join(' ');
  const pending = letters.some((letter) => letter.pending) ? snapshot?.at : null;
  const loaded = useRef(0);
  loaded.current = shown.question === question ? letters.length : 0;

  useEffect(() => setStatus('loading'), [as, queue, type]);
  useEffect(() => {
    if (number === null) return;
    const asked = (wanted.current = `${question} ${number} ${silent} ${pending}`);
    // All that is shown, as far as one page goes, so that each of them is shown as it now is.
    const limit = Math.min(Math.max(loaded.current, PAGE), MOST_LETTERS);
    listLetters(as, { queue, type }, { limit }).then(
      (answer) => {
        if (wanted.current !== asked) return;
        setShown((before) => ({
          question,
          list: before.question === question ? renewStart(before.list, answer) : startOf(answer),
        }));
        setStatus('ready');
      },
      (problem: unknown) => {
        if (wanted.current !== asked) return;
        setError(problem);
        setStatus('failed');
      },
    );
  }, [question, number, silent, pending]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  const loadMore = async (cursor: string) => {
    const answer = await listLetters(as, { queue, type }, { cursor });
    setShown((before) =>
      before.question === question && before.list.next === cursor
        ? { question, list: addPage(before.list, answer) }
        : before,
    );
  };
  return { status, error, letters, unknown, loadMore: next === null ? null : () => loadMore(next), reload };
}
