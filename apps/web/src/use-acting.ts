import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { UserCard } from './api/contract.js';
import { sayKindly } from './api/problem.js';
import { ArrivalClock, type Arrival } from './inbox/arrivals.js';
import { shortNameOf } from './people/names.js';
import type { Doing, Message, Session } from './session.js';

interface Circumstances {
  actorId: string;
  watchedId: string;
  say: (message: Message) => void;
  watch: (userId: string) => void;
  cardOf: (id: string) => UserCard;
  canWatch: (id: string) => boolean;
  onArrived: (arrival: Arrival) => void;
}

/** Doing things in the actor's name: measured, and failures told. */
export function useActing(circumstances: Circumstances): { act: Session['act']; clock: ArrivalClock } {
  const clock = useRef(new ArrivalClock()).current;
  const latest = useRef(circumstances);
  latest.current = circumstances;

  useEffect(() => clock.forget(), [circumstances.watchedId]);

  const act = useCallback(async <Answer>(doing: Doing<Answer>): Promise<Answer | null> => {
    const { actorId, watchedId, say, watch, cardOf, canWatch, onArrived } = latest.current;
    let settle: ReturnType<ArrivalClock['expect']> | null = null;
    const onSend = (sentAt: number) => {
      if (doing.action) settle = clock.expect({ ...doing.action, actorId }, sentAt);
    };
    try {
      const answer = await doing.run(onSend);
      // Assigned in the callback above, which the compiler cannot see.
      const settled = settle as ReturnType<ArrivalClock['expect']> | null;
      const early = doing.answerSubject && settled?.(doing.answerSubject(answer));
      if (early) onArrived(early);
      const { tells } = doing;
      if (tells && tells !== watchedId && tells !== actorId && canWatch(tells)) {
        const name = shortNameOf(cardOf(tells));
        say({
          tone: 'calm',
          text: `${name} is told, in another inbox.`,
          offer: { label: `Watch ${name}`, take: () => watch(tells) },
        });
      }
      return answer;
    } catch (error) {
      say({ tone: 'alarm', text: sayKindly(error) });
      return null;
    }
  }, []);

  return { act, clock };
}
