import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { bearerToken } from '#auth/auth.guard.js';
import { actorOf, type AuthenticatedRequest, type Principal } from '#auth/principal.js';
import { Tokens } from '#auth/tokens.js';
import { CodedError } from '#errors/coded-error.js';

import { NotificationErrors } from '../notifications/notifications.errors.js';
import type { TitleLocale } from '../notifications/titles.messages.js';
import { LiveHub } from './live-hub.js';
import { StreamRepository } from './stream.repository.js';
import { StreamSession } from './stream-session.js';
import { StreamTicketsRepository, TICKET_SECONDS } from './stream-tickets.repository.js';

/** Opens live streams: for a bearer token, or for a ticket where no header can be sent. */
@Injectable()
export class StreamService {
  constructor(
    private readonly tokens: Tokens,
    private readonly tickets: StreamTicketsRepository,
    private readonly streams: StreamRepository,
    private readonly hub: LiveHub,
  ) {}

  async issueTicket(
    recipientId: string,
    principal: Principal,
  ): Promise<{ ticket: string; expiresIn: number }> {
    const ticket = await this.tickets.issue(recipientId, new Date(principal.expiresAt));
    return { ticket, expiresIn: TICKET_SECONDS };
  }

  /**
   * Answers a request with a stream that lasts until the client, the token or the process ends.
   * @param after the last sequence that the client has; undefined to start now.
   * @throws CodedError UNAUTHENTICATED, STREAM_TICKET_INVALID, STREAM_LIMIT
   */
  async open(
    request: FastifyRequest,
    reply: FastifyReply,
    ticket: string | undefined,
    after: number | undefined,
    locale: TitleLocale,
  ): Promise<void> {
    const { recipientId, expiresAt } = await this.authenticate(request, ticket);
    this.hub.requireRoom(recipientId);
    const state = (await this.streams.states([recipientId])).get(recipientId) ?? { seq: 0, floorSeq: 0 };
    const lost = after !== undefined && (after < state.floorSeq || after > state.seq);
    const position = after === undefined || lost ? state.seq : after;
    if (request.raw.destroyed) return;
    // The room may have been taken while the state was read.
    this.hub.requireRoom(recipientId);
    reply.hijack();
    const session = new StreamSession(recipientId, locale, expiresAt, position, reply.raw);
    reply.raw.once('close', () => {
      session.end();
      this.hub.remove(session);
    });
    session.start(reply.getHeaders());
    if (lost) this.hub.reset(session, state.seq);
    this.hub.add(session);
  }

  private async authenticate(
    request: FastifyRequest,
    ticket: string | undefined,
  ): Promise<{ recipientId: string; expiresAt: number }> {
    if (ticket !== undefined) {
      const used = await this.tickets.use(ticket);
      if (used === undefined) {
        throw new CodedError(
          NotificationErrors.STREAM_TICKET_INVALID,
          'This ticket is unknown, used or expired.',
        );
      }
      return { recipientId: used.recipientId, expiresAt: used.tokenExpiresAt.getTime() };
    }
    const principal = await this.tokens.verify(bearerToken(request.headers.authorization));
    const authenticated: AuthenticatedRequest = { headers: request.headers, principal };
    return { recipientId: actorOf(authenticated), expiresAt: principal.expiresAt };
  }
}
