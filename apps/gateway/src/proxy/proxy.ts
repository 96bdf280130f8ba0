import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { services } from '#config/config.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { sendProblem } from '#http/problem.filter.js';
import { routes } from '#http/routes.js';
import { isWrite } from '#http/write-limits.js';
import { logger } from '#logging/logger.js';
import { currentRequest } from '#logging/request-context.js';

import type { Backend } from './backend.js';
import type { Backends } from './backends.js';
import { endToEnd } from './headers.js';
import type { OpenStreams } from './open-streams.js';
import { passedRequests } from './passed-requests.js';

/** Longer than any statement of a service may take, so that whoever is slow answers for itself. */
const ANSWER_MS = 20_000;
/** A live stream has a comment every 15 s; one that is silent for so long has lost its sender. */
const SILENCE_MS = 40_000;
const CONNECT_MS = 1_000;
const RETRY_AFTER_SECONDS = 1;

/** What a connection that never stood ends with: nothing of the request has reached anybody. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a request ends with that was taken and not answered in time. */
const NO_ANSWER = 'UND_ERR_HEADERS_TIMEOUT';

/** Requests that a backend has begun to answer: what fails after that is the rest of the answer. */
const answered = new WeakSet<FastifyRequest>();

type Answer = Parameters<NonNullable<Parameters<FastifyReply['from']>[1]>['onResponse'] & object>[2];

/** Passes the routes of each service on to its processes, and what they answer back, unbuffered. */
export async function passOn(
  fastify: FastifyInstance,
  backends: Backends,
  streams: OpenStreams,
  admit: (request: FastifyRequest) => Promise<void>,
): Promise<void> {
  keepBodies(fastify);
  fastify.setErrorHandler((error, request, reply) => {
    const service = request.routeOptions.config.passedTo;
    if (service === undefined || !answered.has(request)) {
      sendProblem(error, request, reply);
      return;
    }
    logger.warn({ err: error, service }, 'a backend broke off its answer');
    // What was to come back at a time of its own is not known any more, either.
    reply.removeHeader('retry-after');
    turnAway(request, reply, service, true);
  });
  fastify.addHook('preHandler', async (request) => {
    if (isWrite(request.method)) await admit(request);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const service = request.routeOptions.config.passedTo;
    if (service === undefined || isStream(reply)) return;
    passedRequests.observe(
      { service, method: request.method, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
  for (const service of services) {
    const backend = backends.of(service);
    await fastify.register(httpProxy, {
      upstream: '',
      routes: [...routes[service]],
      httpMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      config: { passedTo: service },
      proxyPayloads: false,
      disableCache: true,
      disableRequestLogging: true,
      // Streams hold a connection each, so their number is not limited here.
      undici: {
        connections: null as never,
        connect: { timeout: CONNECT_MS },
        headersTimeout: ANSWER_MS,
        bodyTimeout: SILENCE_MS,
      } as never,
      replyOptions: { getUpstream: () => '' },
      handler: (request, reply, path) =>
        send(request, reply, path, backend, streams, { tried: [], sent: false }),
    });
  }
}

/** The same limits as the services have, and the bytes as they came: who owns the route parses them. */
function keepBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body.length === 0 ? undefined : body),
  );
}

interface Attempts {
  readonly tried: readonly string[];
  /** Whether one of those may have got the request, and done what it says. */
  readonly sent: boolean;
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  backend: Backend,
  streams: OpenStreams,
  before: Attempts,
): FastifyReply {
  const origin = backend.pick(before.tried);
  if (origin === undefined) return turnAway(request, reply, backend.service, before.sent);
  const { body } = request;
  return reply.from(path, {
    getUpstream: () => origin,
    ...(body === undefined ? {} : { body, contentType: request.headers['content-type'] ?? '' }),
    rewriteRequestHeaders: (_, headers) => requestHeaders(request, headers),
    rewriteHeaders: (headers) => endToEnd(headers),
    // Its own way of trying again would ask the same process, ten times, whatever it is told.
    retryDelay: () => null,
    onResponse: (_, __, answer) => passBack(reply, answer, streams),
    onError: (_, { error }) => {
      const code = codeOf(error);
      logger.warn({ err: error, service: backend.service, origin }, 'a backend did not answer');
      if (NEVER_SENT.has(code)) backend.away(origin);
      if (code === NO_ANSWER) backend.fellSilent(origin);
      if (reply.raw.destroyed) return;
      const attempts = { tried: [...before.tried, origin], sent: before.sent || !NEVER_SENT.has(code) };
      if (mayRepeat(request.method, code)) send(request, reply, path, backend, streams, attempts);
      else turnAway(request, reply, backend.service, attempts.sent);
    },
  });
}

function requestHeaders(request: FastifyRequest, headers: FastifyRequest['headers']) {
  const passed = endToEnd(headers);
  // A GET may come with a body, which nobody reads.
  if (request.body === undefined) delete passed['content-length'];
  passed['x-request-id'] = request.id;
  const traceparent = currentRequest()?.traceparent;
  if (traceparent !== undefined) passed['traceparent'] = traceparent;
  return passed;
}

function passBack(reply: FastifyReply, answer: Answer, streams: OpenStreams): void {
  const { stream } = answer as unknown as { stream: NodeJS.ReadableStream };
  answered.add(reply.request);
  if (isStream(reply)) streams.add(reply.raw, stream);
  void reply.send(stream);
}

function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/event-stream');
}

/** RFC 9110, 9.2.2: only what has the same effect twice is sent again when nobody knows what became of it. */
function mayRepeat(method: string, code: string): boolean {
  return NEVER_SENT.has(code) || (method !== 'POST' && method !== 'PATCH' && code !== NO_ANSWER);
}

/**
 * Whoever writes must know whether it was certainly not done (503) or may have been (504).
 * @param sent whether somebody may have got it
 */
function turnAway(
  request: FastifyRequest,
  reply: FastifyReply,
  service: string,
  sent: boolean,
): FastifyReply {
  const refusal =
    sent && isWrite(request.method)
      ? new CodedError(
          CommonErrors.ANSWER_LOST,
          `No answer came from the ${service} service: it may have been done. Send the same again, with the same Idempotency-Key.`,
        )
      : new CodedError(
          CommonErrors.DEPENDENCY_UNAVAILABLE,
          `The ${service} service is away; try again soon.`,
          { retryAfterSeconds: RETRY_AFTER_SECONDS },
        );
  sendProblem(refusal, request, reply);
  return reply;
}

/** reply-from wraps what went wrong. */
function codeOf(error: Error): string {
  const { code } = (error.cause ?? error) as { code?: string };
  return code ?? '';
}
