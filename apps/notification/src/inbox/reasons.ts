/**
 * Why somebody is told of an act, as bits, the strongest the highest: an act tells one person once, by the strongest
 * reason, and the others are kept for when that one falls away.
 */
export const Reason = {
  post: 1,
  thread: 2,
  comment: 4,
  reply: 8,
  mention: 16,
  follow: 32,
  reaction: 64,
} as const;
export type ReasonName = keyof typeof Reason;

const strongestFirst = (Object.entries(Reason) as [ReasonName, number][]).sort(([, a], [, b]) => b - a);

/** The strongest of a set of reasons; undefined of none. */
export function strongest(reasons: number): ReasonName | undefined {
  return strongestFirst.find(([, bit]) => (reasons & bit) !== 0)?.[0];
}

/** The reasons without their strongest. */
export function withoutStrongest(reasons: number): number {
  const name = strongest(reasons);
  return name === undefined ? 0 : reasons & ~Reason[name];
}
