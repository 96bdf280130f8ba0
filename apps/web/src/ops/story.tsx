import { useEffect, useState } from 'preact/hooks';
import { getStory, type EventStory } from '../api/operations.js';
import { sayKindly } from '../api/problem.js';
import { sayMany, saySilent } from './say.js';

interface Props {
  as: string;
  /** '' before anything was asked. */
  eventId: string;
  onAsk: (eventId: string) => void;
}

type Told =
  | { kind: 'nothing' }
  | { kind: 'loading' }
  | { kind: 'story'; story: EventStory }
  | { kind: 'failed'; error: unknown };

/** Where an event is: accepted by whom, settled by whom, told to how many. */
export function Story({ as, eventId, onAsk }: Props) {
  const [typed, setTyped] = useState(eventId);
  const [told, setTold] = useState<Told>({ kind: 'nothing' });
  const [round, setRound] = useState(0);

  useEffect(() => {
    setTyped(eventId);
    if (eventId === '') return;
    let left = false;
    setTold({ kind: 'loading' });
    getStory(as, eventId).then(
      (story) => !left && setTold({ kind: 'story', story }),
      (error: unknown) => !left && setTold({ kind: 'failed', error }),
    );
    return () => {
      left = true;
    };
  }, [as, eventId, round]);

  return (
    <section class="panel ops-panel" id="story" tabIndex={-1} aria-labelledby="story-title">
      <h2 id="story-title">Story of an event</h2>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk(typed.trim());
          setRound((before) => before + 1);
        }}
      >
        <label>
          <span class="quiet">Event id</span>
          <input
            type="search"
            required
            spellcheck={false}
            autocapitalize="none"
            placeholder="01998f3c-6f60-7c30-…"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button">
          Tell
        </button>
      </form>
      <div aria-live="polite">
        {told.kind === 'nothing' && (
          <p class="quiet">The id of an event, from a dead letter or a log line, tells where it is by now.</p>
        )}
        {told.kind === 'loading' && <span class="skeleton skeleton-line" />}
        {told.kind === 'failed' && <p class="inline-failure">{sayKindly(told.error)}</p>}
        {told.kind === 'story' && <Chapters story={told.story} />}
      </div>
    </section>
  );
}

function Chapters({ story }: { story: EventStory }) {
  const { type, producer, acceptedAt, event, consumers, unknown } = story;
  return (
    <>
      <ol class="chapters" role="list">
        <li class="chapter" data-state="done">
          <b>
            {type ??
              (unknown.length === 0 ? 'An event that its producer does not keep any more' : 'An event')}
          </b>
          {producer && acceptedAt && (
            <span class="quiet">
              accepted by {producer}, {exact.format(new Date(acceptedAt))}
            </span>
          )}
        </li>
        {consumers.map((one) => (
          <li key={one.consumer} class="chapter" data-state={one.state}>
            <b>
              {one.consumer}: {STATES[one.state]}
            </b>
            <span class="quiet">
              {[
                one.settledAt && exact.format(new Date(one.settledAt)),
                one.told !== null && `${sayMany(one.told, 'person', 'people')} told`,
                one.openParts > 0 && `${sayMany(one.openParts, 'large audience')} still being told`,
                one.attempts > 0 && sayMany(one.attempts, 'attempt'),
                one.dispatches !== null && `dispatched ${sayMany(one.dispatches, 'time')}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {one.error && (
              <span class="letter-error" dir="auto" tabIndex={0}>
                {one.error}
              </span>
            )}
          </li>
        ))}
      </ol>
      {unknown.length > 0 && <p class="inline-failure">The rest is not known: {saySilent(unknown)}.</p>}
      {event !== null && (
        <details class="letter-arrived">
          <summary>The event itself</summary>
          <pre tabIndex={0} aria-label="The event itself">
            {JSON.stringify(event, null, 2)}
          </pre>
        </details>
      )}
    </>
  );
}

const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const STATES: Record<EventStory['consumers'][number]['state'], string> = {
  waiting: 'waits in the outbox',
  dispatched: 'on its way',
  trying: 'being tried',
  done: 'done',
  dead: 'dead letter or discarded',
  pending: 'about to be applied again',
};
