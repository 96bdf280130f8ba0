import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/** Does nothing, and costs next to it, until `exportTraces` puts a real one behind it. */
const tracer = trace.getTracer('beckon');

export interface SpanDescription {
  readonly kind: SpanKind;
  /** No personal data: ids of events and names of routes, never of people. */
  readonly attributes?: Attributes;
  /** What the span is part of; what runs now when left out. */
  readonly parent?: Context | undefined;
  readonly links?: Link[];
}

/** The W3C trace context (`traceparent`) of what runs now; undefined while nothing is traced. */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** What a `traceparent` from elsewhere stands for; no trace at all when there is none or nothing is traced. */
export function contextOf(traceparent: string | undefined): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}

/** Starts a span; whoever does ends it with `endSpan`. */
export function startSpan(
  name: string,
  { kind, attributes = {}, parent, links = [] }: SpanDescription,
): Span {
  return tracer.startSpan(name, { kind, attributes, links }, parent ?? context.active());
}

/** Ends a span. @param error why what it stands for failed; undefined when it did not */
export function endSpan(span: Span, error?: unknown): void {
  if (error !== undefined) markFailed(span, error);
  span.end();
}

/** The name of the error alone: its message may quote what people wrote. */
export function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
}

/** Runs `work` so that what it starts and calls is part of the span. */
export function within<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Runs `work` in a span of its own, which ends with it. */
export async function inSpan<T>(
  name: string,
  description: SpanDescription,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, description);
  try {
    const result = await within(span, () => work(span));
    endSpan(span);
    return result;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}
