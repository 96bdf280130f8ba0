import { type Attributes, type Context, diag, DiagLogLevel, type Link, SpanKind } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { randomUUID } from 'node:crypto';

export interface TracingSettings {
  /** Names the process among others: `service.name`. */
  readonly process: string;
  readonly version: string;
  /** Where an OTLP/HTTP collector listens; traces go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** Which share of the requests that nobody else traces begin a trace: 0 to 1. */
  readonly ratio: number;
  /** Told when spans could not be handed over; they are dropped then, and nothing waits for it. */
  readonly onProblem: (message: string) => void;
}

/**
 * Begins to trace; before anything else in a process that could make a span. Import this file only where traces are
 * asked for: it brings the SDK with it.
 * @returns hands over what is left, and ends it
 */
export function exportTraces(settings: TracingSettings): () => Promise<void> {
  const { process, version, endpoint, ratio, onProblem } = settings;
  const report = (message: string) => onProblem(message);
  const quiet = () => undefined;
  diag.setLogger(
    { error: report, warn: report, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN },
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': `beckon-${process}`,
      'service.version': version,
      'service.instance.id': randomUUID(),
    }),
    sampler: new ParentBasedSampler({ root: new RequestsOnly(ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return () => provider.shutdown();
}

/**
 * A trace begins with a request. What runs by itself (polls, sweeps, a worker that asks for jobs) would fill a
 * collector and tell nobody anything.
 */
class RequestsOnly implements Sampler {
  private readonly requests: Sampler;

  constructor(ratio: number) {
    this.requests = new TraceIdRatioBasedSampler(ratio);
  }

  shouldSample(
    parent: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    return kind === SpanKind.SERVER
      ? this.requests.shouldSample(parent, traceId, name, kind, attributes, links)
      : { decision: SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return `RequestsOnly{${this.requests.toString()}}`;
  }
}
