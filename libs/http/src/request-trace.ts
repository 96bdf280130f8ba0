import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { contextOf, currentTraceparent, endSpan, startSpan, within } from '#tracing/spans.js';

/**
 * Goes on with a request in a span of its own, if it is one to the API: health checks and pages are nothing to trace.
 * The span ends with the answer, or with the connection: a stream's lasts as long as the stream.
 * @param traceparent the caller's trace context, if it has one
 * @param proceed gets the trace context of the span; undefined while nothing is traced
 */
export function traceRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  traceparent: string | undefined,
  proceed: (own: string | undefined) => void,
): void {
  const route = request.routeOptions.url;
  if (route?.startsWith('/v1/') !== true) return proceed(undefined);
  const span = startSpan(`${request.method} ${route}`, {
    kind: SpanKind.SERVER,
    parent: contextOf(traceparent),
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'beckon.request.id': request.id,
    },
  });
  reply.raw.once('close', () => {
    const { statusCode } = reply.raw;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    endSpan(span);
  });
  within(span, () => proceed(currentTraceparent()));
}
