import { useState } from 'preact/hooks';
import { redriveLetter, type DeadLetter, type Snapshot } from '../api/operations.js';
import { sayKindly } from '../api/problem.js';
import type { Message } from '../session.js';
import { DiscardDialog } from './discard-dialog.js';
import { LetterItem } from './letter-item.js';
import { RedriveDialog } from './redrive-dialog.js';
import { sayMany, saySilent } from './say.js';
import { useLetters } from './use-letters.js';

interface Props {
  as: string;
  snapshot: Snapshot;
  say: (message: Message) => void;
  onStory: (eventId: string) => void;
}

/** Events that were given up: looked at, applied again, or given up for good. */
export function Letters({ as, snapshot, say, onStory }: Props) {
  const [queue, setQueue] = useState('');
  const [type, setType] = useState('');
  // Apart from the filter: the page is drawn anew every two seconds, and what is half typed has to stay.
  const [typed, setTyped] = useState('');
  const { status, error, letters, unknown, loadMore, reload } = useLetters(as, { queue, type }, snapshot);
  const [discarding, setDiscarding] = useState<DeadLetter | null>(null);
  const [redriving, setRedriving] = useState(false);
  const filtered = queue !== '' || type !== '';
  const fail = (problem: unknown) => say({ tone: 'alarm', text: sayKindly(problem) });

  const redrive = async (letter: DeadLetter) => {
    try {
      const { redriven } = await redriveLetter(as, letter.id);
      say({ tone: 'calm', text: redriven > 0 ? 'It is being applied again.' : 'It was marked before.' });
      reload();
    } catch (problem) {
      fail(problem);
    }
  };

  return (
    <section class="panel ops-panel" aria-labelledby="letters-title">
      <div class="panel-head">
        <h2 id="letters-title">Dead letters</h2>
        <button
          type="button"
          class="button button-small"
          disabled={letters.length === 0}
          onClick={() => setRedriving(true)}
        >
          Redrive {filtered ? 'these' : 'all'}…
        </button>
      </div>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span class="quiet">Queue</span>
          <select value={queue} onChange={(event) => setQueue(event.currentTarget.value)}>
            <option value="">any</option>
            {snapshot.queues.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="quiet">Event type</span>
          <input
            type="search"
            placeholder="any, or reaction.added.v1"
            maxLength={100}
            spellcheck={false}
            autocapitalize="none"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onChange={(event) => setType(event.currentTarget.value.trim())}
          />
        </label>
      </form>
      {status === 'failed' && (
        <p class="inline-failure" role="alert">
          {sayKindly(error)}{' '}
          <button type="button" class="link" onClick={reload}>
            Try again
          </button>
        </p>
      )}
      {status === 'loading' && letters.length === 0 && <span class="skeleton skeleton-line" />}
      {status === 'ready' && unknown.length > 0 && (
        <p class="inline-failure">Not all are known: {saySilent(unknown)}.</p>
      )}
      {status === 'ready' && letters.length === 0 && unknown.length === 0 && (
        <div class="state">
          <p class="state-title">{filtered ? 'None of these' : 'No dead letters'}</p>
          <p class="quiet">
            {filtered
              ? 'No dead letter fits the filter.'
              : 'Every event could be applied, or is being tried.'}
          </p>
        </div>
      )}
      <ul class="letters" role="list" aria-busy={status === 'loading'}>
        {letters.map((letter) => (
          <LetterItem
            key={letter.id}
            as={as}
            letter={letter}
            onRedrive={() => redrive(letter)}
            onDiscard={() => setDiscarding(letter)}
            onStory={onStory}
          />
        ))}
      </ul>
      {loadMore && (
        <button type="button" class="button more" onClick={() => void loadMore().catch(fail)}>
          More
        </button>
      )}
      {discarding && (
        <DiscardDialog
          as={as}
          letter={discarding}
          onClose={() => setDiscarding(null)}
          onDiscarded={() => {
            setDiscarding(null);
            say({ tone: 'calm', text: 'Discarded, with your reason in its story.' });
            reload();
          }}
        />
      )}
      {redriving && (
        <RedriveDialog
          as={as}
          filter={{ queue, type }}
          onClose={() => setRedriving(false)}
          onRedriven={(redriven, silent) => {
            setRedriving(false);
            const text =
              redriven === 0
                ? 'None was left to mark.'
                : `${sayMany(redriven, 'dead letter')} ${redriven === 1 ? 'is' : 'are'} being applied again.`;
            if (silent.length === 0) say({ tone: 'calm', text });
            else say({ tone: 'alarm', text: `${text} But ${saySilent(silent)}.` });
            reload();
          }}
        />
      )}
    </section>
  );
}
