import { type Context, type Link, type Span, SpanKind, trace } from '@opentelemetry/api';

import { contextOf, endSpan, markFailed, startSpan, within } from '#tracing/spans.js';

/** The `traceparent` that an event was stored with: of the request that caused it. */
export function traceparentOf(event: unknown): string | undefined {
  return textIn(event, 'traceparent');
}

/**
 * A span for each of some events that are worked on together, each in the trace of the request that caused it. Many
 * events in one job or transaction are of many traces: what is done for all of them at once stands in the trace of the
 * first, and the others link to it.
 */
export class EventSpans {
  private readonly spans: ReadonlyMap<unknown, Span>;

  /**
   * @param verb what is done with them; with the event's type it names the span.
   * @param events as they were stored; unknown.
   */
  constructor(
    verb: string,
    kind: SpanKind.PRODUCER | SpanKind.CONSUMER,
    events: readonly unknown[],
    consumer: string,
  ) {
    this.spans = new Map(events.map((event) => [event, start(verb, kind, event, consumer)]));
  }

  /** Runs `work` as part of one event's span. */
  of<T>(event: unknown, work: () => T): T {
    const span = this.spans.get(event);
    return span === undefined ? work() : within(span, work);
  }

  /** Runs work for several events at once. */
  together<T>(events: readonly unknown[], work: () => T): T {
    const [first, ...others] = events;
    const shared = this.spans.get(first)?.spanContext();
    if (shared !== undefined) for (const event of others) this.spans.get(event)?.addLink({ context: shared });
    return this.of(first, work);
  }

  /** Notes that an event failed. */
  fail(event: unknown, error: unknown): void {
    const span = this.spans.get(event);
    if (span !== undefined) markFailed(span, error);
  }

  end(): void {
    for (const span of this.spans.values()) endSpan(span);
  }
}

function start(verb: string, kind: SpanKind, event: unknown, consumer: string): Span {
  const attributes = { 'beckon.event.id': textIn(event, 'id'), 'beckon.consumer': consumer };
  return startSpan(`${verb} ${textIn(event, 'type') ?? 'event'}`, { kind, attributes, ...placeOf(event) });
}

/** Below the job that brought the event if that is of the same trace; else only linked with it. */
function placeOf(event: unknown): { parent?: Context; links?: Link[] } {
  const own = contextOf(traceparentOf(event));
  const job = trace.getActiveSpan()?.spanContext();
  if (job === undefined) return { parent: own };
  return job.traceId === trace.getSpanContext(own)?.traceId ? {} : { parent: own, links: [{ context: job }] };
}

function textIn(event: unknown, field: string): string | undefined {
  const value = (event as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? value : undefined;
}
