import { useCallback, useEffect, useState } from 'preact/hooks';
import { listRelated, setRelated, type Relation } from '../api/network.js';
import { useSession } from '../session.js';

export interface Relations {
  following: ReadonlySet<string>;
  mutes: ReadonlySet<string>;
  set(relation: Relation, id: string, on: boolean): Promise<void>;
}

type Sets = Record<Relation, ReadonlySet<string>>;
const nobody: Sets = { following: new Set(), mutes: new Set() };

/** Whom the actor follows and mutes, and the way to change it. */
export function useRelations(): Relations {
  const { actorId, act } = useSession();
  const [sets, setSets] = useState<Sets>(nobody);

  useEffect(() => {
    let left = false;
    setSets(nobody);
    Promise.all([listRelated(actorId, 'following'), listRelated(actorId, 'mutes')]).then(
      ([following, mutes]) => {
        if (left) return;
        setSets({ following: idsOf(following), mutes: idsOf(mutes) });
      },
      // Without them every person is offered to be followed, which is harmless: following is idempotent.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [actorId]);

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

  return { ...sets, set };
}

const idsOf = (cards: readonly { id: string }[]) => new Set(cards.map((card) => card.id));

function changed(ids: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const copy = new Set(ids);
  if (on) copy.add(id);
  else copy.delete(id);
  return copy;
}
