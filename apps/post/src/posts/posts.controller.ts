import { Body, Controller, Delete, Get, HttpCode, Param, Post as HttpPost, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { AcceptsIdempotencyKey, Endpoint } from '#http/endpoint.js';
import { IdempotencyKey } from '#idempotency/idempotency-key.js';

import { PostErrors } from './posts.errors.js';
import { Post, PostPath, PostRequest, Posts, PostsQuery } from './posts.schemas.js';
import { PostsService } from './posts.service.js';

@ApiTags('Posts')
@Controller('v1/posts')
export class PostsController {
  constructor(private readonly service: PostsService) {}

  @HttpPost()
  @AcceptsIdempotencyKey()
  @Endpoint({
    summary: 'Publish a post',
    answers: { 201: Post },
    errors: [PostErrors.POST_ID_TAKEN, CommonErrors.PROFILE_REQUIRED, CommonErrors.IDEMPOTENCY_KEY_REUSED],
    writes: true,
    emits: true,
  })
  async publish(
    @Actor() actorId: string,
    @Body({ schema: PostRequest }) request: PostRequest,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Post> {
    const { status, body } = await this.service.publish(actorId, request, key);
    void reply.status(status);
    return body;
  }

  @Get()
  @Endpoint({
    summary: "A person's posts, newest first",
    description: 'Empty for somebody unknown.',
    answers: { 200: Posts },
    caller: 'token',
  })
  list(@Query({ schema: PostsQuery }) query: PostsQuery): Promise<Posts> {
    return this.service.list(query);
  }

  @Get(':postId')
  @Endpoint({
    summary: 'Get a post',
    answers: { 200: Post },
    errors: [PostErrors.POST_NOT_FOUND],
    caller: 'token',
  })
  get(@Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>): Promise<Post> {
    return this.service.get(postId);
  }

  @Delete(':postId')
  @HttpCode(204)
  @Endpoint({
    summary: 'Remove your post',
    description: 'For good: its id stays taken.',
    answers: { 204: null },
    errors: [PostErrors.POST_NOT_FOUND],
    writes: true,
    emits: true,
  })
  async remove(
    @Actor() actorId: string,
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
  ): Promise<void> {
    await this.service.remove(actorId, postId);
  }
}
