import { useState } from 'preact/hooks';
import { keepLatest, type Arrival } from './inbox/arrivals.js';
import { NewPerson } from './people/new-person.js';
import { usePeople } from './people/use-people.js';
import { Hero } from './shell/hero.js';
import { Toasts, useToasts } from './shell/toasts.js';
import { useChoice } from './shell/use-choice.js';
import { SessionContext } from './session.js';
import { Sides } from './sides.js';
import { useActing } from './use-acting.js';
import { Welcome } from './welcome.js';

/** The whole page: what Beckon is, then its two sides, or what has to come before them. */
export function App() {
  const people = usePeople();
  const { toasts, say, dismiss } = useToasts();
  const [wantedActor, chooseActor] = useChoice('as');
  const [wantedWatched, watch] = useChoice('inbox');
  const [arrivals, setArrivals] = useState<readonly Arrival[]>([]);
  const [making, setMaking] = useState(false);

  const has = (id: string | null): id is string => people.actors.some((card) => card.id === id);
  const first = people.actors[0]?.id ?? '';
  const watchedId = has(wantedWatched) ? wantedWatched : (others(people.actors, wantedActor)[0] ?? first);
  const actorId = has(wantedActor) ? wantedActor : (others(people.actors, watchedId)[0] ?? first);

  const { act, clock } = useActing({
    actorId,
    watchedId,
    say,
    watch,
    cardOf: people.cardOf,
    canWatch: has,
    onArrived: (arrival) => setArrivals((before) => keepLatest(before, arrival)),
  });

  const session = {
    actorId,
    watchedId,
    everybody: people.everybody,
    cardOf: people.cardOf,
    learn: people.learn,
    watch,
    act,
    say,
  };

  return (
    <SessionContext.Provider value={session}>
      <Hero arrivals={arrivals} />
      {people.status === 'ready' && people.actors.length > 0 ? (
        <Sides
          actors={people.actors}
          arrivals={arrivals}
          clock={clock}
          onArrived={(arrival) => setArrivals((before) => keepLatest(before, arrival))}
          onChooseActor={chooseActor}
          onNewPerson={people.canMake ? () => setMaking(true) : undefined}
        />
      ) : (
        <Welcome people={people} onNewPerson={() => setMaking(true)} />
      )}
      {making && (
        <NewPerson
          onClose={() => setMaking(false)}
          onMade={(card) => {
            people.add(card);
            setMaking(false);
            chooseActor(card.id);
          }}
        />
      )}
      <Toasts toasts={toasts} dismiss={dismiss} />
    </SessionContext.Provider>
  );
}

const others = (cards: readonly { id: string }[], id: string | null) =>
  cards.map((card) => card.id).filter((other) => other !== id);
