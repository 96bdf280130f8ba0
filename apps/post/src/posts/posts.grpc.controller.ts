import { status } from '@grpc/grpc-js';
import { GrpcMethod, RpcException } from '@nestjs/microservices';

import type {
  GetPostsRequest,
  GetPostsResponse,
  PostServiceService,
} from '#contracts/generated/beckon/v1/beckon.js';
import { ClientId } from '#contracts/ids.js';
import { Database } from '#database/database.js';
import type { GrpcHandlers } from '#grpc/grpc-handlers.js';
import { GrpcService } from '#grpc/grpc-service.js';
import { excerptOf } from '#text/excerpt.js';

import { PostsRepository } from './posts.repository.js';

const MAX_IDS = 100;

/** Tells the other services which posts stand, whose they are and how they begin. */
@GrpcService()
export class PostsGrpcController implements GrpcHandlers<typeof PostServiceService> {
  constructor(
    private readonly database: Database,
    private readonly posts: PostsRepository,
  ) {}

  @GrpcMethod('PostService', 'GetPosts')
  async getPosts({ ids }: GetPostsRequest): Promise<GetPostsResponse> {
    if (ids.length > MAX_IDS) {
      throw new RpcException({ code: status.INVALID_ARGUMENT, message: `ids takes at most ${MAX_IDS}` });
    }
    // Callers ask for many at once: an id that no post can have is left out, and does not spoil the others.
    const possible = ids.filter((id) => ClientId.safeParse(id).success);
    const posts = await this.posts.find(this.database, possible);
    return {
      posts: posts.map((post) => ({
        id: post.id,
        authorId: post.authorId,
        excerpt: excerptOf(post.body),
        createdAt: post.createdAt.toISOString(),
      })),
    };
  }
}
