import { sayKindly } from './api/problem.js';
import type { People } from './people/use-people.js';
import { SignIn } from './shell/sign-in.js';

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
      {people.status === 'signedOut' && (
        <SignIn title="This page likes a development server" signIn={people.signIn}>
          It signs people in with development tokens, and this server rightly gives none. Start one with{' '}
          <code>npm start</code>, or paste a token of yours: the page then acts as you and shows your inbox.
        </SignIn>
      )}
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
