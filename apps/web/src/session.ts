import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Subject, UserCard } from './api/contract.js';
import type { Call } from './api/http.js';
import type { Action } from './inbox/arrivals.js';

/** What every part of the page may ask for: who acts, who is watched, who is who, and how to act. */
export interface Session {
  actorId: string;
  watchedId: string;
  everybody: readonly UserCard[];
  /** A card for any id; one without a name while it is not known. */
  cardOf(id: string): UserCard;
  /** Asks for the names of ids that are not known yet. */
  learn(ids: readonly string[]): void;
  watch(userId: string): void;
  /**
   * Does something in the actor's name, measures how long its notification takes and tells of failure.
   * @returns the answer, or null if it failed (which was shown then).
   */
  act<Answer>(doing: Doing<Answer>): Promise<Answer | null>;
  say(message: Message): void;
}

export interface Doing<Answer> {
  run: (onSend: Call['onSend']) => Promise<Answer>;
  /** Left out for what tells nobody. */
  action?: Omit<Action, 'actorId'>;
  /** The subject that only the answer names. */
  answerSubject?: (answer: Answer) => Pick<Subject, 'kind' | 'id'>;
  /** Whose inbox hears of it, to offer watching it. */
  tells?: string;
}

export interface Message {
  text: string;
  tone: 'calm' | 'alarm';
  offer?: { label: string; take: () => void };
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside of the page');
  return session;
}
