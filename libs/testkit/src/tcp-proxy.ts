import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that can be cut, frozen and slowed: how the tests take a dependency away. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private mode: 'pass' | 'refuse' | 'freeze' = 'pass';
  private server: Server | undefined;
  private delayMs = 0;
  private bytesLeft = Infinity;

  private constructor(
    readonly port: number,
    private target: { host: string; port: number },
  ) {}

  static async start(port: number, target: { host: string; port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(port, target);
    await proxy.listen();
    return proxy;
  }

  /** The dependency is gone: connections break and new ones are refused. */
  async cut(): Promise<void> {
    this.mode = 'refuse';
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) =>
      this.server === undefined ? resolve() : this.server.close(() => resolve()),
    );
    this.server = undefined;
  }

  /** A black hole: connections stay and nothing passes any more. */
  freeze(): void {
    this.mode = 'freeze';
    for (const socket of this.sockets) socket.pause();
  }

  /** Freezes in the middle of what clients say, as soon as they have sent so many more bytes. */
  freezeAfter(bytes: number): void {
    this.bytesLeft = bytes;
  }

  get isFrozen(): boolean {
    return this.mode === 'freeze';
  }

  /** Whatever passes from now on takes so much longer, in each direction. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** New connections lead to another port; those that are open stay where they are. */
  lead(port: number): void {
    this.target = { ...this.target, port };
  }

  /** As if nothing had been; what was frozen breaks and comes anew. */
  async restore(): Promise<void> {
    this.mode = 'pass';
    this.delayMs = 0;
    this.bytesLeft = Infinity;
    for (const socket of this.sockets) socket.destroy();
    if (this.server === undefined) await this.listen();
  }

  async stop(): Promise<void> {
    await this.cut();
  }

  private async listen(): Promise<void> {
    const server = createServer((client) => this.pass(client));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  private pass(client: Socket): void {
    if (this.mode === 'refuse') return void client.destroy();
    const upstream = connect(this.target);
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      if (this.mode === 'freeze') socket.pause();
    }
    client.on('data', (chunk) => {
      this.forward(chunk, upstream);
      this.bytesLeft -= chunk.length;
      if (this.bytesLeft <= 0) this.freeze();
    });
    upstream.on('data', (chunk) => this.forward(chunk, client));
  }

  private forward(chunk: Buffer, to: Socket): void {
    if (this.delayMs === 0) to.write(chunk);
    // Timers of one length end in the order in which they began.
    else setTimeout(() => to.writable && to.write(chunk), this.delayMs);
  }
}
