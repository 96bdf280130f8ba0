import type { GrpcOptions, MicroserviceOptions } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DelayedError, type Job, Worker } from 'bullmq';
import { randomBytes } from 'node:crypto';

import { Config } from '#config/config.js';
import { Burial } from '#consumer/burial.js';
import { EventConsumer } from '#consumer/event-consumer.js';
import type { EventHandler, PreparedEvent } from '#consumer/event-handler.js';
import { LedgerRepository } from '#consumer/ledger.repository.js';
import { Quarantine } from '#consumer/quarantine.js';
import { eventQueues, JOB_LOCK_MS } from '#contracts/queues.js';
import { Database } from '#database/database.js';
import { grpcServerOptions } from '#grpc/grpc-server.js';
import { createAdapter } from '#http/fastify.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';
import { ProcessModule } from '#process/process.module.js';
import { type Envelope, EventQueues, queuePrefix } from '#queue/event-queues.js';
import { connectRedis } from '#redis/redis.js';
import { freePort } from '#testkit/app-process.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { fromTestRun } from '#testkit/environment.js';
import { SERVICE_SECRET, USER_SECRET } from '#testkit/tokens.js';

import { CommentModule } from '../../apps/comment/src/comment.module.js';
import { NotificationApiModule } from '../../apps/notification/src/notification-api.module.js';
import { NotificationWorkerModule } from '../../apps/notification/src/notification-worker.module.js';
import type { NotificationEvent } from '../../apps/notification/src/tell/audience.js';
import { TellHandler } from '../../apps/notification/src/tell/tell.handler.js';
import { PostModule } from '../../apps/post/src/post.module.js';
import { ReactionModule } from '../../apps/reaction/src/reaction.module.js';
import { UserModule } from '../../apps/user/src/user.module.js';

/** What befalls the first attempt at an envelope, after its effect and before the commit. */
export type Mishap = 'none' | 'deadlock' | 'error';

const TOKEN = 'model';

/**
 * The real modules in this process, on a real PostgreSQL, Redis and gRPC socket, with all that would deliver by itself
 * left unstarted: nothing is consumed but what `deliver` puts into the queue and works off, one job after the other.
 */
export class Host {
  private mishap: Mishap = 'none';
  private settled: NotificationEvent[][] = [];

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: TestDatabase,
    private readonly consumer: EventConsumer<'notification', unknown>,
    private readonly queues: EventQueues,
    private readonly worker: Worker<Envelope>,
  ) {}

  static async start(): Promise<Host> {
    logger.level = 'silent';
    const database = await cloneDatabase();
    const port = await freePort();
    const config = Config.parse({
      BECKON_ENV: 'test',
      DATABASE_URL: database.url,
      REDIS_URL: fromTestRun('TEST_REDIS_URL'),
      REDIS_PREFIX: `t${randomBytes(4).toString('hex')}`,
      AUTH_HS256_SECRET: USER_SECRET,
      SERVICE_TOKEN_SECRET: SERVICE_SECRET,
      GRPC_PORT: String(port),
    });
    const apps = [
      UserModule,
      PostModule,
      CommentModule,
      ReactionModule,
      NotificationApiModule,
      NotificationWorkerModule,
    ];
    const options = { logger: false, abortOnError: false } as const;
    const adapter = createAdapter();
    // Created and never initialized: relays, sweepers, workers and fan-outs start in the hook of the initialization.
    const app = await NestFactory.create<NestFastifyApplication>(
      ProcessModule.forRoot('inbox-model', config, apps),
      adapter,
      options,
    );
    app.connectMicroservice<MicroserviceOptions>(grpcServer(`127.0.0.1:${port}`));
    await app.startAllMicroservices();
    return Host.around(app, config, database);
  }

  private static around(app: NestFastifyApplication, config: Config, database: TestDatabase): Host {
    const shutdown = app.get(Shutdown);
    const own = new Database('notification', database.url, 2);
    shutdown.register('database', 'model', () => own.close());
    const { name } = eventQueues.notification;
    const connection = connectRedis(config.redisUrl, 'worker');
    const taker = new Worker<Envelope>(name, null, {
      connection,
      prefix: queuePrefix(config, name),
      lockDuration: JOB_LOCK_MS,
      autorun: false,
    });
    shutdown.register('workers', 'model', () => taker.close());
    shutdown.register('redis', 'model', async () => connection.disconnect());
    const handler = app.get(TellHandler) as EventHandler<'notification', unknown>;
    const queues = app.get(EventQueues);
    const worker = app.select(NotificationWorkerModule);
    const consumer = new EventConsumer(
      'notification',
      worker.get(LedgerRepository, { strict: true }),
      own,
      watched(handler, () => host),
      queues,
      worker.get(Burial, { strict: true }),
      app.get(Quarantine),
    );
    const host: Host = new Host(app, database, consumer, queues, taker);
    return host;
  }

  /**
   * Delivers envelopes one after the other, and what becomes of them (an envelope with an error is split).
   * @returns the events of each transaction that committed, in order
   */
  async deliver(envelopes: readonly Envelope[], mishap: Mishap): Promise<NotificationEvent[][]> {
    this.settled = [];
    this.mishap = mishap;
    await this.queues.add(
      'notification',
      envelopes.map((envelope) => ({ envelope })),
    );
    try {
      await this.workOff((job) => this.consumer.process(job, TOKEN));
    } finally {
      // After a failure the queue has to be empty for the next sequence.
      await this.workOff(() => Promise.resolve());
    }
    return this.settled;
  }

  async stop(): Promise<void> {
    const failures = await this.app.get(Shutdown).run();
    await this.app.close();
    await this.database.drop();
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }

  /** Called with the effect in place and uncommitted. */
  interrupt(): void {
    const { mishap } = this;
    this.mishap = 'none';
    if (mishap === 'deadlock') throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    if (mishap === 'error') throw new Error('something that an event brings about');
  }

  note(events: NotificationEvent[]): void {
    this.settled.push(events);
  }

  /** Takes jobs as a worker does, until there are none; a job that is to be tried again later is tried again now. */
  private async workOff(work: (job: Job<Envelope>) => Promise<void>): Promise<void> {
    for (;;) {
      const job: Job<Envelope> | undefined = await this.worker.getNextJob(TOKEN, { block: false });
      if (job === undefined) return;
      try {
        await work(job);
        await job.moveToCompleted(undefined, TOKEN, false);
      } catch (error) {
        if (!(error instanceof DelayedError)) {
          await job.moveToCompleted(undefined, TOKEN, false);
          throw error;
        }
        await job.promote();
      }
    }
  }
}

/** Without health and reflection, which find their file by `import.meta`: jest's CommonJS has none. */
function grpcServer(address: string): GrpcOptions {
  const { transport, options } = grpcServerOptions(address, [
    'beckon.v1.UserProfileService',
    'beckon.v1.SocialGraphService',
    'beckon.v1.PostService',
    'beckon.v1.CommentService',
  ]);
  const { onLoadPackageDefinition: _, ...others } = options;
  return { transport, options: others };
}

/** The handler itself; between its effect and the commit a mishap may come, and what has committed is noted. */
function watched(
  handler: EventHandler<'notification', unknown>,
  host: () => Host,
): EventHandler<'notification', unknown> {
  return {
    laneOf: (event) => handler.laneOf(event),
    prepare: (event) => handler.prepare(event),
    apply: async (tx, events: readonly PreparedEvent<'notification', unknown>[]) => {
      const afterCommit = await handler.apply(tx, events);
      host().interrupt();
      return () => {
        afterCommit();
        host().note(events.map(({ event }) => event));
      };
    },
  };
}
