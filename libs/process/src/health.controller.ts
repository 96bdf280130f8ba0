import { Controller, Get, Header, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';

import { Public } from '#auth/principal.js';
import { DescribeProcessResponse } from '#contracts/generated/beckon/v1/beckon.js';
import { Remotes } from '#grpc/remotes.js';
import { Probes } from '#lifecycle/probes.js';
import { ProcessFigures } from '#operations/process-figures.js';

/** For load balancers, orchestrators, Prometheus and the gateway; not part of the API. */
@Public()
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly probes: Probes,
    private readonly remotes: Remotes,
    private readonly figures: ProcessFigures,
  ) {}

  /** The process runs; says nothing of what it needs. */
  @Get('health/live')
  live() {
    return { status: 'ok' };
  }

  /** 200 when requests can be served (perhaps `degraded`: without Redis or a gRPC peer), else 503. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const remotes = Object.entries(this.remotes.states()).map(([name, state]) => ({
      name: `grpc.${name}`,
      state,
    }));
    const checks = [...(await this.probes.check()), ...remotes].map(({ name, state }) => () => {
      const session = this.indicators.check(name);
      if (state === 'up') return session.up();
      return state === 'down' ? session.down() : session.degraded();
    });
    try {
      return await this.health.check(checks);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(error.getStatus());
      return error.getResponse();
    }
  }

  /** What gRPC's `DescribeProcess` answers, in the same form, from processes that only serve HTTP, too. */
  @Get('health/process')
  @Header('cache-control', 'no-store')
  async process(@Res() reply: FastifyReply) {
    const answer = DescribeProcessResponse.encode(await this.figures.describe()).finish();
    await reply.type('application/x-protobuf').send(Buffer.from(answer));
  }

  @Get('metrics')
  @Header('cache-control', 'no-store')
  async metrics(@Res() reply: FastifyReply) {
    await this.probes.refreshGauges();
    await reply.type(register.contentType).send(await register.metrics());
  }
}
