import { useCallback, useEffect, useState } from 'preact/hooks';
import { listRelated, setRelated, type Relation } from '../api/network.js';
import { useSession } from '../session.js';

export interface Relations {
  /** Until they are known nobody is in the sets. `failed`: could not be loaded, and is tried again by itself. */
  status: 'loading' | 'known' | 'failed';
  following: ReadonlySet<string>;
  mutes: ReadonlySet<string>;
  set(relation: Relation, id: string, on: boolean): Promise<void>;
  retry(): void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

type Sets = Record<Relation, ReadonlySet<string>>;
const nobody: Sets = { following: new Set(), mutes: new Set() };

/** Whom the actor follows and mutes, and the way to change it. */
export function useRelations(): Relations {
  const { actorId, act } = useSession();
  const [sets, setSets] = useState<Sets>(nobody);
  const [status, setStatus] = useState<Relations['status']>('loading');
  const [round, setRound] = useState(0);

  useEffect(() => {
    setSets(nobody);
    setStatus('loading');
  }, [actorId]);

  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (waitMs: number) => {
      try {
        const [following, mutes] = await Promise.all([
          listRelated(actorId, 'following'),
          listRelated(actorId, 'mutes'),
        ]);
        if (left) return;
        setSets({ following: idsOf(following), mutes: idsOf(mutes) });
        setStatus('known');
      } catch {
        // Meanwhile every person is offered to be followed, which is harmless: following is idempotent.
        if (left) return;
        setStatus('failed');
        timer = setTimeout(() => void load(Math.min(2 * waitMs, LONGEST_RETRY_MS)), waitMs);
      }
    };
    void load(FIRST_RETRY_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [actorId, round]);

  const set = useCallback(
    async (relation: Relation, id: string, on: boolean) => {
      const tellsThem = relation === 'following' && on;
      const done = await act({
        run: async (onSend) => {
          await setRelated(actorId, relation, id, on, onSend);
          return true;
        },
        action: tellsThem
          ? {
              what: 'follow',
              subjects: [
                { kind: 'user', id },
                { kind: 'user', id: actorId },
              ],
            }
          : undefined,
        tells: tellsThem ? id : undefined,
      });
      if (done) setSets((before) => ({ ...before, [relation]: changed(before[relation], id, on) }));
    },
    [actorId, act],
  );

  const retry = useCallback(() => setRound((before) => before + 1), []);
  return { ...sets, status, set, retry };
}

const idsOf = (cards: readonly { id: string }[]) => new Set(cards.map((card) => card.id));

function changed(ids: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const copy = new Set(ids);
  if (on) copy.add(id);
  else copy.delete(id);
  return copy;
}
