import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';

import { Truth } from './truth.js';

/** How large the network is that a fault is tried on. */
export interface NetworkSize {
  /** Those who act; each hears of others too. */
  readonly people: number;
  /** Those who never act and are followed. */
  readonly listeners: number;
  /** Posts to react to, by `authors` of their own. */
  readonly posts: number;
  readonly authors: number;
  /** Authors whose posts become fan-outs, and how many of the people follow each. */
  readonly stars: number;
  readonly followers: number;
}

export const USUAL_SIZE: NetworkSize = {
  people: 120,
  listeners: 0,
  posts: 20,
  authors: 5,
  stars: 2,
  followers: 80,
};

/** People and posts of one run, and what must stand there. */
export interface Network {
  readonly people: readonly string[];
  /** People and listeners: who can be followed. */
  readonly followable: readonly string[];
  readonly posts: readonly string[];
  readonly stars: readonly string[];
  readonly truth: Truth;
}

const BATCH = 1_000;

/** Makes a network in which nobody has been told anything yet. */
export async function makeNetwork(beckon: Beckon, size: NetworkSize): Promise<Network> {
  const people = names('p', size.people);
  const authors = names('author', size.authors);
  const stars = names('star', size.stars);
  const followable = [...people, ...names('listener', size.listeners)];
  const everybody = [...followable, ...authors, ...stars];
  for (let start = 0; start < everybody.length; start += BATCH)
    await beckon.people(...everybody.slice(start, start + BATCH));
  const truth = new Truth();
  const service = await beckon.asService();
  for (const star of stars) {
    const followers = people.slice(0, size.followers);
    const follows = followers.map((follower) => ({ follower, followee: star }));
    for (let start = 0; start < follows.length; start += BATCH)
      await insist(() => service.post('/v1/batch/follows', { follows: follows.slice(start, start + BATCH) }));
    truth.knowFollowers(star, followers);
  }
  const posts = names('post', size.posts);
  for (const [index, id] of posts.entries()) {
    const author = authors[index % authors.length] ?? '';
    const api = await beckon.as(author);
    await insist(() => api.post('/v1/posts', { id, body: 'Chaos' }));
    truth.knowPost(id, author);
  }
  await beckon.drain(60_000);
  return { people, followable, posts, stars, truth };
}

function names(stem: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${stem}${index}`);
}
