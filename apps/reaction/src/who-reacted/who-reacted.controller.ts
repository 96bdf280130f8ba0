import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Endpoint } from '#http/endpoint.js';

import { ReactErrors } from '../react/react.errors.js';
import {
  CommentPath,
  CommentReactions,
  PostPath,
  PostReactions,
  type ReactionsAnswer,
  ReactionsQuery,
} from '../react/react.schemas.js';
import { WhoReactedService } from './who-reacted.service.js';

@ApiTags('Reactions')
@Controller('v1')
export class WhoReactedController {
  constructor(private readonly service: WhoReactedService) {}

  @Get('posts/:postId/reactions')
  @Endpoint({
    summary: 'Who reacted to a post, newest first',
    answers: { 200: PostReactions },
    errors: [ReactErrors.REACTION_POST_NOT_FOUND],
    caller: 'token',
  })
  ofPost(
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
    @Query({ schema: ReactionsQuery }) query: ReactionsQuery,
  ): Promise<ReactionsAnswer> {
    return this.service.list({ kind: 'post', id: postId }, query);
  }

  @Get('comments/:commentId/reactions')
  @Endpoint({
    summary: 'Who reacted to a comment, newest first',
    answers: { 200: CommentReactions },
    errors: [ReactErrors.REACTION_COMMENT_NOT_FOUND],
    caller: 'token',
  })
  ofComment(
    @Param({ schema: CommentPath }) { commentId }: z.output<typeof CommentPath>,
    @Query({ schema: ReactionsQuery }) query: ReactionsQuery,
  ): Promise<ReactionsAnswer> {
    return this.service.list({ kind: 'comment', id: commentId }, query);
  }
}
