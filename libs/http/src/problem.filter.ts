import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { internalProblem, PROBLEM_TYPE, toProblem } from '#http/problem.js';
import { toCodedError } from '#http/to-coded-error.js';
import { logger } from '#logging/logger.js';

/** Answers every error of a route as RFC 9457 problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** The same for errors that never reach a route: parsing, routing, limits. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const coded = toCodedError(error);
  if (coded === undefined)
    logger.error({ err: error, method: request.method, url: request.url }, 'request failed');
  else if (coded.kind === 'unavailable') logger.warn({ err: coded }, 'request turned away');
  if (reply.sent || reply.raw.headersSent) return;
  const problem = coded === undefined ? internalProblem(request.id) : toProblem(coded, request.id);
  if (coded?.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(coded.retryAfterSeconds));
  // RFC 9110, 11.6.1: a 401 says how to sign in.
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
