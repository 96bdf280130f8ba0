import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

import { freePort } from '#testkit/app-process.js';

/** A gRPC server that answers every call with UNAVAILABLE and counts who comes again. */
export class RefusingGrpc {
  calls = 0;
  /** Calls that a channel made again by itself, as it says in their metadata (gRFC A6). */
  retries = 0;
  /** The most attempts that one call was given. */
  mostAttempts = 0;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(...services: ServiceDefinition[]): Promise<RefusingGrpc> {
    const [port, server] = [await freePort(), new Server()];
    const refusing = new RefusingGrpc(port, server);
    const refuse = (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>) => {
      const before = Number(call.metadata.get('grpc-previous-rpc-attempts')[0] ?? 0);
      refusing.calls++;
      if (before > 0) refusing.retries++;
      refusing.mostAttempts = Math.max(refusing.mostAttempts, before + 1);
      done({ code: status.UNAVAILABLE, details: 'refused by the test' });
    };
    for (const service of services) {
      const methods = Object.keys(service).map((name) => [name, refuse] as const);
      server.addService(service, Object.fromEntries(methods) as UntypedServiceImplementation);
    }
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
    return refusing;
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
