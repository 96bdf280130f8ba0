import type { Consumer, EventsOf } from '#contracts/catalogue.js';
import type { AnyEvent } from '#contracts/events.js';
import type { Transaction } from '#database/database.js';

/** An event with what its handler gathered for it. */
export interface PreparedEvent<C extends Consumer, Prepared> {
  readonly event: AnyEvent<EventsOf<C>>;
  readonly prepared: Prepared;
}

/** What a consumer does with its events. Anything it throws is about the event, unless it speaks of an outage. */
export interface EventHandler<C extends Consumer, Prepared> {
  /** Events of one lane are applied together, in one transaction. */
  laneOf(event: AnyEvent<EventsOf<C>>): string;
  /** Asks other services for what applying needs; runs outside of any transaction, many events side by side. */
  prepare(event: AnyEvent<EventsOf<C>>): Promise<Prepared>;
  /** Applies events within the transaction that records them as done. Answers what to do once it is committed. */
  apply(tx: Transaction, events: readonly PreparedEvent<C, Prepared>[]): Promise<AfterCommit>;
  /**
   * Goes on with what follows from an event that is done and was given up. Answers undefined when there is no such
   * thing, and the event is to be applied. Left out by consumers for which nothing follows.
   */
  reopen?(tx: Transaction, eventId: string): Promise<AfterCommit | undefined>;
  /** Gives up for good what `reopen` would go on with. */
  discard?(tx: Transaction, eventId: string): Promise<void>;
  /** How many people an event has reached by now; left out by consumers that tell nobody. */
  reach?(event: AnyEvent<EventsOf<C>>): Promise<Reach>;
}

export interface Reach {
  /** Recipients who have it in their inbox, hidden or not. */
  readonly told: number;
  /** Large audiences that are still being told. */
  readonly openParts: number;
}

/** Must not throw and may be lost: hints and nudges only. */
export type AfterCommit = () => void;
