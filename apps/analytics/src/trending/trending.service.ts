import { Injectable } from '@nestjs/common';

import { TrendingRepository } from './trending.repository.js';
import { MAX_POSTS, type TrendingPost, type Window } from './trending.schemas.js';

const windowHours: Record<Window, number> = { '1h': 1, '24h': 24, '7d': 168 };

/** What most is said about now. */
@Injectable()
export class TrendingService {
  private readonly underWay = new Map<Window, Promise<TrendingPost[]>>();

  constructor(private readonly trending: TrendingRepository) {}

  /**
   * The posts with the highest score in a window, highest first. The answer is everybody's and costs a look at
   * all that happened, so those who ask while it is made share it.
   */
  async list(window: Window, limit: number): Promise<TrendingPost[]> {
    let posts = this.underWay.get(window);
    if (posts === undefined) {
      posts = this.trending.list(windowHours[window], MAX_POSTS).finally(() => this.underWay.delete(window));
      this.underWay.set(window, posts);
    }
    return (await posts).slice(0, limit);
  }
}
