import { type Service, services } from '#config/config.js';
import type { Fault } from '#faults/armed/fault-point.js';
import { type AppProcess, freePort, startApp } from '#testkit/app-process.js';
import { Beckon, type BeckonOptions, environment } from '#testkit/beckon.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { serviceOf } from '#testkit/service-of.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';

interface Instance {
  readonly process: AppProcess;
  readonly port: number;
  readonly grpcPort: number;
}

/**
 * A Beckon of one process an app and no gateway: the client knows who answers. Apps reach each other through proxies, one before each app's gRPC server, so that
 * a test can cut, freeze or slow one of them, and lead callers to a new process.
 */
export class BeckonApart extends Beckon {
  readonly grpc: Readonly<Record<Service, TcpProxy>>;
  private readonly instances = new Map<Service, Instance>();
  /** Beside the one that answers. */
  private readonly extra: Instance[] = [];

  private constructor(
    database: TestDatabase,
    env: Record<string, string>,
    options: BeckonOptions,
    proxies: Record<Service, TcpProxy>,
  ) {
    super('', database, env, options);
    this.grpc = proxies;
  }

  static override async start(options: BeckonOptions = {}): Promise<BeckonApart> {
    const database = options.database ?? (await cloneDatabase());
    const proxies = {} as Record<Service, TcpProxy>;
    const addresses: Record<string, string> = {};
    for (const service of services) {
      proxies[service] = await TcpProxy.start(await freePort(), { host: '127.0.0.1', port: 1 });
      addresses[`${service.toUpperCase()}_GRPC_ADDRESS`] = `127.0.0.1:${proxies[service].port}`;
    }
    const env = { ...environment(database, options), ...addresses };
    const beckon = new BeckonApart(database, env, options, proxies);
    try {
      await beckon.run();
    } catch (error) {
      await beckon.stop();
      throw error;
    }
    return beckon;
  }

  override urlOf(path: string): string {
    const service = serviceOf(path.split('?')[0] ?? '');
    const instance = service === undefined ? undefined : this.instances.get(service);
    if (instance === undefined) throw new Error(`no process answers ${path}`);
    return `http://127.0.0.1:${instance.port}`;
  }

  /** Starts those that do not run. */
  override async run(): Promise<void> {
    const starting = services.filter((service) => !this.runs(service));
    const failed = (await Promise.allSettled(starting.map((service) => this.runApp(service)))).find(
      (start) => start.status === 'rejected',
    );
    if (failed !== undefined) throw failed.reason;
  }

  /** Ends all of them. Answers the first exit code that is not 0, or 0. */
  override async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const all = [...this.instances.values(), ...this.extra.splice(0)];
    const codes = await Promise.all(all.map(({ process }) => process.end(signal)));
    return codes.find((code) => code !== 0) ?? 0;
  }

  override async stop(): Promise<void> {
    await super.stop();
    await Promise.all(Object.values(this.grpc).map((proxy) => proxy.stop()));
  }

  override get isRunning(): boolean {
    return services.every((service) => this.runs(service));
  }

  override arm(...faults: Fault[]): void {
    for (const { process } of this.instances.values()) process.arm(faults);
  }

  /** Leads those who ask an app over gRPC to another server at once, or back to it. */
  async leadGrpc(service: Service, port?: number): Promise<void> {
    this.grpc[service].lead(port ?? this.instanceOf(service).grpcPort);
    await this.grpc[service].restore();
  }

  /** What all processes have counted together under a metric's name and a label. */
  async counted(metric: string, label: RegExp): Promise<number> {
    const line = new RegExp(`^${metric}\\{.*${label.source}.*\\} (\\d+)`, 'gm');
    let sum = 0;
    for (const { port } of this.instances.values()) {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      for (const [, value] of text.matchAll(line)) sum += Number(value);
    }
    return sum;
  }

  /** The process of one app. */
  processOf(service: Service): AppProcess {
    return this.instanceOf(service).process;
  }

  /** Starts an app on ports of its own and leads everybody to it; one that ran before is left to be ended. */
  async runApp(service: Service, env: Record<string, string> = {}): Promise<void> {
    const instance = await this.startInstance(service, env);
    this.instances.set(service, instance);
    this.grpc[service].lead(instance.grpcPort);
  }

  /** Ends an app's process after another one with more environment has taken its place. */
  async replace(service: Service, env: Record<string, string>): Promise<void> {
    const old = this.processOf(service);
    await this.runApp(service, env);
    await old.end('SIGTERM');
  }

  /** Starts a second process of an app, which nobody is led to: its relays, sweeps and workers share the work. */
  async runSecond(service: Service): Promise<AppProcess> {
    const instance = await this.startInstance(service);
    this.extra.push(instance);
    return instance.process;
  }

  private async startInstance(service: Service, more: Record<string, string> = {}): Promise<Instance> {
    const [port, grpcPort] = [await freePort(), await freePort()];
    const env = { ...this.env, PORT: String(port), GRPC_PORT: String(grpcPort), ...more };
    return { process: await startApp(service, env, this.options), port, grpcPort };
  }

  private instanceOf(service: Service): Instance {
    const instance = this.instances.get(service);
    if (instance === undefined) throw new Error(`${service} was never started`);
    return instance;
  }

  private runs(service: Service): boolean {
    const child = this.instances.get(service)?.process.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }
}
