import { useState } from 'preact/hooks';
import { sayKindly } from './api/problem.js';
import type { People } from './people/use-people.js';

/** Before the two sides: loading, nobody there, no answer, or a server that wants a token. */
export function Welcome({ people, onNewPerson }: { people: People; onNewPerson: () => void }) {
  if (people.status === 'loading') {
    return (
      <main class="sides" aria-busy="true" aria-label="Loading">
        <SideSkeleton blocks={['low', 'middle', 'middle']} />
        <SideSkeleton blocks={['high']} />
      </main>
    );
  }
  return (
    <main class="welcome">
      {people.status === 'failed' && (
        <div class="panel state" role="alert">
          <h2 class="state-title">Beckon does not answer</h2>
          <p class="quiet">{sayKindly(people.error)}</p>
          <button type="button" class="button button-primary" onClick={people.retry}>
            Try again
          </button>
        </div>
      )}
      {people.status === 'signedOut' && <SignIn signIn={people.signIn} />}
      {people.status === 'ready' && (
        <div class="panel state">
          <h2 class="state-title">Nobody is here yet</h2>
          <p class="quiet">The demo network was not seeded. Make two people: one to act, one to be told.</p>
          <button type="button" class="button button-primary" onClick={onNewPerson}>
            Make the first person
          </button>
        </div>
      )}
    </main>
  );
}

function SideSkeleton({ blocks }: { blocks: readonly ('low' | 'middle' | 'high')[] }) {
  return (
    <div class="side side-skeleton">
      <span class="skeleton skeleton-line skeleton-short" />
      <div class="picker-row">
        {Array.from({ length: 8 }, (_, index) => (
          <span key={index} class="picker-person">
            <span class="skeleton skeleton-face" />
          </span>
        ))}
      </div>
      {blocks.map((height, index) => (
        <div key={index} class="skeleton skeleton-block" data-height={height} />
      ))}
    </div>
  );
}

function SignIn({ signIn }: { signIn: People['signIn'] }) {
  const [token, setToken] = useState('');
  const [complaint, setComplaint] = useState<string | null>(null);
  return (
    <form
      class="panel sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          signIn(token);
        } catch (error) {
          setComplaint(sayKindly(error));
        }
      }}
    >
      <h2 class="state-title">This page likes a development server</h2>
      <p>
        It signs people in with development tokens, and this server rightly gives none. Start one with{' '}
        <code>npm start</code>, or paste a token of yours: the page then acts as you and shows your inbox.
      </p>
      <label class="field">
        <span>Token (JWT); it stays in this window</span>
        <textarea
          required
          rows={4}
          spellcheck={false}
          autocomplete="off"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      <p class="complaint" role="alert">
        {complaint}
      </p>
      <button type="submit" class="button button-primary">
        Use this token
      </button>
    </form>
  );
}
