import { acquaint } from '#testkit/acquaint.js';
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
  feel(least: number, isGoingOn: () => boolean = () => false): Promise<Felt> {
    return this.reactTo(this.fresh(least, isGoingOn));
  }

  /** Posts that Beckon has looked up before, to be reacted to when it can look up nothing. */
  async prepare(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let left = count; left > 0; left--) ids.push(await this.publish());
    await acquaint(this.beckon, ['calm'], ids);
    return ids;
  }

  /** Reacts to posts at an even pace, once to each, and measures each. */
  async reactTo(posts: Iterable<string> | AsyncIterable<string>): Promise<Felt> {
    const calm = await this.beckon.as('calm');
    const stream = await this.beckon.stream('quiet');
    const sentAt = new Map<string, number>();
    const answers: number[] = [];
    for await (const id of posts) {
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

  private async *fresh(least: number, isGoingOn: () => boolean): AsyncGenerator<string> {
    for (let count = 0; count < least || isGoingOn(); count++) yield await this.publish();
  }

  private async publish(): Promise<string> {
    const quiet = await this.beckon.as('quiet');
    const id = `quiet${this.made++}`;
    await insist(() => quiet.post('/v1/posts', { id, body: 'Quiet' }));
    this.truth.knowPost(id, 'quiet');
    return id;
  }
}
