import {
  type CallOptions,
  type ChannelOptions,
  type Client,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { SpanKind } from '@opentelemetry/api';
import {
  BrokenCircuitError,
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  wrap,
} from 'cockatiel';
import { setTimeout as wait } from 'node:timers/promises';
import { Counter, Gauge } from 'prom-client';

import type { Tokens } from '#auth/tokens.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { currentRequest } from '#logging/request-context.js';
import { currentTraceparent, inSpan } from '#tracing/spans.js';

/** Past this the caller is better served by an error or by the cache. */
const DEADLINE_MS = 300;
/** No person waits for a job, but others' jobs do: one that asks holds a place that they need. */
export const JOB_DEADLINE_MS = 500;
/** Bulk pages carry thousands of ids, and no person waits for them. */
export const PAGE_DEADLINE_MS = 5_000;
const WARM_UP_MS = 1_000;
const WARM_UP_ROUNDS = 5;
const CONCURRENT_CALLS = 64;
const QUEUED_CALLS = 512;
/** As few as tell a service that is away from a lost call: for each of them somebody waits until the deadline. */
const FAILURES_TO_OPEN = 3;
/** A service that failed and that nobody has called for so long is asked whether it is back. */
const QUIET_MS = 2_000;
const LISTEN_MS = 1_000;

/**
 * gRFC A6: retries by the channel, with throttling so that they stay below a tenth of the calls.
 * Durations need nine decimals, or grpc-js ignores the whole policy.
 */
const SERVICE_CONFIG = JSON.stringify({
  // A name may stand for several processes, and calls go round among them.
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.020000000s',
        maxBackoff: '0.100000000s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
  retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
});

const HEALTH_CHECK = '/grpc.health.v1.Health/Check';

const CHANNEL: ChannelOptions = {
  'grpc.service_config': SERVICE_CONFIG,
  'grpc.enable_retries': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

const calls = new Counter({
  name: 'beckon_grpc_client_calls_total',
  help: 'gRPC calls made, by service called and outcome',
  labelNames: ['service', 'outcome'],
});
const breakerOpen = new Gauge({
  name: 'beckon_grpc_breaker_open',
  help: '1 while calls to a service are refused because it failed before',
  labelNames: ['service'],
});

/** A generated stub's method with all its arguments: `(client) => client.getPosts`. */
type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  done: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** One remote service: a channel behind a deadline, a retry policy, a bulkhead and a circuit breaker. */
export class Remote<C extends Client> {
  private readonly client: C;
  private readonly breaker = circuitBreaker(handleWhen(isInfrastructureError), {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 500, maxDelay: 2_000 }),
  });
  private readonly policy = wrap(bulkhead(CONCURRENT_CALLS, QUEUED_CALLS), this.breaker);
  private readonly closing = new AbortController();
  private isListening = false;
  private calledAt = 0;

  constructor(
    readonly name: string,
    Stub: new (
      address: string,
      creds: ReturnType<typeof credentials.createInsecure>,
      options: ChannelOptions,
    ) => C,
    addresses: readonly string[],
    private readonly tokens: Tokens,
  ) {
    this.client = new Stub(targetOf(addresses), credentials.createInsecure(), CHANNEL);
    breakerOpen.set({ service: name }, 0);
    this.breaker.onStateChange((state) => {
      breakerOpen.set({ service: name }, state === CircuitState.Closed ? 0 : 1);
      if (state === CircuitState.Open && !this.isListening) void this.listen();
    });
  }

  /** `up` unless the latest calls failed and nothing has been answered since. */
  get state(): 'up' | 'degraded' {
    return this.breaker.state === CircuitState.Closed ? 'up' : 'degraded';
  }

  /**
   * Makes one unary call.
   * @throws ServiceError of the call, BrokenCircuitError, BulkheadRejectedError
   */
  call<Request, Response>(
    method: (client: C) => UnaryMethod<Request, Response>,
    request: Request,
    deadlineMs = DEADLINE_MS,
  ): Promise<Response> {
    const attributes = { 'rpc.system': 'grpc', 'peer.service': this.name };
    return inSpan(`call ${this.name}`, { kind: SpanKind.CLIENT, attributes }, () =>
      this.callTraced(method, request, deadlineMs),
    );
  }

  private async callTraced<Request, Response>(
    method: (client: C) => UnaryMethod<Request, Response>,
    request: Request,
    deadlineMs: number,
  ): Promise<Response> {
    this.calledAt = performance.now();
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await this.tokens.forService()}`);
    const traceparent = currentTraceparent() ?? currentRequest()?.traceparent;
    if (traceparent !== undefined) metadata.set('traceparent', traceparent);
    try {
      // Of a service that failed one call finds out whether it is back. Cockatiel would have the others wait for it.
      if (this.breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
      const response = await this.policy.execute(
        () =>
          new Promise<Response>((resolve, reject) => {
            const options = { deadline: Date.now() + deadlineMs };
            method(this.client).call(this.client, request, metadata, options, (error, value) =>
              error === null ? resolve(value) : reject(error),
            );
          }),
      );
      calls.inc({ service: this.name, outcome: 'ok' });
      return response;
    } catch (error) {
      calls.inc({ service: this.name, outcome: isInfrastructureError(error) ? 'unavailable' : 'error' });
      throw error;
    }
  }

  /** Waits for the connection, and makes a call that has time. @throws when the service is away */
  async warmUp<Request, Response>(
    method: (client: C) => UnaryMethod<Request, Response>,
    request: Request,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.client.waitForReady(Date.now() + WARM_UP_MS, (error) =>
        error === undefined ? resolve() : reject(error),
      );
    });
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await this.call(method, request, WARM_UP_MS);
  }

  close(): void {
    this.closing.abort();
    this.client.close();
  }

  /** Until the breaker is closed. By itself it closes only in the course of a call, and perhaps nobody makes one. */
  private async listen(): Promise<void> {
    this.isListening = true;
    const { signal } = this.closing;
    while (!signal.aborted && this.breaker.state !== CircuitState.Closed) {
      await wait(LISTEN_MS, undefined, { ref: false, signal }).catch(() => undefined);
      if (performance.now() - this.calledAt < QUIET_MS) continue;
      await this.breaker.execute(() => this.askHealth()).catch(() => undefined);
    }
    this.isListening = false;
  }

  /** https://github.com/grpc/grpc/blob/master/doc/health-checking.md: an empty request is about the whole server. */
  private askHealth(): Promise<void> {
    const nothing = () => Buffer.alloc(0);
    const options = { deadline: Date.now() + WARM_UP_MS };
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        HEALTH_CHECK,
        nothing,
        nothing,
        undefined,
        new Metadata(),
        options,
        (error) => (error === null ? resolve() : reject(error)),
      );
    });
  }
}

/** https://github.com/grpc/grpc/blob/master/doc/naming.md: one name may have many addresses, a list has only numbers. */
function targetOf(addresses: readonly string[]): string {
  return addresses.length === 1 ? addresses.join() : `ipv4:${addresses.join()}`;
}
