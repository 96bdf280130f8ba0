import { useEffect, useState } from 'preact/hooks';
import type { Reaction, ReactionType, SubjectKind } from '../api/contract.js';
import { getPostCounters, listReactions, react, unreact } from '../api/network.js';
import { useSession } from '../session.js';

export interface Reactions {
  mine: string | null;
  tally: Readonly<Record<string, number>>;
  /** Chooses a type; the one that is chosen already is taken back. */
  choose(type: ReactionType): void;
}

interface Known {
  list: readonly Reaction[];
  /** Counts of those that the list has no room for, by type. */
  beyond: Readonly<Record<string, number>>;
}

const nothing: Known = { list: [], beyond: {} };

/**
 * The reactions to a post or comment, loaded once it is `wanted` (on screen), and again when `round`
 * changes.
 */
export function useReactions(
  kind: SubjectKind,
  id: string,
  authorId: string,
  wanted: boolean,
  round: number,
): Reactions {
  const { actorId, act } = useSession();
  const [known, setKnown] = useState<Known>(nothing);
  // Two quick clicks: the second decides what is shown, whichever answer comes last.
  const [underWay, setUnderWay] = useState<{ actorId: string; type: ReactionType | null } | null>(null);

  useEffect(() => {
    if (!wanted) return;
    let left = false;
    loadReactions(actorId, kind, id).then(
      (found) => {
        if (!left) setKnown(found);
      },
      // Without counts the bar still works; the next look brings them.
      () => undefined,
    );
    return () => {
      left = true;
    };
    // The list tells everybody's reaction, so a change of actor needs no other.
  }, [kind, id, wanted, round]);

  const stored = known.list.find((one) => one.actorId === actorId)?.type ?? null;
  const mine = underWay?.actorId === actorId ? underWay.type : stored;

  const change = async (type: ReactionType | null) => {
    const choice = { actorId, type };
    setUnderWay(choice);
    const done =
      type === null
        ? await act({ run: async () => (await unreact(actorId, kind, id), true) })
        : await act({
            run: (onSend) => react(actorId, kind, id, type, onSend),
            action: { what: 'reaction', reactionType: type, subjects: [{ kind, id }] },
            tells: authorId,
          });
    if (done) setKnown((before) => ({ ...before, list: withMine(before.list, choice, id) }));
    setUnderWay((latest) => (latest === choice ? null : latest));
  };

  return {
    mine,
    tally: tallyOf(known, { actorId, type: mine }, id),
    choose: (type) => void change(type === mine ? null : type),
  };
}

async function loadReactions(as: string, kind: SubjectKind, id: string): Promise<Known> {
  const { reactions, page } = await listReactions(as, kind, id);
  if (page.next === null || kind !== 'post') return { list: reactions, beyond: {} };
  const { byType } = (await getPostCounters(as, id)).reactions;
  const listed = countTypes(reactions);
  const beyond = Object.entries(byType).map(([type, count]) => [
    type,
    Math.max(0, count - (listed[type] ?? 0)),
  ]);
  return { list: reactions, beyond: Object.fromEntries(beyond) as Record<string, number> };
}

function withMine(
  list: readonly Reaction[],
  { actorId, type }: { actorId: string; type: string | null },
  subjectId: string,
): Reaction[] {
  const others = list.filter((one) => one.actorId !== actorId);
  return type === null ? others : [...others, { id: subjectId, actorId, type, version: 0 }];
}

function tallyOf(
  known: Known,
  mine: { actorId: string; type: string | null },
  id: string,
): Record<string, number> {
  const tally = countTypes(withMine(known.list, mine, id));
  for (const [type, count] of Object.entries(known.beyond)) tally[type] = (tally[type] ?? 0) + count;
  return tally;
}

function countTypes(list: readonly Reaction[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of list) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
