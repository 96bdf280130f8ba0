import { Body, Controller, Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { AcceptsIdempotencyKey, Endpoint } from '#http/endpoint.js';
import { IdempotencyKey } from '#idempotency/idempotency-key.js';

import { ReactErrors } from './react.errors.js';
import {
  CommentPath,
  CommentReaction,
  PostPath,
  PostReaction,
  type ReactionAnswer,
  ReactionRequest,
} from './react.schemas.js';
import { ReactService } from './react.service.js';

const creationErrors = [CommonErrors.PROFILE_REQUIRED, CommonErrors.IDEMPOTENCY_KEY_REUSED];

@ApiTags('Reactions')
@Controller('v1')
export class ReactController {
  constructor(private readonly service: ReactService) {}

  @Post('posts/:postId/reactions')
  @AcceptsIdempotencyKey()
  @Endpoint({
    summary: 'React to a post',
    description: 'One reaction a user and post: 201 if there was none, 200 if it was there or changed.',
    answers: { 201: PostReaction, 200: PostReaction },
    errors: [ReactErrors.REACTION_POST_NOT_FOUND, ...creationErrors],
    writes: true,
    emits: true,
  })
  async reactToPost(
    @Actor() actorId: string,
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
    @Body({ schema: ReactionRequest }) { type }: ReactionRequest,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReactionAnswer> {
    const { status, body } = await this.service.react(actorId, { kind: 'post', id: postId }, type, key);
    void reply.status(status);
    return body;
  }

  @Post('comments/:commentId/reactions')
  @AcceptsIdempotencyKey()
  @Endpoint({
    summary: 'React to a comment',
    description: 'One reaction a user and comment: 201 if there was none, 200 if it was there or changed.',
    answers: { 201: CommentReaction, 200: CommentReaction },
    errors: [ReactErrors.REACTION_COMMENT_NOT_FOUND, ...creationErrors],
    writes: true,
    emits: true,
  })
  async reactToComment(
    @Actor() actorId: string,
    @Param({ schema: CommentPath }) { commentId }: z.output<typeof CommentPath>,
    @Body({ schema: ReactionRequest }) { type }: ReactionRequest,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReactionAnswer> {
    const { status, body } = await this.service.react(actorId, { kind: 'comment', id: commentId }, type, key);
    void reply.status(status);
    return body;
  }

  @Delete('posts/:postId/reactions/mine')
  @HttpCode(204)
  @Endpoint({
    summary: 'Take your reaction to a post back',
    answers: { 204: null },
    writes: true,
    emits: true,
  })
  async unreactToPost(
    @Actor() actorId: string,
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
  ) {
    await this.service.unreact(actorId, { kind: 'post', id: postId });
  }

  @Delete('comments/:commentId/reactions/mine')
  @HttpCode(204)
  @Endpoint({
    summary: 'Take your reaction to a comment back',
    answers: { 204: null },
    writes: true,
    emits: true,
  })
  async unreactToComment(
    @Actor() actorId: string,
    @Param({ schema: CommentPath }) { commentId }: z.output<typeof CommentPath>,
  ) {
    await this.service.unreact(actorId, { kind: 'comment', id: commentId });
  }
}
