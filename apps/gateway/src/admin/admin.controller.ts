import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { RequireScope } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Endpoint } from '#http/endpoint.js';

import { AdminErrors } from './admin.errors.js';
import {
  DeadLetterDetail,
  DeadLetters,
  DiscardRequest,
  EventPath,
  EventStory,
  LetterPath,
  LettersQuery,
  Queues,
  Redriven,
  RedrivenMany,
  RedriveRequest,
} from './admin.schemas.js';
import { DeadLettersService } from './dead-letters.service.js';
import { OperationsService } from './operations.service.js';

type LetterParams = z.output<typeof LetterPath>;

const admin = { caller: 'token', errors: [CommonErrors.FORBIDDEN] } as const;
const letterErrors = [CommonErrors.FORBIDDEN, AdminErrors.DEAD_LETTER_NOT_FOUND];

@ApiTags('Operations')
@RequireScope('admin')
@Controller('v1/admin')
export class AdminController {
  constructor(
    private readonly operations: OperationsService,
    private readonly letters: DeadLettersService,
  ) {}

  @Get('queues')
  @Endpoint({
    ...admin,
    summary: 'Queues and unsettled deliveries',
    answers: { 200: Queues },
    hasInput: false,
  })
  queues(): Promise<Queues> {
    return this.operations.queues();
  }

  @Get('dead-letters')
  @Endpoint({ ...admin, summary: 'Dead letters, newest first', answers: { 200: DeadLetters } })
  list(@Query({ schema: LettersQuery }) query: LettersQuery): Promise<DeadLetters> {
    return this.letters.list(query);
  }

  @Get('dead-letters/:id')
  @Endpoint({
    caller: 'token',
    summary: 'One dead letter with what arrived',
    answers: { 200: DeadLetterDetail },
    errors: letterErrors,
  })
  find(@Param({ schema: LetterPath }) { id }: LetterParams): Promise<DeadLetterDetail> {
    return this.letters.find(id);
  }

  @Post('dead-letters/:id/redrive')
  @HttpCode(202)
  @Endpoint({
    caller: 'token',
    summary: 'Apply a dead letter again; done twice it has one effect',
    answers: { 202: Redriven },
    errors: [...letterErrors, AdminErrors.DEAD_LETTER_UNREADABLE],
    writes: true,
  })
  redrive(@Param({ schema: LetterPath }) { id }: LetterParams): Promise<Redriven> {
    return this.letters.redrive(id);
  }

  @Post('dead-letter-redrives')
  @HttpCode(202)
  @Endpoint({
    ...admin,
    summary: 'Apply many dead letters again, oldest first, at a limited rate',
    answers: { 202: RedrivenMany },
    writes: true,
  })
  redriveMany(@Body({ schema: RedriveRequest }) request: RedriveRequest): Promise<RedrivenMany> {
    return this.letters.redriveMany(request);
  }

  @Delete('dead-letters/:id')
  @HttpCode(204)
  @Endpoint({
    caller: 'token',
    summary: 'Give a dead letter up for good',
    answers: { 204: null },
    errors: letterErrors,
    writes: true,
  })
  discard(
    @Param({ schema: LetterPath }) { id }: LetterParams,
    @Body({ schema: DiscardRequest }) { reason }: z.output<typeof DiscardRequest>,
  ): Promise<void> {
    return this.letters.discard(id, reason);
  }

  @Get('events/:eventId')
  @Endpoint({
    caller: 'token',
    summary: "An event's story: accepted, consumed by whom, told to how many",
    answers: { 200: EventStory },
    errors: [CommonErrors.FORBIDDEN, AdminErrors.EVENT_NOT_FOUND],
  })
  story(@Param({ schema: EventPath }) { eventId }: z.output<typeof EventPath>): Promise<EventStory> {
    return this.operations.story(eventId);
  }
}
