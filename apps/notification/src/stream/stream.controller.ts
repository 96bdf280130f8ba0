import { Controller, Get, Headers, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

import { Actor, Caller, type Principal, Public } from '#auth/principal.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Endpoint } from '#http/endpoint.js';

import { NotificationErrors } from '../notifications/notifications.errors.js';
import { ReaderLocale } from '../notifications/reader-locale.js';
import type { TitleLocale } from '../notifications/titles.messages.js';
import { LastEventId, StreamQuery, StreamTicket } from './stream.schemas.js';
import { StreamService } from './stream.service.js';

@ApiTags('Inbox')
@Controller('v1/notifications')
export class StreamController {
  constructor(private readonly service: StreamService) {}

  @Post('stream-tickets')
  @HttpCode(200)
  @Endpoint({
    summary: 'Get a ticket for an EventSource, which cannot send headers',
    answers: { 200: StreamTicket },
    writes: true,
    hasInput: false,
  })
  issueTicket(
    @Actor() recipientId: string,
    @Caller() principal: Principal,
  ): Promise<z.output<typeof StreamTicket>> {
    return this.service.issueTicket(recipientId, principal);
  }

  /** Public to the guard, because a ticket may stand for the token; the service authenticates. */
  @Get('stream')
  @Public()
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Resume after this sequence.' })
  @ApiResponse({
    status: 200,
    description:
      'Server-Sent Events in the order of `id`, the sequence: `group` {group, users}, `removed` {id, seq}, ' +
      '`counts` {unread, unseen, seq} after the groups it belongs to, `reset` {seq} when what was asked for is gone.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: 'id: 416\nevent: counts\ndata: {"unread":3,"unseen":1,"seq":416}\n\n',
      },
    },
  })
  @Endpoint({
    summary: 'Your notifications, live',
    description:
      'It has no end, and `/docs` shows an answer when it has ended. So try it in a terminal: ' +
      "`curl -N -H 'Authorization: Bearer <token>' http://localhost:3000/v1/notifications/stream`",
    answers: {},
    errors: [NotificationErrors.STREAM_TICKET_INVALID, NotificationErrors.STREAM_LIMIT],
  })
  open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query({ schema: StreamQuery }) query: StreamQuery,
    @Headers('last-event-id') header: string | undefined,
    @ReaderLocale() locale: TitleLocale,
  ): Promise<void> {
    return this.service.open(
      request,
      reply,
      query.ticket,
      readLastEventId(header) ?? readLastEventId(query.lastEventId),
      locale,
    );
  }
}

function readLastEventId(given: string | undefined): number | undefined {
  if (given === undefined || given === '') return undefined;
  // The query was looked at before.
  if (LastEventId.safeParse(given).success) return Number(given);
  throw new CodedError(CommonErrors.INVALID_INPUT, 'Last-Event-ID is not a sequence.', {
    issues: [{ path: 'headers.last-event-id', message: 'must be a whole number' }],
  });
}
