import type { Beckon } from '#testkit/beckon.js';
import { Load, type LoadOptions, type Script } from '#testkit/load.js';
import type { Random } from '#testkit/random.js';

const TYPES = ['like', 'love', 'haha', 'wow', 'sad', 'angry'];

export interface ReactionLoadOptions extends LoadOptions {
  readonly random: Random;
  readonly actors: readonly string[];
  readonly posts: readonly string[];
  readonly connections: number;
  /** How many each connection makes; without end when left out. */
  readonly each?: number;
  /** The part of them that take a reaction back. */
  readonly takeBack?: number;
}

/** People who react, change their minds and take it back; knows what stands in the end. */
export class ReactionLoad extends Load {
  private constructor(
    beckon: Beckon,
    scripts: readonly Script[],
    /** Post, person, type: what was acknowledged last. */
    private readonly standing: ReadonlyMap<string, Map<string, string>>,
    options: LoadOptions,
  ) {
    super(beckon, scripts, options);
  }

  /** Starts at once. Each person acts on one connection only, so that the last acknowledged thing is what stands. */
  static start(beckon: Beckon, options: ReactionLoadOptions): ReactionLoad {
    const { actors, posts, connections, each = Infinity, takeBack = 0 } = options;
    const standing = new Map(posts.map((post) => [post, new Map<string, string>()]));
    const scripts = Array.from({ length: connections }, (_, connection): Script => {
      const own = actors.filter((_actor, index) => index % connections === connection);
      const random = options.random.fork(connection);
      let made = 0;
      return () => {
        if (made++ >= each || own.length === 0) return undefined;
        const actor = random.pick(own);
        const post = random.pick(posts);
        const type = random.pick(TYPES);
        const reactions = standing.get(post);
        if (random.next() < takeBack) {
          const path = `/v1/posts/${post}/reactions/mine`;
          return { actor, method: 'DELETE', path, done: () => void reactions?.delete(actor) };
        }
        const path = `/v1/posts/${post}/reactions`;
        return { actor, method: 'POST', path, body: { type }, done: () => void reactions?.set(actor, type) };
      };
    });
    return new ReactionLoad(beckon, scripts, standing, options);
  }

  /** What must be told: for each post with reactions the people and their reactions, in order of name. */
  told(): Record<string, Told> {
    return Object.fromEntries(
      [...this.standing]
        .filter(([, reactions]) => reactions.size > 0)
        .map(([post, reactions]) => [
          post,
          { actors: [...reactions].map(([actor, type]) => `${actor} ${type}`).sort(), ...count(reactions) },
        ]),
    );
  }
}

/** What an author hears of one post. */
export interface Told {
  /** `person reaction`, in order. */
  readonly actors: readonly string[];
  readonly actorCount: number;
  readonly reactions: Readonly<Record<string, number>>;
}

function count(reactions: ReadonlyMap<string, string>) {
  const byType: Record<string, number> = {};
  for (const type of reactions.values()) byType[type] = (byType[type] ?? 0) + 1;
  return { actorCount: reactions.size, reactions: byType };
}
