import { GrpcMethod } from '@nestjs/microservices';
import { z } from 'zod';

import type {
  AreFollowingRequest,
  AreFollowingResponse,
  ListFollowersRequest,
  ListFollowersResponse,
  SocialGraphServiceService,
} from '#contracts/generated/beckon/v1/beckon.js';
import { ClientId } from '#contracts/ids.js';
import { Database } from '#database/database.js';
import type { GrpcHandlers } from '#grpc/grpc-handlers.js';
import { GrpcService } from '#grpc/grpc-service.js';

import { parseRequest, UtcTime } from '#grpc/grpc-request.js';
import { FollowRepository } from './follow.repository.js';

const FollowersPage = z.object({
  userId: ClientId,
  followedBefore: UtcTime,
  /** Empty for the first page. */
  after: z.union([z.literal(''), ClientId]),
  limit: z.number().int().min(1).max(5_000),
});
const Pairs = z.object({
  pairs: z.array(z.object({ followerId: ClientId, followeeId: ClientId })).max(5_000),
});

/** Tells the other services who follows whom. */
@GrpcService()
export class FollowGrpcController implements GrpcHandlers<typeof SocialGraphServiceService> {
  constructor(
    private readonly database: Database,
    private readonly follows: FollowRepository,
  ) {}

  @GrpcMethod('SocialGraphService', 'ListFollowers')
  async listFollowers(request: ListFollowersRequest): Promise<ListFollowersResponse> {
    const page = parseRequest(FollowersPage, request);
    return { followerIds: await this.follows.listFollowerIds(this.database, page) };
  }

  @GrpcMethod('SocialGraphService', 'AreFollowing')
  async areFollowing(request: AreFollowingRequest): Promise<AreFollowingResponse> {
    const pairs = parseRequest(Pairs, request).pairs.map(({ followerId, followeeId }) => ({
      follower: followerId,
      followee: followeeId,
    }));
    return { following: await this.follows.areFollowing(this.database, pairs) };
  }
}
