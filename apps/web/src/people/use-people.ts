import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { UserCard } from '../api/contract.js';
import { getProfile } from '../api/network.js';
import { Problem } from '../api/problem.js';
import { keepPastedToken } from '../api/tokens.js';
import { DEMO_USER_IDS } from '../demo-network.js';
import { knownIds, rememberId } from './known-people.js';

export interface People {
  /** `signedOut`: the server gives no development tokens and none was pasted yet. */
  status: 'loading' | 'ready' | 'failed' | 'signedOut';
  error: unknown;
  /** Everybody known here who exists. */
  everybody: readonly UserCard[];
  /** Those in whose name the page can call. */
  actors: readonly UserCard[];
  /** Whether new ones can be made: it takes a token of theirs. */
  canMake: boolean;
  cardOf(id: string): UserCard;
  learn(ids: readonly string[]): void;
  add(card: UserCard): void;
  /** @throws Problem when it is no token. */
  signIn(token: string): void;
  retry(): void;
}

/** Finds out who is there, and keeps the names of whoever turns up later. */
export function usePeople(): People {
  const [cards, setCards] = useState<ReadonlyMap<string, UserCard>>(new Map());
  const [knownHere, setKnownHere] = useState<readonly string[]>([]);
  const [pasted, setPasted] = useState<readonly string[]>([]);
  const [status, setStatus] = useState<People['status']>('loading');
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const asked = useRef(new Set<string>());
  const reader = pasted[0] ?? DEMO_USER_IDS[0] ?? 'guest';

  const keep = useCallback((found: readonly UserCard[]) => {
    setCards((before) => new Map([...before, ...found.map((card) => [card.id, card] as const)]));
  }, []);

  useEffect(() => {
    let left = false;
    setStatus('loading');
    const ids = [...new Set([...knownIds(), ...pasted])];
    findProfiles(reader, ids).then(
      (found) => {
        if (left) return;
        for (const card of found) asked.current.add(card.id);
        keep(found);
        setKnownHere(ids.filter((id) => pasted.includes(id) || found.some((card) => card.id === id)));
        setStatus('ready');
      },
      (problem: unknown) => {
        if (left) return;
        setError(problem);
        setStatus(problem instanceof Problem && problem.code === 'NO_DEV_TOKENS' ? 'signedOut' : 'failed');
      },
    );
    return () => {
      left = true;
    };
  }, [reader, pasted, round, keep]);

  const cardOf = useCallback(
    (id: string) => cards.get(id) ?? { id, handle: null, displayName: null, avatarUrl: null },
    [cards],
  );

  const learn = useCallback(
    (ids: readonly string[]) => {
      const unknown = ids.filter((id) => !asked.current.has(id));
      if (unknown.length === 0) return;
      for (const id of unknown) asked.current.add(id);
      // A name that cannot be found out is shown as its id; nothing else depends on it.
      findProfiles(reader, unknown).then(keep, () => undefined);
    },
    [reader, keep],
  );

  const add = useCallback(
    (card: UserCard) => {
      rememberId(card.id);
      asked.current.add(card.id);
      keep([card]);
      setKnownHere((before) => [...before, card.id]);
    },
    [keep],
  );

  const signIn = useCallback((token: string) => {
    const userId = keepPastedToken(token);
    setPasted((before) => [...before.filter((id) => id !== userId), userId]);
  }, []);

  const everybody = knownHere.map(cardOf);
  const actors = pasted.length > 0 ? pasted.map(cardOf) : everybody;
  const retry = useCallback(() => setRound((before) => before + 1), []);
  return {
    status,
    error,
    everybody,
    actors,
    canMake: pasted.length === 0,
    cardOf,
    learn,
    add,
    signIn,
    retry,
  };
}

/** The profiles of those that exist. */
async function findProfiles(as: string, ids: readonly string[]): Promise<UserCard[]> {
  const found = await Promise.all(
    ids.map((id) =>
      getProfile(as, id).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 404 && error.code !== 'NO_DEV_TOKENS') return null;
        throw error;
      }),
    ),
  );
  return found.filter((card) => card !== null);
}
