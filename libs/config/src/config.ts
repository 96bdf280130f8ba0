import { isIPv4 } from 'node:net';
import { z } from 'zod';

/** The services of Beckon; each owns a PostgreSQL schema of the same name. */
export const services = ['user', 'post', 'comment', 'reaction', 'notification', 'analytics'] as const;
export type Service = (typeof services)[number];

// `takes` and `description` are what docs/configure.md says of a variable; `npm run docs:configure` writes them there.

const url = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    })
    .meta({ takes: protocols.map((protocol) => `\`${protocol}//…\``).join(' or ') });
const postgresUrl = url('postgres:', 'postgresql:');
const secret = z.string().min(32, 'must have 32 characters or more');
const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const address = z.string().meta({ takes: 'an address of this machine' });
const text = z.string().meta({ takes: 'text' });
const list = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .pipe(z.array(z.string().min(1)))
  .meta({ takes: 'one, or several with commas between them' });
const hostAndPort = z.string().regex(/^[^\s:,]+:\d{1,5}$/, 'must be host:port');
const httpAddresses = list
  .pipe(z.array(hostAndPort))
  .meta({ takes: '`host:port`, or several with commas between them' });
/** gRPC takes one name, which may stand for several processes, or several numbers. */
const grpcAddresses = list
  .pipe(z.array(hostAndPort))
  .refine((all) => all.length === 1 || all.every((one) => isIPv4(one.split(':')[0] ?? '')), {
    error: 'several must be IPv4 addresses with ports; a name stands alone',
  })
  .meta({ takes: '`host:port`, or several `IPv4:port` with commas between them' });

