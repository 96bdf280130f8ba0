import { Injectable } from '@nestjs/common';

import { PAGE_DEADLINE_MS } from '#grpc/remote.js';
import { Remotes } from '#grpc/remotes.js';

import type { Crowd, NotificationEvent } from './audience.js';

const HANDLES_PER_CALL = 50;

/** Asks the user and comment services who belongs to an audience. */
@Injectable()
export class CrowdsClient {
  constructor(private readonly remotes: Remotes) {}

  /** One page of a crowd, by id, after `after` ('' for the first). At most `limit` of 5,000. */
  async page(crowd: Crowd, event: NotificationEvent, after: string, limit: number): Promise<string[]> {
    switch (crowd) {
      case 'followers': {
        const request = { userId: event.data.actorId, followedBefore: event.time, after, limit };
        return (await this.remotes.graph.call((client) => client.listFollowers, request, PAGE_DEADLINE_MS))
          .followerIds;
      }
      case 'thread': {
        const commentId = event.type === 'comment.added.v1' ? event.data.commentId : '';
        const request = { commentId, after, limit };
        return (
          await this.remotes.comments.call((client) => client.listThreadFollowers, request, PAGE_DEADLINE_MS)
        ).userIds;
      }
      default:
        return crowd satisfies never;
    }
  }

  /** The users behind handles; unknown handles are nobody. */
  async resolve(handles: readonly string[]): Promise<string[]> {
    if (handles.length === 0) return [];
    const request = { handles: handles.slice(0, HANDLES_PER_CALL) };
    const { resolved } = await this.remotes.profiles.call(
      (client) => client.resolveHandles,
      request,
      PAGE_DEADLINE_MS,
    );
    return resolved.map(({ userId }) => userId);
  }
}
