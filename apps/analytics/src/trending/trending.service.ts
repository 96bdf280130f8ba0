import { Injectable } from '@nestjs/common';

import { TrendingRepository } from './trending.repository.js';
import { MAX_POSTS, type TrendingPost, type Window } from './trending.schemas.js';

/** So that whoever polls takes a tenth of a core at most. */
const KEPT_TIMES = 10;

const windowHours: Record<Window, number> = { '1h': 1, '24h': 24, '7d': 168 };

/** What most is said about now. */
@Injectable()
export class TrendingService {
  private readonly latest = new Map<Window, Latest>();

  constructor(private readonly trending: TrendingRepository) {}

  /**
   * The posts with the highest score in a window, highest first. The answer is everybody's and costs a look at
   * all that happened, so those share it who ask while it is made, and for ten times as long.
   */
  async list(window: Window, limit: number): Promise<TrendingPost[]> {
    let latest = this.latest.get(window);
    if (latest === undefined || latest.goodUntil <= performance.now()) {
      latest = this.make(window);
      this.latest.set(window, latest);
    }
    return (await latest.posts).slice(0, limit);
  }

  private make(window: Window): Latest {
    const startedAt = performance.now();
    const posts = this.trending.list(windowHours[window], MAX_POSTS);
    const latest: Latest = { posts, goodUntil: Infinity };
    const keepFor = (times: number) => {
      const endedAt = performance.now();
      latest.goodUntil = endedAt + times * (endedAt - startedAt);
    };
    posts.then(
      () => keepFor(KEPT_TIMES),
      () => keepFor(0),
    );
    return latest;
  }
}

interface Latest {
  readonly posts: Promise<TrendingPost[]>;
  /** By the steady clock, in ms. */
  goodUntil: number;
}
