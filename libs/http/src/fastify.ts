import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { uuidv7 } from 'uuidv7';

import type { Config } from '#config/config.js';
import { CodedError, type ErrorDefinition } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { BODY_LIMIT_BYTES, decodeBody, parseJsonBody } from '#http/json-body.js';
import { PROBLEM_TYPE, statusOf, toProblem } from '#http/problem.js';
import { sendProblem } from '#http/problem.filter.js';
import { requestDurations } from '#http/request-durations.js';
import { traceRequest } from '#http/request-trace.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';
import { runInRequestContext } from '#logging/request-context.js';

/** A thousand profiles with every field fit in this. */
const BATCH_BODY_LIMIT_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** A request, headers and body, must have arrived within this. */
const REQUEST_TIMEOUT_MS = 10_000;
/** On a machine that starts everything at once the usual ten seconds are not enough; whoever waits has limits of its own. */
const PLUGIN_TIMEOUT_MS = 60_000;
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The service that answers, elsewhere: it also counts the request. */
    readonly passedTo?: string;
  }
}

/** The HTTP server under Nest, with limits on all that can be sent. */
export function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // A HEAD of the stream would hold one open, and say nothing.
    exposeHeadRoutes: false,
    pluginTimeout: PLUGIN_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 2_000,
    },
    keepAliveTimeout: 10_000,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv7();
    },
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply),
    clientErrorHandler: refuseUnparsable,
  });
}

/** Adds what every route shares: parsing, security headers, CORS, request ids, metrics. */
export async function setUpHttp(app: NestFastifyApplication, config: Config): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  acceptJsonOnly(fastify);
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith('/v1/batch/')) route.bodyLimit = BATCH_BODY_LIMIT_BYTES;
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const given = request.headers['traceparent'];
    const traceparent = typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined;
    traceRequest(request, reply, traceparent, (own) =>
      runInRequestContext({ requestId: request.id, traceparent: own ?? traceparent }, done),
    );
  });
  // While the process ends each connection ends with its answer, so that no request comes after it.
  const shutdown = app.get(Shutdown);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (shutdown.begun) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (request.routeOptions.config.passedTo === undefined) {
      requestDurations.observe(
        { method: request.method, route, status: reply.statusCode },
        reply.elapsedTime / 1000,
      );
    }
    logger.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
    done();
  });
  await app.register(helmet, {
    frameguard: { action: 'deny' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'https:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
  if (config.CORS_ORIGINS !== undefined) {
    await app.register(cors, {
      origin: config.CORS_ORIGINS,
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['x-request-id', 'retry-after'],
    });
  }
}

function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      refusePacked(request.headers['content-encoding']);
      done(null, body.length === 0 ? undefined : parseJsonBody(decodeBody(body as Buffer)));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Nothing is unpacked here, so that nothing can be larger than it looks. */
function refusePacked(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new CodedError(
    CommonErrors.UNSUPPORTED_MEDIA_TYPE,
    `The content encoding ${encoding} is not accepted.`,
  );
}

const byNodeCode: Record<string, ErrorDefinition> = {
  HPE_HEADER_OVERFLOW: CommonErrors.HEADERS_TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: CommonErrors.REQUEST_TIMEOUT,
};

/** Answers what Node's HTTP parser refuses before there is a request. */
function refuseUnparsable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy();
  const definition = byNodeCode[error.code ?? ''] ?? CommonErrors.INVALID_INPUT;
  const body = JSON.stringify(toProblem(new CodedError(definition, `${definition.title}.`), uuidv7()));
  socket.end(
    `HTTP/1.1 ${statusOf[definition.kind]} ${definition.title}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
