import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Caller, type Principal, RequireScope } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Endpoint } from '#http/endpoint.js';
import { EventStream } from '#http/event-stream.js';

import { AdminErrors } from '../admin.errors.js';
import { OperationsHub } from './operations-hub.js';
import { snapshotExample } from './snapshot.schemas.js';

@ApiTags('Operations')
@RequireScope('admin')
@Controller('v1/admin')
export class LiveController {
  constructor(private readonly hub: OperationsHub) {}

  @Get('stream')
  @ApiProduces('text/event-stream')
  @ApiResponse({
    status: 200,
    description:
      'Server-Sent Events: a `snapshot` now and about every 2 s: `queues`, `deliveries` and `unknown` as in ' +
      '`GET /v1/admin/queues`, `rates` {seconds, posts {perSecond, latency}, settled [{consumer, perSecond}], ' +
      'arrival} since the snapshot before (null in the first; latencies are {p50, p99} in seconds or null), ' +
      '`processes` [{id, name, apps, uptimeSeconds, residentBytes, dependencies [{name, state}]}] and `away`, the apps ' +
      'that did not answer. Snapshots have no ids: a reader that is slow or was away misses them. The stream ends ' +
      'when the token does.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: `event: snapshot\ndata: ${JSON.stringify(snapshotExample)}\n\n`,
      },
    },
  })
  @Endpoint({
    summary: 'Queues, rates, latencies and health, live',
    description:
      'It has no end, and `/docs` shows an answer when it has ended. So try it in a terminal: ' +
      "`curl -N -H 'Authorization: Bearer <token>' http://localhost:3000/v1/admin/stream`",
    caller: 'token',
    answers: {},
    hasInput: false,
    errors: [CommonErrors.FORBIDDEN, AdminErrors.OPERATIONS_STREAM_LIMIT],
  })
  open(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Caller() { expiresAt }: Principal): void {
    this.hub.requireRoom();
    if (request.raw.destroyed) return;
    reply.hijack();
    const stream = new EventStream(expiresAt, reply.raw);
    reply.raw.once('close', () => {
      stream.end();
      this.hub.remove(stream);
    });
    stream.start(reply.getHeaders());
    this.hub.add(stream);
  }
}
