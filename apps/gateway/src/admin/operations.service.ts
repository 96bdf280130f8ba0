import { Injectable } from '@nestjs/common';

import { type Service, services } from '#config/config.js';
import { catalogue, type Consumer, consumers } from '#contracts/catalogue.js';
import { parseEvent } from '#contracts/events.js';
import type { ConsumedEvent, ProducedEvent } from '#contracts/generated/beckon/v1/beckon.js';
import { eventQueues } from '#contracts/queues.js';
import { CodedError } from '#errors/coded-error.js';
import { PAGE_DEADLINE_MS } from '#grpc/remote.js';
import { Remotes } from '#grpc/remotes.js';

import { AdminErrors, doesNotAnswer } from './admin.errors.js';
import type { EventStory, Queues } from './admin.schemas.js';
import { askEach } from './ask-each.js';

/** What operators ask of all apps at once. */
@Injectable()
export class OperationsService {
  constructor(private readonly remotes: Remotes) {}

  /** Queues and what is unsettled. Apps that are away are told as such, and cost the others nothing. */
  async queues(deadlineMs = PAGE_DEADLINE_MS): Promise<Queues> {
    const { answers, unknown } = await askEach(services, (app) =>
      this.remotes.admin(app).call((client) => client.describeApp, { app }, deadlineMs),
    );
    return {
      queues: consumers.map((consumer) => {
        const queue = answers.get(consumer)?.queue;
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
      deliveries: [...answers].flatMap(([producer, { deliveries }]) =>
        deliveries.map((delivery) => ({ producer, ...delivery })),
      ),
      unknown,
    };
  }

  /**
   * Where an event is: accepted by whom, settled by whom, told to how many.
   * @throws CodedError EVENT_NOT_FOUND; DEPENDENCY_UNAVAILABLE when only apps that do not answer may know it
   */
  async story(eventId: string): Promise<EventStory> {
    const { production, silent } = await this.findProduction(eventId);
    const event = production === undefined ? undefined : readEvent(production.produced.event);
    const takers = event?.takers ?? consumers;
    const { answers, unknown } = await askEach(takers, async (app) => {
      const known = event?.takers === undefined ? undefined : production?.produced.event;
      const request = { app, eventId, event: known };
      const { consumed } = await this.remotes
        .admin(app)
        .call((client) => client.getEventStory, request, PAGE_DEADLINE_MS);
      return consumed;
    });
    const missing = [...new Set<Service>([...silent, ...unknown])];
    if (production === undefined && [...answers.values()].every((consumed) => consumed === undefined)) {
      throw missing.length === 0
        ? new CodedError(AdminErrors.EVENT_NOT_FOUND, `No app knows the event ${eventId}.`)
        : doesNotAnswer(missing);
    }
    return {
      eventId,
      type: event?.type ?? null,
      producer: production?.producer ?? null,
      acceptedAt: production?.produced.acceptedAt ?? null,
      event: event?.content ?? null,
      consumers: [...answers]
        .filter(
          ([consumer, consumed]) =>
            event?.takers !== undefined ||
            consumed !== undefined ||
            deliveryTo(consumer, production?.produced) !== undefined,
        )
        .map(([consumer, consumed]) => chapterOf(consumer, consumed, production?.produced)),
      unknown: missing,
    };
  }

  /** Who produced an event; when nobody says so, also those who may have and do not answer. */
  private async findProduction(
    eventId: string,
  ): Promise<{ production?: { producer: Service; produced: ProducedEvent }; silent: readonly Service[] }> {
    const { answers, unknown } = await askEach(services, async (app) => {
      const request = { app, eventId, event: undefined };
      const { produced } = await this.remotes
        .admin(app)
        .call((client) => client.getEventStory, request, PAGE_DEADLINE_MS);
      return produced;
    });
    for (const [producer, produced] of answers)
      if (produced !== undefined) return { production: { producer, produced }, silent: [] };
    return { silent: unknown };
  }
}

function chapterOf(
  consumer: Consumer,
  consumed: ConsumedEvent | undefined,
  produced: ProducedEvent | undefined,
): EventStory['consumers'][number] {
  const dispatches = deliveryTo(consumer, produced)?.dispatches ?? null;
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

function deliveryTo(consumer: Consumer, produced: ProducedEvent | undefined) {
  return produced?.deliveries.find((delivery) => delivery.consumer === consumer);
}

/** Reads an event as its producer keeps it, whose release may be another: older, or newer than this one. */
function readEvent(text: string): StoredEvent {
  const content: unknown = JSON.parse(text);
  try {
    const event = parseEvent(content);
    return { content: event, type: event.type, takers: catalogue[event.type] };
  } catch {
    const type = (content as { type?: unknown } | null)?.type;
    return { content, type: typeof type === 'string' ? type : null, takers: undefined };
  }
}

interface StoredEvent {
  readonly content: unknown;
  readonly type: string | null;
  /** Who takes it in; undefined when it is none of the events that are known here. */
  readonly takers: readonly Consumer[] | undefined;
}
