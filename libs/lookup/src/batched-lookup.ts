import { LRUCache } from 'lru-cache';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a value may stand in for a service that is away. */
const KEEP_MS = 10 * 60_000;
/** So long is a name of now waited for where an older one can be shown: it is felt as at once (J. Nielsen, 1993). */
const PATIENCE_MS = 100;

/** What a look-up found, and why it may not be all. */
export interface Found<V> {
  readonly values: ReadonlyMap<string, V>;
  /** Set when ids are missing because the service did not answer, and not because they do not exist. */
  readonly failure: unknown;
}

interface Waiting<V> {
  readonly ids: readonly string[];
  readonly resolve: (found: Found<V>) => void;
}

/**
 * Looks values up in a remote service, many callers in one call, and remembers them for when it is away.
 * While the service answers it is asked, unless the caller is content with what was true a moment ago;
 * "not found" is never remembered. A service that is away is asked too, and that finds out whether it is back; but only
 * who has nothing remembered waits for its answer.
 */
export class BatchedLookup<V extends object> {
  private readonly cache: LRUCache<string, V>;
  private waiting: Waiting<V>[] = [];

  /**
   * @param fetch one remote call; gets at most `batchSize` distinct ids, leaves out what does not exist.
   * @param isAway whether the latest calls failed, so that the next may take its whole deadline to fail.
   */
  constructor(
    private readonly options: {
      readonly batchSize: number;
      readonly cacheSize: number;
      readonly idOf: (value: V) => string;
      readonly fetch: (ids: string[]) => Promise<V[]>;
      readonly isAway: () => boolean;
    },
  ) {
    // With `max` it would take all of its room now.
    this.cache = new LRUCache({ maxSize: options.cacheSize, sizeCalculation: () => 1, ttl: KEEP_MS });
  }

  /**
   * What is true now of all of these; of a service that is away, what was. Never throws: `failure` tells what could not
   * be asked.
   */
  async find(ids: Iterable<string>): Promise<Found<V>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return { values: new Map(), failure: undefined };
    const asking = this.ask(wanted);
    if (this.options.isAway()) {
      const values = this.known(wanted);
      if (values.size === wanted.length) return { values, failure: undefined };
    }
    return asking;
  }

  /**
   * What can be had of these, to be shown; the others are left out. What is remembered of all of them stands in when the
   * service is slow, and what is remembered of some when it is away. Never throws.
   * @param maxAgeMs values that were fetched within this time are good enough without asking.
   */
  async glimpse(ids: Iterable<string>, maxAgeMs: number): Promise<ReadonlyMap<string, V>> {
    const wanted = [...new Set(ids)];
    const young = this.known(wanted.filter((id) => KEEP_MS - this.cache.getRemainingTTL(id) < maxAgeMs));
    if (young.size === wanted.length) return young;
    const asking = this.ask(wanted.filter((id) => !young.has(id)));
    if (this.options.isAway()) return this.known(wanted);
    if (this.known(wanted).size === wanted.length)
      await Promise.race([asking, wait(PATIENCE_MS, undefined, { ref: false })]);
    // Of what came meanwhile, or was forgotten.
    const known = this.known(wanted);
    return known.size === wanted.length ? known : new Map([...young, ...(await asking).values]);
  }

  /** What is known of it is no longer true. */
  forget(id: string): void {
    this.cache.delete(id);
  }

  /** The remembered value, whatever the service says now. */
  remembered(id: string): V | undefined {
    return this.cache.get(id);
  }

  private known(ids: readonly string[]): Map<string, V> {
    const values = new Map<string, V>();
    for (const id of ids) {
      const value = this.cache.get(id);
      if (value !== undefined) values.set(id, value);
    }
    return values;
  }

  private ask(ids: readonly string[]): Promise<Found<V>> {
    return new Promise((resolve) => {
      // All that is asked for in one turn of the event loop travels in one call.
      if (this.waiting.length === 0) setImmediate(() => void this.flush());
      this.waiting.push({ ids, resolve });
    });
  }

  private async flush(): Promise<void> {
    const callers = this.waiting;
    this.waiting = [];
    const ids = [...new Set(callers.flatMap((caller) => caller.ids))];
    const { values, failures } = await this.fetchAll(ids);
    for (const caller of callers) {
      const own = new Map<string, V>();
      let failure: unknown;
      for (const id of caller.ids) {
        const value = values.get(id) ?? (failures.has(id) ? this.cache.get(id) : undefined);
        if (value !== undefined) own.set(id, value);
        else failure ??= failures.get(id);
      }
      caller.resolve({ values: own, failure });
    }
  }

  private async fetchAll(ids: string[]): Promise<{ values: Map<string, V>; failures: Map<string, unknown> }> {
    const values = new Map<string, V>();
    const failures = new Map<string, unknown>();
    const { batchSize, fetch, idOf } = this.options;
    const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, index) =>
      ids.slice(index * batchSize, (index + 1) * batchSize),
    );
    await Promise.all(
      batches.map(async (batch) => {
        try {
          for (const value of await fetch(batch)) {
            values.set(idOf(value), value);
            this.cache.set(idOf(value), value);
          }
          for (const id of batch) if (!values.has(id)) this.cache.delete(id);
        } catch (error) {
          for (const id of batch) failures.set(id, error);
        }
      }),
    );
    return { values, failures };
  }
}
