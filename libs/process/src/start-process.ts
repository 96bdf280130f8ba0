import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { collectDefaultMetrics } from 'prom-client';

import { Config } from '#config/config.js';
import { Consumers } from '#consumer/consumers.js';
import type { Consumer } from '#contracts/catalogue.js';
import { grpcServerOptions, type GrpcServiceName } from '#grpc/grpc-server.js';
import { Remotes } from '#grpc/remotes.js';
import { serveApiPage } from '#http/api-page.js';
import { createAdapter, setUpHttp } from '#http/fastify.js';
import { buildOpenApi } from '#http/openapi.js';
import { servePages } from '#http/pages.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger, nestLogger } from '#logging/logger.js';
import { ProcessModule } from '#process/process.module.js';
import { VERSION } from '#process/version.js';

export interface ProcessDefinition {
  readonly name: string;
  readonly apps: readonly Type[];
  readonly grpcServices: readonly GrpcServiceName[];
  /** Consumers whose handlers must be there; without one of them the process refuses to start. */
  readonly consumers: readonly Consumer[];
  /** Has neither PostgreSQL nor Redis, and looks nobody up for a request. */
  readonly stateless?: boolean;
  /** Makes the OpenAPI document whole when the routes of other processes belong to it. */
  readonly completeOpenApi?: (app: INestApplication, own: OpenAPIObject) => Promise<OpenAPIObject>;
  /** Whether it serves the built pages, if they are there. */
  readonly pages?: boolean;
}

/** A shutdown that takes longer than this leaves the rest to the operating system. */
const EXIT_LIMIT_MS = 9_500;
/** Below the limit of the stage `http` of the shutdown. */
const HTTP_GRACE_MS = 2_500;
const IDLE_LOOK_MS = 50;
/**
 * Connections that the kernel keeps until they are taken. Every stream that a restart broke comes back at once, and who
 * finds no room is dropped and waits for seconds; Node asks for 511. Linux gives net.core.somaxconn (4096) at most.
 */
const WAITING_CONNECTIONS = 4_096;

/**
 * Starts a process of Beckon from its environment, and ends it at SIGTERM or SIGINT. If it can't start it says why and
 * exits with 1; so it does when something is thrown that nobody catches.
 */
export async function startProcess(
  definition: ProcessDefinition,
  environment: Record<string, string | undefined>,
): Promise<void> {
  // Node would print the line that threw first, and lines of bundled packages are longer than books.
  process.on('uncaughtException', (error) => {
    logger.fatal({ process: definition.name, err: error }, 'crashed');
    logger.flush(() => process.exit(1));
  });
  try {
    await start(definition, environment);
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`);
    process.exit(1);
  }
}

async function start(
  definition: ProcessDefinition,
  environment: Record<string, string | undefined>,
): Promise<void> {
  const config = await readConfig(environment);
  const { name, apps, stateless = false } = definition;
  logger.level = config.LOG_LEVEL;
  collectDefaultMetrics();
  const stopTracing = await traceIfAsked(config, name);
  const app = await NestFactory.create<NestFastifyApplication>(
    ProcessModule.forRoot(name, config, apps, stateless),
    createAdapter(),
    { logger: nestLogger, bodyParser: false, abortOnError: false },
  );
  await setUpHttp(app, config);
  if (definition.grpcServices.length > 0) {
    app.connectMicroservice<MicroserviceOptions>(
      grpcServerOptions(`${config.GRPC_HOST}:${config.GRPC_PORT}`, definition.grpcServices),
    );
  }
  const { completeOpenApi, pages = false } = definition;
  const hasPages = pages && (await servePages(app));
  serveApiPage(app, {
    document: () => buildOpenApi(app, VERSION),
    complete: completeOpenApi && ((own) => completeOpenApi(app, own)),
    withBar: hasPages,
  });
  if (!stateless) app.get(Consumers).requireAll(definition.consumers);
  await listening('GRPC_PORT', config.GRPC_PORT, () => app.startAllMicroservices());
  if (!stateless) await app.get(Remotes).warmUp();
  const shutdown = app.get(Shutdown);
  shutdown.register('http', name, () => app.getHttpServer() && closeHttp(app));
  shutdown.register('traces', 'exporter', stopTracing);
  endAtSignal(shutdown, name);
  const { PORT: port, HOST: host } = config;
  await listening('PORT', port, () => app.listen({ port, host, backlog: WAITING_CONNECTIONS }));
  logger.info({ process: name, address: await app.getUrl(), grpcPort: config.GRPC_PORT }, 'started');
}

/**
 * Nothing is traced without OTEL_EXPORTER_OTLP_ENDPOINT, and what would do it is not loaded.
 * @returns hands over what is left
 */
async function traceIfAsked(config: Config, process: string): Promise<() => Promise<void>> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = config;
  if (endpoint === undefined) return async () => undefined;
  const onProblem = (message: string) => logger.warn({ endpoint }, `traces: ${message}`);
  const { exportTraces } = await import('#tracing/export-traces.js');
  return exportTraces({ process, version: VERSION, endpoint, ratio, onProblem });
}

/** @throws Error that names the variable when its port is taken */
async function listening(variable: string, port: number, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    if (!/EADDRINUSE/.test(String(error))) throw error;
    const message = `${variable} ${port} is taken. Stop what listens there, or choose another ${variable}.`;
    throw new Error(message, { cause: error });
  }
}

/** gRPC callers in this process need to know the port, so a port of 0 is chosen here and not by the server. */
async function readConfig(environment: Record<string, string | undefined>): Promise<Config> {
  const config = Config.parse(environment);
  if (config.GRPC_PORT !== 0) return config;
  return Config.parse({ ...environment, GRPC_PORT: String(await findFreePort()) });
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * Stops taking requests, lets those in progress end, and drops connections that only idle. What is still in progress
 * after the grace loses its connection, for soon there will be no database to answer from.
 */
async function closeHttp(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const grace = setTimeout(() => server.closeAllConnections(), HTTP_GRACE_MS);
  // A stream that ends now leaves a connection that idles from then on.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(grace);
}

function endAtSignal(shutdown: Shutdown, name: string): void {
  const end = (signal: NodeJS.Signals) => {
    if (shutdown.begun) return;
    logger.info({ process: name, signal }, 'ending');
    setTimeout(() => process.exit(1), EXIT_LIMIT_MS).unref();
    void shutdown.run().then((failures) => {
      for (const failure of failures) logger.warn({ process: name, failure }, 'left behind');
      logger.info({ process: name }, 'ended');
      logger.flush(() => process.exit(0));
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
