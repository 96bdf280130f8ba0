import type { LoggerService } from '@nestjs/common';
import { type Logger as PinoLogger, pino } from 'pino';

import { currentRequest } from '#logging/request-context.js';
import { currentTraceparent } from '#tracing/spans.js';

export type Logger = PinoLogger;

/** The process's logger: JSON lines on stdout, each with the request and the trace that it belongs to. */
export const logger: Logger = pino({
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  mixin: () => {
    const request = currentRequest();
    return { requestId: request?.requestId, traceparent: currentTraceparent() ?? request?.traceparent };
  },
  redact: ['req.headers.authorization', 'token', 'secret'],
});

/** Lets Nest's own messages take the same road as everybody's. */
export const nestLogger: LoggerService = {
  log: (message: unknown, ...rest: unknown[]) => logger.debug({ context: rest.at(-1) }, String(message)),
  warn: (message: unknown, ...rest: unknown[]) => logger.warn({ context: rest.at(-1) }, String(message)),
  error: (message: unknown, ...rest: unknown[]) =>
    logger.error({ context: rest.at(-1), stack: rest.length > 1 ? rest[0] : undefined }, String(message)),
};
