import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Actor, RequireScope } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Endpoint } from '#http/endpoint.js';
import { PageQuery } from '#http/paging.js';

import { ProfileErrors } from '../profile/profile.errors.js';
import { UserPath } from '../profile/profile.schemas.js';
import { FollowErrors } from './follow.errors.js';
import { BatchFollowsAnswer, BatchFollowsRequest, RelatedUsers } from './follow.schemas.js';
import { FollowService } from './follow.service.js';

const changeErrors = [ProfileErrors.USER_NOT_FOUND, CommonErrors.PROFILE_REQUIRED];

@ApiTags('Relations')
@Controller('v1')
export class FollowController {
  constructor(private readonly service: FollowService) {}

  @Put('me/following/:userId')
  @HttpCode(204)
  @Endpoint({
    summary: 'Follow somebody',
    answers: { 204: null },
    errors: [FollowErrors.FOLLOW_SELF, ...changeErrors],
    writes: true,
    emits: true,
  })
  async follow(
    @Actor() actorId: string,
    @Param({ schema: UserPath }) { userId }: z.output<typeof UserPath>,
  ): Promise<void> {
    await this.service.follow(actorId, userId);
  }

  @Delete('me/following/:userId')
  @HttpCode(204)
  @Endpoint({
    summary: 'Stop following somebody',
    answers: { 204: null },
    errors: changeErrors,
    writes: true,
    emits: true,
  })
  async unfollow(
    @Actor() actorId: string,
    @Param({ schema: UserPath }) { userId }: z.output<typeof UserPath>,
  ): Promise<void> {
    await this.service.unfollow(actorId, userId);
  }

  @Get('me/following')
  @Endpoint({ summary: 'People whom you follow, newest first', answers: { 200: RelatedUsers } })
  listFollowing(
    @Actor() actorId: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<RelatedUsers> {
    return this.service.listFollowing(actorId, query);
  }

  @Get('me/followers')
  @Endpoint({ summary: 'People who follow you, newest first', answers: { 200: RelatedUsers } })
  listFollowers(
    @Actor() actorId: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<RelatedUsers> {
    return this.service.listFollowers(actorId, query);
  }

  @Post('batch/follows')
  @HttpCode(200)
  @RequireScope('service')
  @Endpoint({
    summary: 'Add up to 1000 follows',
    description: 'All or none; those that are there stay as they are. Needs the scope service.',
    answers: { 200: BatchFollowsAnswer },
    errors: [CommonErrors.FORBIDDEN],
    caller: 'token',
    writes: true,
    emits: true,
  })
  async followBatch(
    @Body({ schema: BatchFollowsRequest }) request: BatchFollowsRequest,
  ): Promise<BatchFollowsAnswer> {
    return { created: await this.service.followBatch(request) };
  }
}
