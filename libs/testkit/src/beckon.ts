import { randomBytes } from 'node:crypto';

import type { Fault } from '#faults/armed/fault-point.js';
import { Api } from '#testkit/api.js';
import { type AppProcess, freePort, startApp } from '#testkit/app-process.js';
import { cloneDatabase, databaseEnvironment, type TestDatabase } from '#testkit/database.js';
import { drain } from '#testkit/drain.js';
import { fromTestRun } from '#testkit/environment.js';
import { insist } from '#testkit/insist.js';
import { OpenApiCheck } from '#testkit/openapi-check.js';
import { TestStream } from '#testkit/stream.js';
import { SERVICE_SECRET, signToken, USER_SECRET } from '#testkit/tokens.js';

export interface BeckonOptions {
  /** Environment beyond the usual; may name other servers. */
  readonly env?: Record<string, string>;
  /** Another Redis than the run's shared one. */
  readonly redisUrl?: string;
  /** Where PostgreSQL is reached, if not directly: the port of a proxy. */
  readonly databasePort?: number;
  /** Another database than a fresh clone; it is dropped in the end. */
  readonly database?: TestDatabase;
  /** The folder whose `dist/` to run, if not this one's. */
  readonly build?: string;
  /** When given, even if empty, the process is one that can be made to fail at its fault points. */
  readonly faults?: readonly Fault[];
}

const STREAM = '/v1/notifications/stream';

/** A running Beckon with a database and a Redis prefix of its own. */
export class Beckon {
  private app: AppProcess | undefined;
  private check: OpenApiCheck | undefined;
  private readonly tokens = new Map<string, string>();

  protected constructor(
    readonly url: string,
    readonly database: TestDatabase,
    readonly env: Record<string, string>,
    protected readonly options: BeckonOptions,
  ) {}

  static async start(options: BeckonOptions = {}): Promise<Beckon> {
    const database = options.database ?? (await cloneDatabase());
    const env = {
      ...environment(database, options),
      PORT: String(await freePort()),
      GRPC_PORT: String(await freePort()),
      ...options.env,
    };
    const beckon = new Beckon(`http://127.0.0.1:${env.PORT}`, database, env, options);
    await beckon.run();
    return beckon;
  }

  /** The process that answers this path: scheme, host and port. */
  urlOf(_path: string): string {
    return this.url;
  }

  get grpcAddress(): string {
    return `127.0.0.1:${this.env['GRPC_PORT']}`;
  }

  get pid(): number {
    return this.app?.pid ?? 0;
  }

  /** Resolves when the process has ended, however it did. */
  get ended(): Promise<unknown> {
    return this.app?.ended ?? Promise.resolve();
  }

  /** False when the process has ended, by whomever. */
  get isRunning(): boolean {
    return this.app?.child.exitCode === null && this.app.child.signalCode === null;
  }

  /** Starts the process (again). */
  async run(): Promise<void> {
    this.app = await startApp('all-in-one', this.env, this.options);
    await this.readDocument();
  }

  /** Replaces what is to happen at which fault points of the running process. */
  arm(...faults: Fault[]): void {
    this.app?.arm(faults);
  }

  /** Ends the process as a deployment would (SIGTERM) or as a crash does (SIGKILL). Answers the exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    return this.app?.end(signal) ?? Promise.resolve(null);
  }

  /** From now on every answer is held against what is documented. */
  protected async readDocument(): Promise<void> {
    const { build, env } = this.options;
    const isUsual = build === undefined && env?.['BECKON_ENV'] === undefined;
    this.check ??= await (isUsual ? OpenApiCheck.ofThisBuild(this.url) : OpenApiCheck.servedAt(this.url));
  }

  /** Ends everything that belongs to the suite. */
  async stop(): Promise<void> {
    await this.end();
    await this.database.drop();
  }

  /** Requests as a user. */
  async as(userId: string): Promise<Api> {
    return this.withHeaders({ authorization: `Bearer ${await this.tokenOf(userId)}` });
  }

  /** Requests as a network's service, for a user if one is named. */
  async asService(actorId?: string): Promise<Api> {
    return this.withHeaders({
      authorization: `Bearer ${await this.tokenOf('network', 'service')}`,
      ...(actorId === undefined ? {} : { 'beckon-actor': actorId }),
    });
  }

  withHeaders(headers: Record<string, string>): Api {
    return new Api((path) => this.urlOf(path), this.check, headers);
  }

  async tokenOf(userId: string, scope?: string): Promise<string> {
    const key = `${userId} ${scope ?? ''}`;
    let token = this.tokens.get(key);
    if (token === undefined) {
      token = await signToken(userId, scope === undefined ? {} : { scope });
      this.tokens.set(key, token);
    }
    return token;
  }

  /** Makes people with the given ids, which are their handles too. */
  async people(...ids: string[]): Promise<void> {
    const service = await this.asService();
    const users = ids.map((id) => ({ id, handle: id.replaceAll('-', '_'), displayName: `${id} the person` }));
    await insist(() => service.post('/v1/batch/users', { users }));
  }

  /** Opens a live stream; waits for its headers. */
  async stream(userId: string, after?: number): Promise<TestStream> {
    const headers: Record<string, string> = { authorization: `Bearer ${await this.tokenOf(userId)}` };
    if (after !== undefined) headers['last-event-id'] = String(after);
    return TestStream.open(`${this.urlOf(STREAM)}${STREAM}`, headers);
  }

  /** Waits until everything accepted so far has had its whole effect. */
  drain(ms?: number, isStill?: () => Promise<boolean>): Promise<void> {
    return drain(this.database, ms, isStill);
  }
}

/** What every process of a Beckon is told; ports are its own. */
export function environment(database: TestDatabase, options: BeckonOptions): Record<string, string> {
  return {
    BECKON_ENV: 'development',
    ...databaseEnvironment(database, options.databasePort),
    REDIS_URL: options.redisUrl ?? fromTestRun('TEST_REDIS_URL'),
    REDIS_PREFIX: `t${randomBytes(4).toString('hex')}`,
    AUTH_HS256_SECRET: USER_SECRET,
    SERVICE_TOKEN_SECRET: SERVICE_SECRET,
    ...options.env,
  };
}
