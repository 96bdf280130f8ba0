import { type Service, services } from '#config/config.js';
import { type AppProcess, freePort, startApp } from '#testkit/app-process.js';
import { Beckon, type BeckonOptions, environment } from '#testkit/beckon.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { sideBySide } from '#testkit/side-by-side.js';
import { until } from '#testkit/until.js';

/** The processes of a Beckon that runs apart, by the names of their bundles. */
export const processNames = [
  'user',
  'post',
  'comment',
  'reaction',
  'notification-api',
  'notification-worker',
  'analytics',
  'gateway',
] as const;
export type ProcessName = (typeof processNames)[number];

/** Begun at a time: more would be late for each other. */
const STARTS = 4;

/** Whose halves run apart: one answers HTTP, the other gRPC. */
const halves: Partial<Record<Service, { http: ProcessName; grpc: ProcessName }>> = {
  notification: { http: 'notification-api', grpc: 'notification-worker' },
};

interface Place {
  readonly port: number;
  readonly grpcPort: number;
  process: AppProcess | undefined;
}

export interface ServicesOptions extends BeckonOptions {
  /** How many of each process. */
  readonly copies?: number;
}

/**
 * A Beckon as it runs apart: every app a process of its own, the gateway before them, as many copies of each as asked
 * for. With several gateways requests go round among those that run, as a load balancer would have it.
 */
export class BeckonServices extends Beckon {
  private next = 0;

  private constructor(
    url: string,
    database: TestDatabase,
    env: Record<string, string>,
    options: BeckonOptions,
    private readonly places: ReadonlyMap<ProcessName, readonly Place[]>,
  ) {
    super(url, database, env, options);
  }

  static override async start({ copies = 1, ...options }: ServicesOptions = {}): Promise<BeckonServices> {
    const database = options.database ?? (await cloneDatabase());
    const places = new Map<ProcessName, Place[]>();
    for (const name of processNames) {
      const own: Place[] = [];
      for (let copy = 0; copy < copies; copy++)
        own.push({ port: await freePort(), grpcPort: await freePort(), process: undefined });
      places.set(name, own);
    }
    const env = { ...environment(database, options), ...addressesOf(places) };
    const url = `http://127.0.0.1:${places.get('gateway')?.[0]?.port}`;
    const beckon = new BeckonServices(url, database, env, options, places);
    try {
      await beckon.run();
    } catch (error) {
      await beckon.stop();
      throw error;
    }
    return beckon;
  }

  override urlOf(_path: string): string {
    const there = this.placesOf('gateway').filter(runs);
    const place = there[this.next++ % there.length];
    return place === undefined ? this.url : `http://127.0.0.1:${place.port}`;
  }

  /** Starts those that do not run. */
  override async run(): Promise<void> {
    const starts = processNames.flatMap((name) =>
      this.placesOf(name)
        .filter((place) => !runs(place))
        .map((place) => () => this.startAt(name, place)),
    );
    await sideBySide(starts.length, async (index) => starts[index]?.(), STARTS);
    await until(() => this.isDocumented(), 60_000);
    await this.readDocument();
  }

  /** Ends all of them. Answers the first exit code that is not 0, or 0. */
  override async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const codes = await Promise.all(
      processNames.flatMap((name) => this.placesOf(name).map((_, copy) => this.endOne(name, copy, signal))),
    );
    return codes.find((code) => code !== 0) ?? 0;
  }

  /** Ends one process; whoever asks it finds nobody there. Answers its exit code. */
  async endOne(name: ProcessName, copy = 0, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
    const place = this.placesOf(name)[copy];
    const ending = place?.process;
    if (place === undefined || ending === undefined) return 0;
    // Out of the load balancer first.
    place.process = undefined;
    return ending.end(signal);
  }

  /** Starts one process where it was before. */
  async runOne(name: ProcessName, copy = 0): Promise<void> {
    const place = this.placesOf(name)[copy];
    if (place === undefined) throw new Error(`there is no ${name} ${copy}`);
    await this.startAt(name, place);
  }

  /** Stops one process where it is: its kernel goes on taking connections, and nothing answers. */
  freezeOne(name: ProcessName, copy = 0): void {
    this.placesOf(name)[copy]?.process?.child.kill('SIGSTOP');
  }

  thawOne(name: ProcessName, copy = 0): void {
    this.placesOf(name)[copy]?.process?.child.kill('SIGCONT');
  }

  /** Where one process answers HTTP itself: scheme, host and port. */
  directUrl(name: ProcessName, copy = 0): string {
    return `http://127.0.0.1:${this.placesOf(name)[copy]?.port}`;
  }

  override get isRunning(): boolean {
    return [...this.places.values()].flat().every(runs);
  }

  /** On a busy machine an app may be too slow to tell the gateway of its routes at once. */
  private async isDocumented(): Promise<boolean> {
    const { info } = (await (await fetch(`${this.url}/openapi.json`)).json()) as {
      info: { description: string };
    };
    return !info.description.includes('missing');
  }

  private async startAt(name: ProcessName, place: Place): Promise<void> {
    const env = { ...this.env, PORT: String(place.port), GRPC_PORT: String(place.grpcPort) };
    place.process = await startApp(name, env, this.options);
  }

  private placesOf(name: ProcessName): readonly Place[] {
    return this.places.get(name) ?? [];
  }
}

function addressesOf(places: ReadonlyMap<ProcessName, readonly Place[]>): Record<string, string> {
  const addresses: Record<string, string> = {};
  for (const service of services) {
    const http = places.get(halves[service]?.http ?? (service as ProcessName)) ?? [];
    const grpc = places.get(halves[service]?.grpc ?? (service as ProcessName)) ?? [];
    addresses[`${service.toUpperCase()}_HTTP_ADDRESS`] = http.map(({ port }) => `127.0.0.1:${port}`).join();
    addresses[`${service.toUpperCase()}_GRPC_ADDRESS`] = grpc
      .map((place) => `127.0.0.1:${place.grpcPort}`)
      .join();
  }
  return addresses;
}

function runs({ process }: Place): boolean {
  return process !== undefined && process.child.exitCode === null && process.child.signalCode === null;
}
