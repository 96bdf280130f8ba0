import { Body, Controller, HttpCode, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Endpoint } from '#http/endpoint.js';

import { CommentErrors } from '../comments/comments.errors.js';
import { PostPath } from '../comments/comments.schemas.js';
import { ThreadRequest } from './threads.schemas.js';
import { ThreadsService } from './threads.service.js';

@ApiTags('Comments')
@Controller('v1/posts/:postId/thread')
export class ThreadsController {
  constructor(private readonly service: ThreadsService) {}

  @Put()
  @HttpCode(204)
  @Endpoint({
    summary: 'Follow or mute the comments of a post',
    answers: { 204: null },
    errors: [CommentErrors.COMMENT_POST_NOT_FOUND, CommonErrors.PROFILE_REQUIRED],
    writes: true,
    emits: true,
  })
  async setLevel(
    @Actor() actorId: string,
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
    @Body({ schema: ThreadRequest }) { level }: ThreadRequest,
  ): Promise<void> {
    await this.service.setLevel(actorId, postId, level);
  }
}
