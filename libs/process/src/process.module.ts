import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';

import { AuthGuard } from '#auth/auth.guard.js';
import { AuthModule } from '#auth/auth.module.js';
import type { Config } from '#config/config.js';
import { ConfigModule } from '#config/config.module.js';
import { ConsumerModule } from '#consumer/consumer.module.js';
import { GrpcClientModule } from '#grpc/grpc-client.module.js';
import { ProblemFilter } from '#http/problem.filter.js';
import { InputValidationPipe } from '#http/validation.js';
import { WriteLimitGuard } from '#http/write-limit.guard.js';
import { WriteLimitsModule } from '#http/write-limits.js';
import { LifecycleModule } from '#lifecycle/lifecycle.module.js';
import { LookupModule } from '#lookup/lookup.module.js';
import { OperationsModule } from '#operations/operations.module.js';
import { ProcessFiguresModule } from '#operations/process-figures.module.js';
import { OutboxesModule } from '#outbox/outboxes.js';
import { DevTokensController } from '#process/dev-tokens.controller.js';
import { HealthController } from '#process/health.controller.js';
import { QueueModule } from '#queue/queue.module.js';
import { RetentionModule } from '#retention/retention.js';

/** What a process has once that keeps data, sends events or takes them. */
const forServices = [
  QueueModule,
  LookupModule,
  ConsumerModule,
  OutboxesModule,
  RetentionModule,
  OperationsModule,
];

/** What every process has once, whichever apps it hosts. */
@Module({})
export class ProcessModule {
  /**
   * @param name of the process
   * @param stateless whether it is without PostgreSQL and Redis
   */
  static forRoot(name: string, config: Config, apps: readonly Type[], stateless = false): DynamicModule {
    return {
      module: ProcessModule,
      imports: [
        ConfigModule.forRoot(config),
        LifecycleModule,
        AuthModule,
        GrpcClientModule,
        WriteLimitsModule,
        ProcessFiguresModule.forRoot(name),
        ...(stateless ? [] : forServices),
        TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }),
        ...apps,
      ],
      controllers: [HealthController, ...(config.BECKON_ENV === 'development' ? [DevTokensController] : [])],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: WriteLimitGuard },
        { provide: APP_PIPE, useClass: InputValidationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
