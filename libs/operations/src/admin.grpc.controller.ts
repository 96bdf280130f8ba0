import { GrpcMethod } from '@nestjs/microservices';
import { z } from 'zod';

import { Consumers, type HostedConsumer } from '#consumer/consumers.js';
import type { StoredDeadLetter } from '#consumer/dead-letters.repository.js';
import type * as beckon from '#contracts/generated/beckon/v1/beckon.js';
import { type AnyEvent, parseEvent } from '#contracts/events.js';
import { BeckonId } from '#contracts/ids.js';
import { eventQueues } from '#contracts/queues.js';
import type { GrpcHandlers } from '#grpc/grpc-handlers.js';
import { parseRequest, Text, UtcTime } from '#grpc/grpc-request.js';
import { GrpcService } from '#grpc/grpc-service.js';
import { ProcessFigures } from '#operations/process-figures.js';
import { Outboxes } from '#outbox/outboxes.js';
import { EventQueues } from '#queue/event-queues.js';

const PAGE_LIMIT = 101;
const REDRIVE_LIMIT = 10_000;
const NOTHING_KNOWN = { waiting: 0, active: 0, delayed: 0, oldestAgeSeconds: 0 };

/** What the gateway asks each app for its operators. Apps that are hosted elsewhere answer with nothing. */
@GrpcService('admin')
export class AdminGrpcController implements GrpcHandlers<typeof beckon.AdminServiceService> {
  constructor(
    private readonly consumers: Consumers,
    private readonly outboxes: Outboxes,
    private readonly queues: EventQueues,
    private readonly figures: ProcessFigures,
  ) {}

  @GrpcMethod('AdminService', 'DescribeApp')
  async describeApp({ app }: beckon.DescribeAppRequest): Promise<beckon.DescribeAppResponse> {
    const hosted = this.consumers.find(app);
    const backlog = (await this.outboxes.find(app)?.unsettled.read()) ?? [];
    return {
      queue: hosted === undefined ? undefined : await this.describeQueue(hosted),
      deliveries: backlog.map(({ consumer, unsettled, oldest_seconds: oldestAgeSeconds }) => ({
        consumer,
        unsettled,
        oldestAgeSeconds,
      })),
    };
  }

  @GrpcMethod('AdminService', 'DescribeProcess')
  describeProcess(): Promise<beckon.DescribeProcessResponse> {
    return this.figures.describe();
  }

  @GrpcMethod('AdminService', 'ListDeadLetters')
  async listDeadLetters(request: beckon.ListDeadLettersRequest): Promise<beckon.ListDeadLettersResponse> {
    const { app, type, beforeDiedAt, beforeId } = request;
    const limit = parseRequest(z.number().int().min(1).max(PAGE_LIMIT), request.limit);
    const before =
      beforeDiedAt === undefined
        ? null
        : { diedAt: parseRequest(UtcTime, beforeDiedAt), id: parseRequest(BeckonId, beforeId) };
    const ofType = type === undefined ? null : parseRequest(Text, type);
    const letters = (await this.consumers.find(app)?.letters.list(ofType, before, limit)) ?? [];
    return { deadLetters: letters.map(toMessage) };
  }

  @GrpcMethod('AdminService', 'GetDeadLetter')
  async getDeadLetter({ app, id }: beckon.GetDeadLetterRequest): Promise<beckon.GetDeadLetterResponse> {
    const letter = await this.consumers.find(app)?.letters.find(parseRequest(BeckonId, id));
    return { deadLetter: letter === undefined ? undefined : toMessage(letter) };
  }

  @GrpcMethod('AdminService', 'RedriveDeadLetters')
  async redriveDeadLetters(
    request: beckon.RedriveDeadLettersRequest,
  ): Promise<beckon.RedriveDeadLettersResponse> {
    const hosted = this.consumers.find(request.app);
    if (hosted === undefined) return { redriven: 0 };
    const { id, type, diedBefore } = request;
    const redriven = await hosted.letters.mark({
      ...(id === undefined ? {} : { id: parseRequest(BeckonId, id) }),
      ...(type === undefined ? {} : { type: parseRequest(Text, type) }),
      ...(diedBefore === undefined ? {} : { diedBefore: parseRequest(UtcTime, diedBefore) }),
      limit: parseRequest(z.number().int().min(1).max(REDRIVE_LIMIT), request.limit),
    });
    if (redriven > 0) hosted.redrive();
    return { redriven };
  }

  @GrpcMethod('AdminService', 'DiscardDeadLetter')
  async discardDeadLetter(
    request: beckon.DiscardDeadLetterRequest,
  ): Promise<beckon.DiscardDeadLetterResponse> {
    const hosted = this.consumers.find(request.app);
    if (hosted === undefined) return { discarded: false };
    const { letters, handler } = hosted;
    const also = handler.discard?.bind(handler);
    const [id, reason] = [parseRequest(BeckonId, request.id), parseRequest(Text, request.reason)];
    return { discarded: await letters.discard(id, reason, also) };
  }

  @GrpcMethod('AdminService', 'GetEventStory')
  async getEventStory(request: beckon.GetEventStoryRequest): Promise<beckon.GetEventStoryResponse> {
    const eventId = parseRequest(BeckonId, request.eventId);
    const hosted = this.consumers.find(request.app);
    const [produced, consumed] = await Promise.all([
      this.outboxes.find(request.app)?.deliveries.story(eventId),
      hosted === undefined ? undefined : this.consumption(hosted, eventId, request.event),
    ]);
    return {
      produced:
        produced === undefined ? undefined : { ...produced, acceptedAt: produced.acceptedAt.toISOString() },
      consumed,
    };
  }

  private async consumption(
    { ledger, handler }: HostedConsumer,
    eventId: string,
    event: string | undefined,
  ): Promise<beckon.ConsumedEvent | undefined> {
    const story = await ledger.story(eventId);
    if (story === undefined) return undefined;
    const known = event === undefined ? undefined : readEvent(event);
    const reach = known === undefined ? undefined : await handler.reach?.(known);
    return {
      status: story.status,
      attempts: story.attempts,
      error: story.error ?? undefined,
      updatedAt: story.updatedAt.toISOString(),
      told: reach?.told,
      openParts: reach?.openParts ?? 0,
    };
  }

  /** Dead letters are in PostgreSQL, and known while Redis is away. */
  private async describeQueue({ consumer, letters }: HostedConsumer): Promise<beckon.QueueDescription> {
    const [state, deadLetters] = await Promise.all([
      this.queues.describe(consumer).catch(() => undefined),
      letters.count(),
    ]);
    const { name } = eventQueues[consumer];
    return { name, ...(state ?? NOTHING_KNOWN), redisAway: state === undefined, deadLetters };
  }
}

/** An event as its producer has stored it; undefined when that is of another release, and has no meaning here. */
function readEvent(text: string): AnyEvent | undefined {
  try {
    return parseEvent(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function toMessage({ firstAt, diedAt, eventId, type, ...letter }: StoredDeadLetter): beckon.DeadLetter {
  return {
    ...letter,
    eventId: eventId ?? undefined,
    type: type ?? undefined,
    firstAt: firstAt.toISOString(),
    diedAt: diedAt.toISOString(),
  };
}
