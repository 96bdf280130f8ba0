import { isIPv4 } from 'node:net';
import { z } from 'zod';

/** The services of Beckon; each owns a PostgreSQL schema of the same name. */
export const services = ['user', 'post', 'comment', 'reaction', 'notification', 'analytics'] as const;
export type Service = (typeof services)[number];

const url = (protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const postgresUrl = url(['postgres:', 'postgresql:']);
const secret = z.string().min(32, 'must have 32 characters or more');
const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const list = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .pipe(z.array(z.string().min(1)));
const hostAndPort = z.string().regex(/^[^\s:,]+:\d{1,5}$/, 'must be host:port');
/** Where the processes of an app are: `host:port`, or several with commas between them. */
const addresses = list.pipe(z.array(hostAndPort)).optional();
/** gRPC takes one name, which may stand for several processes, or several numbers. */
const grpcAddresses = list
  .pipe(z.array(hostAndPort))
  .refine((all) => all.length === 1 || all.every((address) => isIPv4(address.split(':')[0] ?? '')), {
    error: 'several must be IPv4 addresses with ports; a name stands alone',
  })
  .optional();

/** Every setting of Beckon: an environment variable, what it must be, and its default. */
const environment = z
  .object({
    BECKON_ENV: z.enum(['development', 'production', 'test']).default('production'),
    HOST: z.string().default('127.0.0.1'),
    PORT: wholeNumber(0, 65535).default(3000),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),

    DATABASE_URL: postgresUrl.optional(),
    USER_DATABASE_URL: postgresUrl.optional(),
    POST_DATABASE_URL: postgresUrl.optional(),
    COMMENT_DATABASE_URL: postgresUrl.optional(),
    REACTION_DATABASE_URL: postgresUrl.optional(),
    NOTIFICATION_DATABASE_URL: postgresUrl.optional(),
    ANALYTICS_DATABASE_URL: postgresUrl.optional(),
    DATABASE_POOL_SIZE: wholeNumber(2, 200).default(10),

    REDIS_URL: url(['redis:', 'rediss:']).optional(),
    REDIS_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/)
      .default('beckon'),

    AUTH_HS256_SECRET: secret.optional(),
    AUTH_JWKS_URL: url(['http:', 'https:']).optional(),
    AUTH_ISSUER: z.string().default('beckon'),
    AUTH_AUDIENCE: z.string().default('beckon'),
    SERVICE_TOKEN_SECRET: secret,

    GRPC_HOST: z.string().default('127.0.0.1'),
    GRPC_PORT: wholeNumber(0, 65535).default(0),
    USER_GRPC_ADDRESS: grpcAddresses,
    POST_GRPC_ADDRESS: grpcAddresses,
    COMMENT_GRPC_ADDRESS: grpcAddresses,
    REACTION_GRPC_ADDRESS: grpcAddresses,
    NOTIFICATION_GRPC_ADDRESS: grpcAddresses,
    ANALYTICS_GRPC_ADDRESS: grpcAddresses,
    USER_HTTP_ADDRESS: addresses,
    POST_HTTP_ADDRESS: addresses,
    COMMENT_HTTP_ADDRESS: addresses,
    REACTION_HTTP_ADDRESS: addresses,
    NOTIFICATION_HTTP_ADDRESS: addresses,
    ANALYTICS_HTTP_ADDRESS: addresses,

    /** Traces are off without it. What else the exporter reads (OTEL_EXPORTER_OTLP_HEADERS …) is OpenTelemetry's. */
    OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:']).optional(),
    /** Which share of the requests begin a trace; a caller that traces decides for itself. */
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),

    CORS_ORIGINS: list.optional(),
    WRITES_PER_SECOND: wholeNumber(1, 1_000_000).default(60),
    STREAMS_PER_USER: wholeNumber(1, 1000).default(10),
    BACKLOG_LIMIT: wholeNumber(1, 1_000_000_000).default(5_000_000),
    REACTION_TYPES: list.default(['like', 'love', 'haha', 'wow', 'sad', 'angry']),
    /** Below 61, a change of something forgotten may tell of it anew: for 30 days it does, and for 30 it may be on its way. */
    INBOX_RETENTION_DAYS: wholeNumber(1, 3650).default(90),
    OUTBOX_RETENTION_DAYS: wholeNumber(1, 3650).default(7),
    REDRIVES_PER_SECOND: wholeNumber(1, 10_000).default(50),
    /**
     * A worker that has work and ends none of it for so long is started anew. One statement may take 16 s before it is
     * cut off, and one job has several of them; a PostgreSQL that merely does not answer must not look like a stall.
     */
    WORKER_SILENCE_SECONDS: wholeNumber(1, 3600).default(60),
    /** While more jobs (of up to 100 events) wait for the notification consumer, posts wait on their way to followers. */
    FAN_OUT_BACKLOG_JOBS: wholeNumber(0, 1_000_000).default(5),
    RETENTION_INTERVAL_SECONDS: wholeNumber(1, 86_400).default(600),
  })
  .refine((env) => env.AUTH_HS256_SECRET !== undefined || env.AUTH_JWKS_URL !== undefined, {
    path: ['AUTH_JWKS_URL'],
    error: 'set AUTH_JWKS_URL or AUTH_HS256_SECRET',
  });

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface Config extends z.output<typeof environment> {}

/** The parsed settings, passed to whoever needs them; nothing else reads the environment. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Config {
  private constructor(values: z.output<typeof environment>) {
    Object.assign(this, values);
  }

  /**
   * Parses the environment. Unset and empty variables take their defaults.
   * @throws Error that names every variable that is wrong and what it should be.
   */
  static parse(env: Record<string, string | undefined>): Config {
    const set = Object.fromEntries(
      Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
    );
    const parsed = environment.safeParse(set);
    if (parsed.success) return new Config(parsed.data);
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`Beckon can't start with this configuration:\n${lines.join('\n')}`);
  }

  /**
   * Where a service's PostgreSQL schema is, and as whom it is reached.
   * @throws Error that names the variables when neither is set: at start, when the services of a process are known.
   */
  databaseUrl(service: Service): string {
    const own = variable(service, 'DATABASE_URL');
    return this[own] ?? this.DATABASE_URL ?? missing(own, 'set it, or DATABASE_URL');
  }

  /** Where Redis is. @throws Error that names the variable when it is not set; the gateway needs none. */
  get redisUrl(): string {
    return this.REDIS_URL ?? missing('REDIS_URL', 'set it');
  }

  /** Where a service's gRPC servers listen; in one process with the caller unless said otherwise. */
  grpcAddresses(service: Service): readonly string[] {
    return this[variable(service, 'GRPC_ADDRESS')] ?? [`127.0.0.1:${this.GRPC_PORT}`];
  }

  /** Where a service answers HTTP, for the gateway. @throws Error that names the variable when it is not set */
  httpAddresses(service: Service): readonly string[] {
    const own = variable(service, 'HTTP_ADDRESS');
    return this[own] ?? missing(own, 'set it to the host:port where that app answers HTTP');
  }
}

function variable<Name extends string>(service: Service, name: Name) {
  return `${service.toUpperCase() as Uppercase<Service>}_${name}` as const;
}

function missing(name: string, what: string): never {
  throw new Error(`Beckon can't start with this configuration:\n  ${name}: ${what}`);
}
