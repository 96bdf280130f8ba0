import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { bearerToken } from '#auth/auth.guard.js';
import { Tokens } from '#auth/tokens.js';
import { WriteLimits } from '#http/write-limits.js';

import { MergedOpenApi } from '../openapi/merged-openapi.js';
import { Backends } from './backends.js';
import { OpenStreams } from './open-streams.js';
import { passOn } from './proxy.js';

/** The door to services that run elsewhere; where they are, operators' questions need to know, too. */
@Global()
@Module({ providers: [Backends, OpenStreams, MergedOpenApi], exports: [Backends] })
export class ProxyModule implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly backends: Backends,
    private readonly streams: OpenStreams,
    private readonly tokens: Tokens,
    private readonly limits: WriteLimits,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register((scope) =>
      passOn(scope, this.backends, this.streams, (request) => this.admit(request)),
    );
  }

  /**
   * Counts a write here, where all of one person's writes come by. Services count too, each its own.
   * @throws CodedError UNAUTHENTICATED, TOO_MANY_REQUESTS and those of `actorOf`
   */
  private async admit({ headers }: FastifyRequest): Promise<void> {
    const principal = await this.tokens.verify(bearerToken(headers.authorization));
    await this.limits.count({ headers, principal });
  }
}
