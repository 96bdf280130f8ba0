import { SpanKind, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

import { EventSpans } from './event-spans.js';
import { inSpan } from './spans.js';

const [first, second] = ['1'.repeat(32), '2'.repeat(32)];
const event = (traceId: string) => ({
  id: `event-of-${traceId[0]}`,
  type: 'reaction.added.v1',
  traceparent: `00-${traceId}-${'a'.repeat(16)}-01`,
});

describe('spans of events', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

  beforeAll(() => provider.register());
  beforeEach(() => exporter.reset());
  afterAll(async () => {
    trace.disable();
    await provider.shutdown();
  });

  const spanOf = (name: string, traceId: string): ReadableSpan => {
    const found = exporter
      .getFinishedSpans()
      .find((span) => span.name === name && span.spanContext().traceId === traceId);
    if (found === undefined) throw new Error(`no span ${name} of ${traceId}`);
    return found;
  };

  it('are each in the trace of the request that caused the event', async () => {
    const events = [event(first), event(second)];
    const spans = new EventSpans('consume', SpanKind.CONSUMER, events, 'notification');
    await spans.of(events[1], () => inSpan('ask', { kind: SpanKind.CLIENT }, async () => undefined));
    spans.end();

    expect(spanOf('consume reaction.added.v1', first).parentSpanContext?.spanId).toBe('a'.repeat(16));
    const own = spanOf('consume reaction.added.v1', second);
    expect(own.attributes).toEqual({ 'beckon.event.id': 'event-of-2', 'beckon.consumer': 'notification' });
    expect(spanOf('ask', second).parentSpanContext?.spanId).toBe(own.spanContext().spanId);
  });

  it('link to what was done for all of them at once', () => {
    const events = [event(first), event(second)];
    const spans = new EventSpans('consume', SpanKind.CONSUMER, events, 'notification');
    const doneIn = spans.together(events, () => trace.getActiveSpan()?.spanContext().traceId);
    spans.end();

    expect(doneIn).toBe(first);
    const shared = spanOf('consume reaction.added.v1', first).spanContext();
    expect(spanOf('consume reaction.added.v1', second).links.map(({ context }) => context)).toEqual([shared]);
  });

  it('are below the job that brought them in its own trace, and linked with it in others', async () => {
    const events = [event(first), event(second)];
    const job = new EventSpans('process', SpanKind.CONSUMER, [events[0]], 'notification');
    await job.of(events[0], async () =>
      new EventSpans('consume', SpanKind.CONSUMER, events, 'notification').end(),
    );
    job.end();

    const { spanId } = spanOf('process reaction.added.v1', first).spanContext();
    expect(spanOf('consume reaction.added.v1', first).parentSpanContext?.spanId).toBe(spanId);
    const other = spanOf('consume reaction.added.v1', second);
    expect(other.parentSpanContext?.spanId).toBe('a'.repeat(16));
    expect(other.links.map(({ context }) => context.spanId)).toEqual([spanId]);
  });

  it('take what is no event for one without a trace', () => {
    const spans = new EventSpans('consume', SpanKind.CONSUMER, [null, 7, { traceparent: 7 }], 'user');
    spans.fail(null, new TypeError('no event'));
    spans.end();

    const [failed, ...others] = exporter.getFinishedSpans();
    expect(failed?.attributes['error.type']).toBe('TypeError');
    expect(others.map(({ name }) => name)).toEqual(['consume event', 'consume event']);
  });
});
