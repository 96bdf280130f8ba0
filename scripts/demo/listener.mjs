import { listen } from './stream.mjs';
import { until } from './until.mjs';

/** Somebody who has a live stream open, and remembers what came and when (`at`, performance.now()). */
export class Listener {
  events = [];
  #abort = new AbortController();
  #ended;
  #failure;

  /** @param {number} after the sequence to resume after */
  static async open(client, userId, after) {
    const listener = new Listener();
    await new Promise((resolve, reject) => {
      listener.#ended = listener.#read(client, userId, after, resolve).catch((error) => {
        listener.#failure = error;
        reject(error);
      });
    });
    return listener;
  }

  /** The first event that fits, past or to come. @throws Error when none comes */
  hears(fits) {
    return until('the stream brings what happened', () => {
      if (this.#failure) throw this.#failure;
      return this.events.find(fits);
    });
  }

  /** The types of the groups that were heard of. */
  types() {
    return new Set(this.events.filter(({ event }) => event === 'group').map(({ data }) => data.group.type));
  }

  async close() {
    this.#abort.abort();
    await this.#ended;
  }

  async #read(client, userId, after, onOpen) {
    const { signal } = this.#abort;
    for await (const event of listen(client, userId, { after, signal, onOpen }))
      this.events.push({ ...event, at: performance.now() });
  }
}