/** Every setting of Beckon: an environment variable, what it must be, its default and its meaning. */
export const environment = z
  .object({
    BECKON_ENV: z.enum(['development', 'production', 'test']).default('production').meta({
      description:
        'Only `development`, which `npm start` chooses, offers `POST /v1/dev/tokens`, which gives a token to whoever asks.',
    }),
    HOST: address
      .default('127.0.0.1')
      .meta({ description: 'Where HTTP listens; `0.0.0.0` for all addresses.' }),
    PORT: wholeNumber(0, 65535).default(3000).meta({
      description: 'Where HTTP listens; 0 takes a free port (not with `npm start`).',
    }),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .meta({ description: 'The least that is logged. `debug` logs each request.' }),

    DATABASE_URL: postgresUrl.optional().meta({
      description:
        'PostgreSQL 14 or later, for all services that have no URL of their own. `npm run db:migrate` and `db:roles` connect with it, as the owner.',
    }),
    ...perService(
      'DATABASE_URL',
      postgresUrl.optional().meta({
        description:
          'What one service connects with, in the place of `DATABASE_URL`: as its role, or to a server of its own. A process needs the URLs of its own services only.',
      }),
    ),
    DATABASE_POOL_SIZE: wholeNumber(2, 200).default(10).meta({
      description:
        'Connections to PostgreSQL of each service in a process, at most. Producing services have 4 more for their outbox.',
    }),

    REDIS_URL: url('redis:', 'rediss:').optional().meta({
      description:
        'Redis or Valkey 7 or later, which must not evict (`noeviction`). Every process but the gateway needs it.',
    }),
    REDIS_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/)
      .default('beckon')
      .meta({
        takes: 'up to 40 of `A-Z a-z 0-9 _ -`',
        description:
          'First part of every key and channel, so that several Beckons can share a Redis. The same in all processes.',
      }),

    AUTH_JWKS_URL: url('http:', 'https:').optional().meta({
      description:
        'Where the public keys of your identity provider are (RS256, ES256, EdDSA). This or the next is required.',
    }),
    AUTH_HS256_SECRET: secret.optional().meta({
      description:
        'A secret that you share with whoever signs tokens, for HS256. `npm start` makes none when `AUTH_JWKS_URL` is set.',
    }),
    AUTH_ISSUER: text.default('beckon').meta({ description: '`iss` that a token must have.' }),
    AUTH_AUDIENCE: text.default('beckon').meta({ description: '`aud` that a token must have.' }),
    SERVICE_TOKEN_SECRET: secret.meta({
      description:
        "Signs the tokens that Beckon's processes show each other over gRPC. The same in all processes, and nobody else's.",
    }),

    GRPC_HOST: address.default('127.0.0.1').meta({ description: 'Where gRPC listens.' }),
    GRPC_PORT: wholeNumber(0, 65535).default(0).meta({
      description: "Where the process's gRPC server listens; 0 takes a free port.",
    }),
    ...perService(
      'GRPC_ADDRESS',
      grpcAddresses.optional().meta({
        description: "Where that app's gRPC is. Left out: in the process itself.",
      }),
    ),
    ...perService(
      'HTTP_ADDRESS',
      httpAddresses.optional().meta({
        description:
          'Where that app answers HTTP. Read by the gateway only, which needs all six; it tries several in turn.',
      }),
    ),

    // What else the exporter reads (OTEL_EXPORTER_OTLP_HEADERS …) is OpenTelemetry's.
    OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional().meta({
      description: 'An OpenTelemetry collector (OTLP over HTTP). Without it nothing is traced.',
    }),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1).meta({
      description: 'The share of requests that begin a trace; a caller that traces decides for itself.',
    }),

    CORS_ORIGINS: list.optional().meta({
      description: 'Origins whose pages may call the API; without it, the same origin only.',
    }),
    WRITES_PER_SECOND: wholeNumber(1, 1_000_000).default(60).meta({
      description: 'Writes a second of one user in one process; beyond it 429.',
    }),
    STREAMS_PER_USER: wholeNumber(1, 1000).default(10).meta({
      description: 'Open streams of one user in one process; beyond it 429.',
    }),
    BACKLOG_LIMIT: wholeNumber(1, 1_000_000_000).default(5_000_000).meta({
      description:
        'Deliveries that a producing service may have unsettled. Beyond it (a second late) its writes are answered 503 with `Retry-After` and the code `BACKLOG_FULL`, until enough is settled.',
    }),
    REACTION_TYPES: list
      .prefault('like,love,haha,wow,sad,angry')
      .meta({ description: 'The reactions there are.' }),

    // For 30 days a change of something forgotten may tell of it anew, and for 30 it may be on its way.
    INBOX_RETENTION_DAYS: wholeNumber(1, 3650).default(90).meta({
      description:
        'Notifications that have not changed for so long are deleted, read or not. Below 61, somebody who changes an old reaction may be told of anew.',
    }),
    OUTBOX_RETENTION_DAYS: wholeNumber(1, 3650).default(7).meta({
      description: 'Events are deleted after so long, unless a consumer has not settled them.',
    }),
    RETENTION_INTERVAL_SECONDS: wholeNumber(1, 86_400).default(600).meta({
      description: 'How often is looked for what may be deleted.',
    }),

    REDRIVES_PER_SECOND: wholeNumber(1, 10_000).default(50).meta({
      description: 'Dead letters that one consumer applies again in a second.',
    }),
    // One statement may take 16 s before it is cut off, and one job has several of them; a PostgreSQL that merely does
    // not answer must not look like a stall.
    WORKER_SILENCE_SECONDS: wholeNumber(1, 3600).default(60).meta({
      description: 'A worker that has work and completes none for so long is started anew.',
    }),
    FAN_OUT_BACKLOG_MS: wholeNumber(10, 60_000).default(250).meta({
      description:
        'While events are seen to wait longer than this for the notification consumer, posts wait on their way to followers.',
    }),
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

/** A variable of this name for each service: USER_<name>, POST_<name> … */
function perService<const Name extends string, Schema extends z.ZodType>(name: Name, schema: Schema) {
  return Object.fromEntries(services.map((service) => [variable(service, name), schema])) as Record<
    ReturnType<typeof variable<Name>>,
    Schema
  >;
}

function variable<const Name extends string>(service: Service, name: Name) {
  return `${service.toUpperCase() as Uppercase<Service>}_${name}` as const;
}

function missing(name: string, what: string): never {
  throw new Error(`Beckon can't start with this configuration:\n  ${name}: ${what}`);
}
