import { useCallback, useState } from 'preact/hooks';
import type { Snapshot } from '../api/operations.js';
import { sayKindly } from '../api/problem.js';
import { keepPastedToken } from '../api/tokens.js';
import { ConnectionBanner, ConnectionDot, useLastingly, useOnline } from '../shell/connection.js';
import { Logo } from '../shell/logo.js';
import { SignIn } from '../shell/sign-in.js';
import { ThemeToggle } from '../shell/theme-toggle.js';
import { Toasts, useToasts } from '../shell/toasts.js';
import { useChoice } from '../shell/use-choice.js';
import { Charts } from './charts.js';
import { Figures } from './figures.js';
import { Health } from './health.js';
import { Letters } from './letters.js';
import { Queues } from './queues.js';
import { sayTime } from './say.js';
import { stateOf, unheardSince, type State } from './state-of.js';
import { Story } from './story.js';
import { useSnapshots, type Snapshots } from './use-snapshots.js';

/** Whom a development server's admin token speaks for. */
const OPERATOR = 'operator';

/** The page of whoever looks after a running Beckon. */
export function Operations() {
  const [as, setAs] = useState(OPERATOR);
  const { watching, snapshot, history, retry } = useSnapshots(as);
  const { toasts, say, dismiss } = useToasts();
  const online = useOnline();
  const unheard = useLastingly(watching.kind !== 'live' || !online);
  const state = headline(watching, snapshot, unheard);
  const figures = `figures are those of ${snapshot ? sayTime(snapshot.at) : 'the last moment'}.`;
  const meanwhile = { offline: `The ${figures}`, interrupted: `the ${figures}` };
  const [eventId, choose] = useChoice('event');
  const askStory = useCallback(
    (id: string) => {
      choose(id);
      document.getElementById('story')?.scrollIntoView({ block: 'nearest' });
      document.getElementById('story')?.focus({ preventScroll: true });
    },
    [choose],
  );

  return (
    <>
      <header class="hero ops-hero">
        <div class="ops-hero-inner">
          <div class="hero-bar">
            <a class="wordmark" href="/">
              <Logo /> Beckon
            </a>
            <nav class="hero-links" aria-label="Elsewhere">
              <a href="/">Network</a>
              <a href="/docs">API</a>
            </nav>
            <ThemeToggle />
          </div>
          <div class="ops-state">
            <h1 class="ops-headline" data-tone={state.tone}>
              {state.text}
            </h1>
            {watching.kind !== 'refused' && <ConnectionDot connection={watching} online={online} />}
          </div>
        </div>
      </header>
      {watching.kind === 'refused' ? (
        <Refused
          problem={watching.problem}
          signIn={(token) => {
            setAs(keepPastedToken(token));
            retry();
          }}
        />
      ) : (
        <main class="ops">
          {watching.kind !== 'connecting' && (
            <div class="ops-banner">
              <ConnectionBanner connection={watching} online={online} meanwhile={meanwhile} onRetry={retry} />
            </div>
          )}
          {snapshot === null && watching.kind === 'waiting' ? (
            <div class="panel state" role="alert">
              <h2 class="state-title">Beckon does not answer</h2>
              <p class="quiet">{sayKindly(watching.problem)}</p>
              <button type="button" class="button button-primary" onClick={retry}>
                Try again
              </button>
            </div>
          ) : (
            <>
              <Figures snapshot={snapshot} history={history} />
              <Charts history={history} />
              {snapshot === null ? (
                <div class="ops-columns" aria-busy="true">
                  <div class="skeleton skeleton-block" />
                  <div class="skeleton skeleton-block" />
                </div>
              ) : (
                <div class="ops-columns">
                  <div class="ops-column">
                    <Queues snapshot={snapshot} />
                    <Health snapshot={snapshot} />
                  </div>
                  <div class="ops-column">
                    <Letters as={as} snapshot={snapshot} say={say} onStory={askStory} />
                    <Story as={as} eventId={eventId ?? ''} onAsk={askStory} />
                  </div>
                </div>
              )}
            </>
          )}
        </main>
      )}
      <Toasts toasts={toasts} dismiss={dismiss} />
    </>
  );
}

function headline(watching: Snapshots['watching'], snapshot: Snapshot | null, unheard: boolean): State {
  if (watching.kind === 'refused') return { tone: 'calm', text: 'Operations' };
  if (snapshot === null) return { tone: 'calm', text: 'Looking…' };
  return unheard ? unheardSince(snapshot) : stateOf(snapshot);
}

function Refused({
  problem,
  signIn,
}: {
  problem: { code: string; status: number };
  signIn: (token: string) => void;
}) {
  return (
    <main class="welcome">
      <SignIn title={problem.status === 403 ? 'That token may not' : 'Operators only'} signIn={signIn}>
        {problem.status === 403
          ? 'It is good, but it does not have the scope admin. '
          : 'This server gives out no development tokens. '}
        Paste a token whose scope has <code>admin</code>.
      </SignIn>
    </main>
  );
}
