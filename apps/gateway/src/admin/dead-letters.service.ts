import { status } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';

import { type Consumer, consumers } from '#contracts/catalogue.js';
import type { DeadLetter as Letter } from '#contracts/generated/beckon/v1/beckon.js';
import { BeckonId } from '#contracts/ids.js';
import { eventQueues } from '#contracts/queues.js';
import { CodedError } from '#errors/coded-error.js';
import { PAGE_DEADLINE_MS } from '#grpc/remote.js';
import { Remotes } from '#grpc/remotes.js';
import { cutPage, readCursor } from '#http/paging.js';
import { logger } from '#logging/logger.js';

import { AdminErrors, answerLost, doesNotAnswer } from './admin.errors.js';
import type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetters,
  LettersQuery,
  Redriven,
  RedrivenMany,
  RedriveRequest,
} from './admin.schemas.js';
import { askEach } from './ask-each.js';

/** Position in a list that several apps' letters are merged into. */
const Position = z.strictObject({ at: z.iso.datetime(), id: BeckonId });

/** Dead letters of all consumers, as one list. */
@Injectable()
export class DeadLettersService {
  constructor(private readonly remotes: Remotes) {}

  /**
   * Newest first, of the apps that answer; the others are named.
   * @throws CodedError INVALID_INPUT for a malformed cursor, DEPENDENCY_UNAVAILABLE when none of those asked for answers
   */
  async list(query: LettersQuery): Promise<DeadLetters> {
    const before = readCursor(query.cursor, Position);
    const apps = appsOf(query.queue);
    const { answers, unknown } = await askEach(apps, async (app) => {
      const request = {
        app,
        type: query.type,
        beforeDiedAt: before?.at,
        beforeId: before?.id,
        limit: query.limit + 1,
      };
      const { deadLetters } = await this.remotes
        .admin(app)
        .call((client) => client.listDeadLetters, request, PAGE_DEADLINE_MS);
      return deadLetters.map((letter) => ({ app, letter }));
    });
    if (answers.size === 0) throw doesNotAnswer(apps);
    const merged = [...answers.values()]
      .flat()
      .sort((a, b) => compare(b.letter.diedAt, a.letter.diedAt) || compare(b.letter.id, a.letter.id));
    const { rows, page } = cutPage(merged, query.limit, ({ letter }) => ({
      at: letter.diedAt,
      id: letter.id,
    }));
    return { deadLetters: rows.map(({ app, letter }) => toAnswer(app, letter)), page, unknown };
  }

  /** @throws CodedError DEAD_LETTER_NOT_FOUND */
  async find(letterId: string): Promise<DeadLetterDetail> {
    const { app, letter } = await this.require(letterId);
    return { ...toAnswer(app, letter), payload: readPayload(letter.payload) };
  }

  /**
   * Marks one letter to be applied again; marking it again changes nothing.
   * @throws CodedError DEAD_LETTER_NOT_FOUND, DEAD_LETTER_UNREADABLE, ANSWER_LOST
   */
  async redrive(letterId: string): Promise<Redriven> {
    const { app, letter } = await this.require(letterId);
    if (letter.eventId === undefined) {
      throw new CodedError(
        AdminErrors.DEAD_LETTER_UNREADABLE,
        'What arrived was no event; there is nothing to apply.',
      );
    }
    return undecided(app, this.redriveOf(app, { id: letter.id, limit: 1 }));
  }

  /**
   * Marks many letters, oldest first within each app. Answers how many were not marked before, and who did not say.
   * @throws CodedError DEPENDENCY_UNAVAILABLE when none of those asked for answers, ANSWER_LOST when one of them may have
   * done it
   */
  async redriveMany({ queue, type, olderThan, limit }: RedriveRequest): Promise<RedrivenMany> {
    const diedBefore = olderThan === undefined ? undefined : new Date(olderThan).toISOString();
    const apps = appsOf(queue);
    const unknown: Consumer[] = [];
    const lost: Consumer[] = [];
    let redriven = 0;
    // One after the other, for what one has marked is no longer free for the next.
    for (const app of apps) {
      if (redriven >= limit) break;
      const filter = { type, diedBefore, limit: limit - redriven };
      const marked = await askEach([app], () =>
        this.redriveOf(app, filter).catch((error: unknown) => {
          if (isLate(error)) lost.push(app);
          throw error;
        }),
      );
      redriven += marked.answers.get(app)?.redriven ?? 0;
      unknown.push(...marked.unknown);
    }
    if (unknown.length === apps.length) throw lost.length > 0 ? answerLost(lost) : doesNotAnswer(apps);
    return { redriven, unknown };
  }

  /** Gives a letter up for good. @throws CodedError DEAD_LETTER_NOT_FOUND, ANSWER_LOST */
  async discard(letterId: string, reason: string): Promise<void> {
    const { app, id } = readId(letterId);
    const request = { app, id, reason };
    const { discarded } = await undecided(
      app,
      this.remotes.admin(app).call((client) => client.discardDeadLetter, request, PAGE_DEADLINE_MS),
    );
    if (!discarded) throw notFound(letterId);
    logger.info({ letterId, reason }, 'dead letter discarded');
  }

  private redriveOf(
    app: Consumer,
    filter: { id?: string; type?: string | undefined; diedBefore?: string | undefined; limit: number },
  ): Promise<Redriven> {
    const request = { app, id: undefined, type: undefined, diedBefore: undefined, ...filter };
    return this.remotes.admin(app).call((client) => client.redriveDeadLetters, request, PAGE_DEADLINE_MS);
  }

  private async require(letterId: string): Promise<{ app: Consumer; letter: Letter }> {
    const { app, id } = readId(letterId);
    const { deadLetter } = await this.remotes
      .admin(app)
      .call((client) => client.getDeadLetter, { app, id }, PAGE_DEADLINE_MS);
    if (deadLetter === undefined) throw notFound(letterId);
    return { app, letter: deadLetter };
  }
}

/** Passes on the answer of an app that changes something. @throws CodedError ANSWER_LOST when it is late */
async function undecided<Answer>(app: Consumer, answering: Promise<Answer>): Promise<Answer> {
  try {
    return await answering;
  } catch (error) {
    throw isLate(error) ? answerLost([app], error) : error;
  }
}

/** Whether a call's time was over: whoever was called may have done what it says, and may do it yet. */
function isLate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === status.DEADLINE_EXCEEDED;
}

function appsOf(queue: string | undefined): readonly Consumer[] {
  return queue === undefined
    ? consumers
    : consumers.filter((consumer) => eventQueues[consumer].name === queue);
}

/** The id was validated: an app, a dot, a UUID. */
function readId(letterId: string): { app: Consumer; id: string } {
  const dot = letterId.indexOf('.');
  return { app: letterId.slice(0, dot) as Consumer, id: letterId.slice(dot + 1) };
}

function notFound(letterId: string): CodedError {
  return new CodedError(AdminErrors.DEAD_LETTER_NOT_FOUND, `There is no dead letter ${letterId}.`);
}

function toAnswer(app: Consumer, letter: Letter): DeadLetter {
  return {
    id: `${app}.${letter.id}`,
    queue: letter.queue,
    type: letter.type ?? null,
    eventId: letter.eventId ?? null,
    error: letter.error,
    attempts: letter.attempts,
    firstAt: letter.firstAt,
    diedAt: letter.diedAt,
    pending: letter.pending,
  };
}

function readPayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
