import { status } from '@grpc/grpc-js';
import { BrokenCircuitError, BulkheadRejectedError } from 'cockatiel';

import { CodedError } from '#errors/coded-error.js';

/**
 * SQLSTATEs that speak of the server and not of the statement: classes 08 connection, 40 rollback (deadlock,
 * serialization), 53 resources, 57 operator intervention (shutdown, cancel), 58 system error, and 25006, which a
 * server answers that became a standby. https://www.postgresql.org/docs/14/errcodes-appendix.html
 */
const INFRASTRUCTURE_SQLSTATE = /^(08...|40...|53...|57...|58...|25006)$/;

/** Prisma's own codes for a server that is away, slow, or a pool that has no connection left. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/** Codes of sockets that broke or could not be opened (Node's system errors). */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** pg and pg-pool report a lost or missing connection by message alone. */
const CONNECTION_MESSAGES =
  /timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end|Connection terminated|Client has encountered a connection error|not queryable|Connection is closed|Stream isn't writeable|Command timed out|max retries per request/i;

/** UNAUTHENTICATED: two processes have different secrets, as while a new one is handed out; no work is to blame. */
const GRPC_INFRASTRUCTURE = new Set<number>([
  status.UNAUTHENTICATED,
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
]);

/**
 * Whether an error speaks of a dependency that is down, overloaded or restarting, and not of the work itself.
 * Such errors are answered with 503, and delay jobs without counting as an attempt. Follows `cause`.
 */
export function isInfrastructureError(error: unknown): boolean {
  if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) return true;
  if (error instanceof CodedError) return error.kind === 'unavailable';
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'number' && GRPC_INFRASTRUCTURE.has(code)) return true;
  if (typeof code === 'string') {
    if (SOCKET_CODES.has(code)) return true;
    if (PRISMA_CODES.has(code) || INFRASTRUCTURE_SQLSTATE.test(code)) return true;
  }
  if (CONNECTION_MESSAGES.test(error.message)) return true;
  if (error instanceof AggregateError && error.errors.some(isInfrastructureError)) return true;
  return error.cause !== undefined && isInfrastructureError(error.cause);
}

/** Whether a connection to a server is lost, or hangs: nothing more that is asked over it will be answered in time. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return (typeof code === 'string' && SOCKET_CODES.has(code)) || CONNECTION_MESSAGES.test(error.message);
}

/** Whether PostgreSQL gave up a transaction that can simply be run again (deadlock, serialization failure). */
export function isRetryableTransaction(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === '40P01' || code === '40001';
}
