import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { percentile } from '#testkit/load.js';

import type { Truth } from './truth.js';

const EVERY_MS = 50;
const HEARD_MS = 60_000;

/** What everybody else feels: how long a reaction takes to be answered, and to appear on its author's open stream. */
export interface Felt {
  readonly answerP95Ms: number;
  readonly tellP95Ms: number;
}

/** People who are not concerned: an author with posts of their own and somebody who reacts to them, one after another. */
export class Others {
  private made = 0;

  constructor(
    private readonly beckon: Beckon,
    private readonly truth: Truth,
  ) {}

  /** Makes the people. */
  async begin(): Promise<void> {
    await this.beckon.people('quiet', 'calm');
  }

  /** Reacts to fresh posts at an even pace while `isGoingOn`, at least `least` times, and measures each. */
  async feel(least: number, isGoingOn: () => boolean = () => false): Promise<Felt> {
    const [quiet, calm] = [await this.beckon.as('quiet'), await this.beckon.as('calm')];
    const stream = await this.beckon.stream('quiet');
    const sentAt = new Map<string, number>();
    const answers: number[] = [];
    for (let count = 0; count < least || isGoingOn(); count++) {
      const id = `quiet${this.made++}`;
      await insist(() => quiet.post('/v1/posts', { id, body: 'Quiet' }));
      this.truth.knowPost(id, 'quiet');
      const at = performance.now();
      sentAt.set(id, at);
      const reaction = await insist(() => calm.post(`/v1/posts/${id}/reactions`, { type: 'like' }));
      answers.push(performance.now() - at);
      this.truth.reacted(id, 'calm', String(reaction.id), 'like');
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    const tells: number[] = [];
    for (const [id, at] of sentAt) {
      const event = await stream.waitFor(
        ({ event: name, data }) => name === 'group' && data.group.subject.id === id,
        HEARD_MS,
      );
      tells.push(event.at - at);
    }
    await stream.close();
    return { answerP95Ms: percentile(answers, 0.95), tellP95Ms: percentile(tells, 0.95) };
  }
}
