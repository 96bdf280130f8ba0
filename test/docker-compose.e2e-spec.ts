import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { Config, environment } from '#config/config.js';

interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
}

interface Read {
  readonly config?: { readonly services: Readonly<Record<string, ComposeService>> };
  readonly wrong?: string;
  readonly missing?: string;
}

const PASSWORDS = {
  BECKON_POSTGRES_PASSWORD: 'owner',
  BECKON_REDIS_PASSWORD: 'redis',
  BECKON_POST_PASSWORD: 'post',
};
/** The image's own (see the Dockerfile), and what is of containers rather than of their users. */
const NOT_FOR_USERS =
  /^(HOST|PORT|GRPC_HOST|GRPC_PORT|REDIS_URL|(\w+_)?DATABASE_URL|\w+_(HTTP|GRPC)_ADDRESS)$/;

/** The file as docker-compose reads it in an environment; unpacks Debian's if need be, which may take seconds. */
function read(env: Record<string, string>): Read {
  const { stdout } = spawnSync(process.execPath, ['libs/testkit/src/compose-config.mjs'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return JSON.parse(stdout) as Read;
}

const { config, wrong, missing } = read(PASSWORDS);
// Said aloud: it is the machine that lacks something, and nobody should believe these passed.
if (missing !== undefined) console.warn(`SKIPPED, docker-compose.yml can't be read here: ${missing}`);
const here = missing === undefined ? describe : describe.skip;

here('docker-compose.yml', () => {
  const all = Object.entries(config?.services ?? {});
  const service = (name: string) => all.find(([candidate]) => candidate === name)?.[1];
  const processes = all.filter(([name, { image }]) => image === 'beckon' && name !== 'migrate');
  const apps = processes.filter(([name]) => name !== 'gateway');
  const conditions = (name: string) =>
    Object.fromEntries(
      Object.entries(service(name)?.depends_on ?? {}).map(([other, { condition }]) => [other, condition]),
    );

  it('is read by docker-compose, and says which password it misses', () => {
    expect(wrong).toBeUndefined();
    expect(read({ BECKON_REDIS_PASSWORD: 'redis' }).wrong).toContain('set BECKON_POSTGRES_PASSWORD');
  });

  it('starts one thing after the other, by health', () => {
    expect(conditions('migrate')).toEqual({ postgres: 'service_healthy' });
    expect(apps.map(([name]) => name).sort((a, b) => a.localeCompare(b))).toEqual([
      'analytics',
      'comment',
      'notification-api',
      'notification-worker',
      'post',
      'reaction',
      'user',
    ]);
    for (const [name] of apps)
      expect(conditions(name)).toEqual({
        migrate: 'service_completed_successfully',
        redis: 'service_healthy',
      });
    expect(conditions('gateway')).toEqual(
      Object.fromEntries(apps.map(([name]) => [name, 'service_healthy'])),
    );
    for (const name of ['postgres', 'redis', 'prometheus']) expect(service(name)?.healthcheck).toBeDefined();
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK /m);
  });

  it('shows each app its own database alone, and the gateway none', () => {
    for (const [name, { environment = {}, command = [] }] of processes) {
      expect(command.at(-1)).toBe(`dist/main/${name}.cjs`);
      const shown = Object.keys(environment).filter((key) => key.endsWith('DATABASE_URL'));
      const own = `${name.split('-')[0]?.toUpperCase()}_DATABASE_URL`;
      expect(shown).toEqual(name === 'gateway' ? [] : [own]);
      expect('REDIS_URL' in environment).toBe(name !== 'gateway');
    }
    expect(service('post')?.environment?.['POST_DATABASE_URL']).toBe(
      'postgresql://beckon_post:post@postgres:5432/beckon',
    );
  });

  it('passes on every setting that stands in .env, and needs none of them but the secrets', () => {
    const settings = Object.keys(environment.shape).filter((name) => !NOT_FOR_USERS.test(name));
    expect(settings).toContain('INBOX_RETENTION_DAYS');
    const marked = Object.fromEntries(settings.map((name) => [name, `mark-of-${name}`]));
    const set = read({ ...PASSWORDS, ...marked }).config?.services ?? {};
    for (const [name] of processes) expect(set[name]?.environment).toMatchObject(marked);

    const secrets = { SERVICE_TOKEN_SECRET: 'x'.repeat(32), AUTH_HS256_SECRET: 'y'.repeat(32) };
    for (const [, { environment: unset = {} }] of processes)
      expect(() => Config.parse({ ...unset, ...secrets })).not.toThrow();
    expect(Config.parse({ ...service('gateway')?.environment, ...secrets }).BECKON_ENV).toBe('production');
  });

  it('opens ports to this machine only, and holds no secret', () => {
    const ports = all.flatMap(([, { ports: own = [] }]) => own);
    expect(ports.length).toBeGreaterThan(3);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    const file = readFileSync('docker-compose.yml', 'utf8');
    const given = [...file.matchAll(/^\s*\w*(?:PASSWORD|SECRET)\w*: (.*)$/gm)].map(([, value = '']) => value);
    expect(given.length).toBeGreaterThan(2);
    expect(given.filter((value) => !value.startsWith('${'))).toEqual([]);
    expect([...file.matchAll(/:\/\/\w*:([^@\n]*)@/g)].filter(([, word]) => !word?.startsWith('${'))).toEqual(
      [],
    );
  });

  it('has Prometheus ask each process', () => {
    const scraped = [
      ...readFileSync('deploy/prometheus/prometheus.yml', 'utf8').matchAll(/- ([\w-]+):3000$/gm),
    ];
    const names = (list: (string | undefined)[]) => list.sort((a, b) => String(a).localeCompare(String(b)));
    expect(names(scraped.map(([, name]) => name))).toEqual(names(processes.map(([name]) => name)));
  });
});
