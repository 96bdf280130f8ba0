import util from 'node:util';

import { Beckon, type BeckonOptions } from '#testkit/beckon.js';
import { BeckonApart } from '#testkit/beckon-apart.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { OwnPostgres } from '#testkit/own-postgres.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Random } from '#testkit/random.js';

import { Chaos } from './chaos.js';
import type { FaultDefinition } from './fault.js';
import type { Row } from './row.js';

export interface RunOptions {
  readonly seed: number;
  readonly scale: number;
  /** See `Setting`. */
  readonly patience?: number;
  /** The folder whose `dist` to try it on, if not this one's. */
  readonly build?: string;
  /** Changes the database before anything runs on it. */
  readonly prepare?: (database: TestDatabase) => Promise<unknown>;
  /** Whether nothing moves any more: what is not done by then is not waited for. */
  readonly isStill?: (chaos: Chaos) => Promise<boolean>;
  /** Called as soon as there is something to watch. */
  readonly watch?: (chaos: Chaos) => void;
  /** Looks at what is left when all is compared, before it is stopped. */
  readonly inspect?: (chaos: Chaos) => Promise<void>;
}

type Closing = (() => Promise<unknown>)[];

/** Tries one fault on servers and processes of its own, and holds the outcome against what must stand. */
export async function runFault(definition: FaultDefinition, options: RunOptions): Promise<Row> {
  const startedAt = performance.now();
  const closing: Closing = [];
  try {
    const measured = await start(definition, options, closing);
    return {
      name: definition.name,
      title: definition.title,
      seed: options.seed,
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
      ...measured,
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Starts what the definition needs, and runs it on that. @throws when something does not start */
async function start(
  definition: FaultDefinition,
  options: RunOptions,
  closing: Closing,
): Promise<ReturnType<Chaos['result']>> {
  const { servers = {} } = definition;
  const redis = servers.redis === true ? await kept(OwnRedis.start(), closing) : undefined;
  const postgres = servers.postgres === true ? await kept(OwnPostgres.start(), closing) : undefined;
  const database = postgres?.database ?? (await preparedClone(options));
  const beckonOptions: BeckonOptions = {
    env: { WRITES_PER_SECOND: '100000', STREAMS_PER_USER: '100', ...servers.env },
    ...(redis === undefined ? {} : { redisUrl: redis.url }),
    ...(database === undefined ? {} : { database }),
    ...(options.build === undefined ? {} : { build: options.build }),
    ...(servers.faultPoints === undefined ? {} : { faults: servers.faultPoints }),
  };
  const { scale, seed, patience = 1, isStill = () => Promise.resolve(false) } = options;
  const setting = { scale, random: new Random(seed), patience, isStill, redis, postgres };
  const chaosOf = <B extends Beckon>(beckon: B): Chaos<B> => {
    const chaos = new Chaos(beckon, setting);
    closing.push(() => chaos.close());
    options.watch?.(chaos);
    return chaos;
  };
  if (definition.needs === 'together') {
    const chaos = chaosOf(await kept(Beckon.start(beckonOptions), closing));
    return attempt(chaos, options, () => definition.run(chaos));
  }
  const chaos = chaosOf(await kept(BeckonApart.start(beckonOptions), closing));
  return attempt(chaos, options, () => definition.run(chaos));
}

/** A fault that ends in an error has found something too; what stands is compared in any case. */
async function attempt(
  chaos: Chaos,
  { inspect }: RunOptions,
  run: () => Promise<void>,
): Promise<ReturnType<Chaos['result']>> {
  await run().catch((error: Error) =>
    chaos.findings.push(`ended early (${chaos.phase}): ${util.inspect(error)}`),
  );
  await chaos.settle();
  await chaos.compare().catch((error: Error) => chaos.findings.push(`not compared: ${util.inspect(error)}`));
  await inspect?.(chaos);
  return chaos.result();
}

async function kept<T extends { stop(): Promise<void> }>(starting: Promise<T>, closing: Closing): Promise<T> {
  const server = await starting;
  closing.push(() => server.stop());
  return server;
}

/** A database of its own that something was done to; it is dropped with the Beckon that runs on it. */
async function preparedClone({ prepare }: RunOptions): Promise<TestDatabase | undefined> {
  if (prepare === undefined) return undefined;
  const database = await cloneDatabase();
  await prepare(database);
  return database;
}
