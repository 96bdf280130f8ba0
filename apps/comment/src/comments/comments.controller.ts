import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { AcceptsIdempotencyKey, Endpoint } from '#http/endpoint.js';
import { PageQuery } from '#http/paging.js';
import { IdempotencyKey } from '#idempotency/idempotency-key.js';

import { CommentErrors } from './comments.errors.js';
import { Comment, CommentEdit, CommentPath, CommentRequest, Comments, PostPath } from './comments.schemas.js';
import { CommentsService } from './comments.service.js';

@ApiTags('Comments')
@Controller('v1')
export class CommentsController {
  constructor(private readonly service: CommentsService) {}

  @Post('posts/:postId/comments')
  @AcceptsIdempotencyKey()
  @Endpoint({
    summary: 'Comment on a post, or reply to a comment of it',
    answers: { 201: Comment },
    errors: [
      CommentErrors.COMMENT_POST_NOT_FOUND,
      CommentErrors.COMMENT_PARENT_NOT_FOUND,
      CommonErrors.PROFILE_REQUIRED,
      CommonErrors.IDEMPOTENCY_KEY_REUSED,
    ],
    writes: true,
    emits: true,
  })
  async add(
    @Actor() actorId: string,
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
    @Body({ schema: CommentRequest }) request: CommentRequest,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Comment> {
    const { status, body } = await this.service.add(actorId, postId, request, key);
    void reply.status(status);
    return body;
  }

  @Get('posts/:postId/comments')
  @Endpoint({
    summary: 'The comments of a post, oldest first',
    description: 'Replies stay when what they reply to is removed.',
    answers: { 200: Comments },
    errors: [CommentErrors.COMMENT_POST_NOT_FOUND],
    caller: 'token',
  })
  list(
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<Comments> {
    return this.service.list(postId, query);
  }

  @Get('comments/:commentId')
  @Endpoint({
    summary: 'Get a comment',
    answers: { 200: Comment },
    errors: [CommentErrors.COMMENT_NOT_FOUND],
    caller: 'token',
  })
  get(@Param({ schema: CommentPath }) { commentId }: z.output<typeof CommentPath>): Promise<Comment> {
    return this.service.get(commentId);
  }

  @Patch('comments/:commentId')
  @Endpoint({
    summary: 'Edit your comment',
    description: 'The same text again changes nothing.',
    answers: { 200: Comment },
    errors: [CommentErrors.COMMENT_NOT_FOUND],
    writes: true,
    emits: true,
  })
  edit(
    @Actor() actorId: string,
    @Param({ schema: CommentPath }) { commentId }: z.output<typeof CommentPath>,
    @Body({ schema: CommentEdit }) { body }: CommentEdit,
  ): Promise<Comment> {
    return this.service.edit(actorId, commentId, body);
  }

  @Delete('comments/:commentId')
  @HttpCode(204)
  @Endpoint({
    summary: 'Remove your comment, or one on your post',
    answers: { 204: null },
    errors: [CommentErrors.COMMENT_NOT_FOUND],
    writes: true,
    emits: true,
  })
  async remove(
    @Actor() actorId: string,
    @Param({ schema: CommentPath }) { commentId }: z.output<typeof CommentPath>,
  ): Promise<void> {
    await this.service.remove(actorId, commentId);
  }
}
