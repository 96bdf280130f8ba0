import { Injectable } from '@nestjs/common';

import { type Service, services } from '#config/config.js';
import { catalogue, type Consumer, consumers } from '#contracts/catalogue.js';
import { type AnyEvent, parseEvent } from '#contracts/events.js';
import type {
  ConsumedEvent,
  DescribeAppResponse,
  ProducedEvent,
} from '#contracts/generated/beckon/v1/beckon.js';
import { eventQueues } from '#contracts/queues.js';
import { CodedError } from '#errors/coded-error.js';
import { PAGE_DEADLINE_MS } from '#grpc/remote.js';
import { Remotes } from '#grpc/remotes.js';

import { AdminErrors } from './admin.errors.js';
import type { EventStory, Queues } from './admin.schemas.js';

/** What operators ask of all apps at once. */
@Injectable()
export class OperationsService {
  constructor(private readonly remotes: Remotes) {}

  /** Queues and what is unsettled. Apps that are away are told as such, and cost the others nothing. */
  async queues(deadlineMs = PAGE_DEADLINE_MS): Promise<Queues> {
    const described = new Map<Service, DescribeAppResponse | undefined>(
      await Promise.all(
        services.map(
          async (app) =>
            [
              app,
              await this.remotes
                .admin(app)
                .call((client) => client.describeApp, { app }, deadlineMs)
                .catch(() => undefined),
            ] as const,
        ),
      ),
    );
    return {
      queues: consumers.map((consumer) => {
        const queue = described.get(consumer)?.queue;
        return {
          name: eventQueues[consumer].name,
          reachable: queue !== undefined && !queue.redisAway,
          waiting: queue?.waiting ?? 0,
          active: queue?.active ?? 0,
          delayed: queue?.delayed ?? 0,
          oldestAgeSeconds: queue?.oldestAgeSeconds ?? 0,
          deadLetters: queue?.deadLetters ?? 0,
        };
      }),
      deliveries: [...described].flatMap(([producer, app]) =>
        (app?.deliveries ?? []).map((delivery) => ({ producer, ...delivery })),
      ),
    };
  }

  /** Where an event is: accepted by whom, settled by whom, told to how many. @throws CodedError EVENT_NOT_FOUND */
  async story(eventId: string): Promise<EventStory> {
    const production = await this.findProduction(eventId);
    const event = production === undefined ? undefined : readEvent(production.produced.event);
    const told = await Promise.all(
      (event === undefined ? consumers : catalogue[event.type]).map(async (consumer) => {
        const request = { app: consumer, eventId, event: production?.produced.event };
        const { consumed } = await this.remotes
          .admin(consumer)
          .call((client) => client.getEventStory, request, PAGE_DEADLINE_MS);
        return { consumer, consumed };
      }),
    );
    if (production === undefined && told.every(({ consumed }) => consumed === undefined)) {
      throw new CodedError(AdminErrors.EVENT_NOT_FOUND, `No app knows the event ${eventId}.`);
    }
    return {
      eventId,
      type: event?.type ?? null,
      producer: production?.producer ?? null,
      acceptedAt: production?.produced.acceptedAt ?? null,
      event: event ?? null,
      consumers: told
        .filter(({ consumed }) => event !== undefined || consumed !== undefined)
        .map(({ consumer, consumed }) => chapterOf(consumer, consumed, production?.produced)),
    };
  }

  private async findProduction(
    eventId: string,
  ): Promise<{ producer: Service; produced: ProducedEvent } | undefined> {
    const answers = await Promise.all(
      services.map(async (app) => {
        const request = { app, eventId, event: undefined };
        const { produced } = await this.remotes
          .admin(app)
          .call((client) => client.getEventStory, request, PAGE_DEADLINE_MS);
        return produced === undefined ? undefined : { producer: app, produced };
      }),
    );
    return answers.find((answer) => answer !== undefined);
  }
}

function chapterOf(
  consumer: Consumer,
  consumed: ConsumedEvent | undefined,
  produced: ProducedEvent | undefined,
): EventStory['consumers'][number] {
  const dispatches =
    produced?.deliveries.find((delivery) => delivery.consumer === consumer)?.dispatches ?? null;
  const settled = consumed?.status === 'done' || consumed?.status === 'dead';
  return {
    consumer,
    state:
      (consumed?.status as EventStory['consumers'][number]['state']) ??
      (dispatches ? 'dispatched' : 'waiting'),
    dispatches,
    attempts: consumed?.attempts ?? 0,
    error: consumed?.error ?? null,
    settledAt: settled ? consumed.updatedAt : null,
    told: consumed?.told ?? null,
    openParts: consumed?.openParts ?? 0,
  };
}

function readEvent(text: string): AnyEvent {
  return parseEvent(JSON.parse(text));
}
