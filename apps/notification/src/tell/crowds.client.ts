import { status } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { JOB_DEADLINE_MS, PAGE_DEADLINE_MS } from '#grpc/remote.js';
import { Remotes } from '#grpc/remotes.js';

import type { Crowd, NotificationEvent } from './audience.js';

const HANDLES_PER_CALL = 50;

/** Asks the user and comment services who belongs to an audience. */
@Injectable()
export class CrowdsClient {
  constructor(private readonly remotes: Remotes) {}

  /** The first of a crowd, by id, for an event that is told in a job. At most `limit` of 5,000. */
  first(crowd: Crowd, event: NotificationEvent, limit: number): Promise<string[]> {
    return outageUnlessRefused(() => this.askPage(crowd, event, '', limit, JOB_DEADLINE_MS));
  }

  /** One page of a crowd, by id, after `after` ('' for the first). At most `limit` of 5,000. */
  page(crowd: Crowd, event: NotificationEvent, after: string, limit: number): Promise<string[]> {
    return outageUnlessRefused(() => this.askPage(crowd, event, after, limit, PAGE_DEADLINE_MS));
  }

  /** The users behind handles; unknown handles are nobody. */
  resolve(handles: readonly string[]): Promise<string[]> {
    return handles.length === 0 ? Promise.resolve([]) : outageUnlessRefused(() => this.askHandles(handles));
  }

  private async askPage(
    crowd: Crowd,
    event: NotificationEvent,
    after: string,
    limit: number,
    deadlineMs: number,
  ): Promise<string[]> {
    switch (crowd) {
      case 'followers': {
        const request = { userId: event.data.actorId, followedBefore: event.time, after, limit };
        return (await this.remotes.graph.call((client) => client.listFollowers, request, deadlineMs))
          .followerIds;
      }
      case 'thread': {
        const commentId = event.type === 'comment.added.v1' ? event.data.commentId : '';
        const request = { commentId, after, limit };
        return (await this.remotes.threads.call((client) => client.listThreadFollowers, request, deadlineMs))
          .userIds;
      }
      default:
        return crowd satisfies never;
    }
  }

  private async askHandles(handles: readonly string[]): Promise<string[]> {
    const request = { handles: handles.slice(0, HANDLES_PER_CALL) };
    const { resolved } = await this.remotes.handles.call(
      (client) => client.resolveHandles,
      request,
      JOB_DEADLINE_MS,
    );
    return resolved.map(({ userId }) => userId);
  }
}

/** A refused request is the event's fault; whatever else goes wrong (tokens, deploys, bugs over there) passes. */
async function outageUnlessRefused<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if ((error as { code?: unknown }).code === status.INVALID_ARGUMENT) throw error;
    throw new CodedError(CommonErrors.DEPENDENCY_UNAVAILABLE, 'An audience cannot be asked for now.', {
      cause: error,
    });
  }
}
