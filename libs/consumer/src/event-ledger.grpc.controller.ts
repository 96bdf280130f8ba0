import { status } from '@grpc/grpc-js';
import { GrpcMethod, RpcException } from '@nestjs/microservices';

import { Consumers } from '#consumer/consumers.js';
import type {
  EventLedgerService,
  FindUnsettledRequest,
  FindUnsettledResponse,
} from '#contracts/generated/beckon/v1/beckon.js';
import { BeckonId } from '#contracts/ids.js';
import type { GrpcHandlers } from '#grpc/grpc-handlers.js';
import { GrpcService } from '#grpc/grpc-service.js';

const MAX_IDS = 1_000;

/** Tells producers which of their events are not settled. */
@GrpcService()
export class EventLedgerController implements GrpcHandlers<typeof EventLedgerService> {
  constructor(private readonly consumers: Consumers) {}

  @GrpcMethod('EventLedger', 'FindUnsettled')
  async findUnsettled({ consumer, eventIds }: FindUnsettledRequest): Promise<FindUnsettledResponse> {
    const ledger = this.consumers.find(consumer)?.ledger;
    if (ledger === undefined)
      throw new RpcException({ code: status.NOT_FOUND, message: `no consumer ${consumer} here` });
    if (eventIds.length > MAX_IDS || !eventIds.every((id) => BeckonId.safeParse(id).success)) {
      throw new RpcException({
        code: status.INVALID_ARGUMENT,
        message: `event_ids takes at most ${MAX_IDS} UUIDs`,
      });
    }
    return { eventIds: await ledger.findUnsettled(eventIds) };
  }
}
