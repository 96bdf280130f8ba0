import type { Page } from './contract.js';
import { call, path } from './http.js';

/** The part of the contract that operators use. `as` is whose admin token it is. */

export interface Quantiles {
  /** Seconds. */
  p50: number;
  p99: number;
}

export interface QueueState {
  name: string;
  reachable: boolean;
  waiting: number;
  active: number;
  delayed: number;
  oldestAgeSeconds: number;
  deadLetters: number;
}

export interface Unsettled {
  producer: string;
  consumer: string;
  unsettled: number;
  oldestAgeSeconds: number;
}

export interface Process {
  id: string;
  name: string;
  apps: string[];
  uptimeSeconds: number;
  residentBytes: number;
  dependencies: { name: string; state: 'up' | 'degraded' | 'down' }[];
}

export interface Snapshot {
  at: string;
  queues: QueueState[];
  deliveries: Unsettled[];
  /** Apps that did not say what they have unsettled, nor their dead letters. */
  unknown: string[];
  rates: {
    seconds: number;
    posts: { perSecond: number; latency: Quantiles | null };
    settled: { consumer: string; perSecond: number }[];
    arrival: Quantiles | null;
  } | null;
  processes: Process[];
  away: string[];
}

export interface DeadLetter {
  id: string;
  queue: string;
  type: string | null;
  eventId: string | null;
  error: string;
  attempts: number;
  firstAt: string;
  diedAt: string;
  pending: boolean;
}

export interface EventStory {
  eventId: string;
  type: string | null;
  producer: string | null;
  acceptedAt: string | null;
  event: unknown;
  consumers: {
    consumer: string;
    state: 'waiting' | 'dispatched' | 'trying' | 'done' | 'dead' | 'pending';
    dispatches: number | null;
    attempts: number;
    error: string | null;
    settledAt: string | null;
    told: number | null;
    openParts: number;
  }[];
  /** Apps that did not answer. */
  unknown: string[];
}

/** With the apps that did not answer, whose letters are missing. */
export interface LetterPage {
  deadLetters: DeadLetter[];
  page: Page;
  unknown: string[];
}

export interface LetterFilter {
  queue: string;
  type: string;
}

/** As many as the API gives in one page. */
export const MOST_LETTERS = 100;

/** @param part where the page begins, if not at the newest, or how many letters it has, 20 if nothing is said */
export const listLetters = (as: string, filter: LetterFilter, part: { cursor?: string; limit?: number }) =>
  call<LetterPage>(
    `/v1/admin/dead-letters?${new URLSearchParams(
      given({ ...filter, cursor: part.cursor ?? '', limit: String(part.limit ?? '') }),
    ).toString()}`,
    { as, scope: 'admin' },
  );

export const getLetter = (as: string, id: string) =>
  call<DeadLetter & { payload: unknown }>(path`/v1/admin/dead-letters/${id}`, { as, scope: 'admin' });

export const redriveLetter = (as: string, id: string) =>
  call<{ redriven: number }>(path`/v1/admin/dead-letters/${id}` + '/redrive', {
    as,
    scope: 'admin',
    method: 'POST',
  });

/** @param olderThan only what died before this time (RFC 3339); '' for all */
export const redriveMany = (as: string, filter: LetterFilter & { olderThan: string }, limit: number) =>
  call<{ redriven: number; unknown: string[] }>('/v1/admin/dead-letter-redrives', {
    as,
    scope: 'admin',
    method: 'POST',
    body: { ...given({ ...filter }), limit },
  });

export const discardLetter = (as: string, id: string, reason: string) =>
  call<void>(path`/v1/admin/dead-letters/${id}`, { as, scope: 'admin', method: 'DELETE', body: { reason } });

export const getStory = (as: string, eventId: string) =>
  call<EventStory>(path`/v1/admin/events/${eventId}`, { as, scope: 'admin' });

/** Without what was left empty. */
const given = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
