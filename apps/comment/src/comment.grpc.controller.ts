import { status } from '@grpc/grpc-js';
import { GrpcMethod, RpcException } from '@nestjs/microservices';

import type {
  CommentServiceService,
  GetCommentsRequest,
  GetCommentsResponse,
  ListThreadFollowersRequest,
  ListThreadFollowersResponse,
} from '#contracts/generated/beckon/v1/beckon.js';
import { BeckonId, ClientId } from '#contracts/ids.js';
import { Database } from '#database/database.js';
import type { GrpcHandlers } from '#grpc/grpc-handlers.js';
import { GrpcService } from '#grpc/grpc-service.js';
import { excerptOf } from '#text/excerpt.js';

import { CommentsRepository } from './comments/comments.repository.js';
import { ThreadsRepository } from './threads/threads.repository.js';

const MAX_IDS = 100;
const MAX_FOLLOWERS = 5_000;

/** Tells the other services which comments stand, and who hears of one. */
@GrpcService()
export class CommentGrpcController implements GrpcHandlers<typeof CommentServiceService> {
  constructor(
    private readonly database: Database,
    private readonly comments: CommentsRepository,
    private readonly threads: ThreadsRepository,
  ) {}

  @GrpcMethod('CommentService', 'GetComments')
  async getComments({ ids }: GetCommentsRequest): Promise<GetCommentsResponse> {
    if (ids.length > MAX_IDS) throw invalid(`ids takes at most ${MAX_IDS}`);
    // Callers ask for many at once: an id that no comment can have is left out, and does not spoil the others.
    const possible = ids.filter((id) => BeckonId.safeParse(id).success);
    const comments = await this.comments.find(this.database, possible);
    return {
      comments: comments.map((comment) => ({
        id: comment.id,
        postId: comment.postId,
        postAuthorId: comment.postAuthorId,
        authorId: comment.authorId,
        parentId: comment.parentId ?? undefined,
        excerpt: excerptOf(comment.body),
        createdAt: comment.createdAt.toISOString(),
      })),
    };
  }

  @GrpcMethod('CommentService', 'ListThreadFollowers')
  async listThreadFollowers(request: ListThreadFollowersRequest): Promise<ListThreadFollowersResponse> {
    const { commentId, after, limit } = request;
    if (!BeckonId.safeParse(commentId).success) throw invalid('comment_id must be a UUID');
    if (after !== '' && !ClientId.safeParse(after).success) throw invalid('after must be a user id or empty');
    if (limit < 1 || limit > MAX_FOLLOWERS) throw invalid(`limit must be 1 to ${MAX_FOLLOWERS}`);
    return { userIds: await this.threads.listFollowers(commentId, after, limit) };
  }
}

function invalid(message: string): RpcException {
  return new RpcException({ code: status.INVALID_ARGUMENT, message });
}
