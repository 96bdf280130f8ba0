import { type Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  done: (error: ServiceError | null, response: Response) => void,
) => unknown;

type Stub<C> = new (address: string, creds: ReturnType<typeof credentials.createInsecure>) => C;

/** Calls one gRPC server as a stock client does, with a token or with none. */
export class GrpcCaller {
  private readonly clients = new Map<unknown, Client>();

  constructor(
    private readonly address: string,
    private readonly token: string | null,
  ) {}

  /** The client of a stub, one for all calls. */
  client<C extends Client>(stub: Stub<C>): C {
    const client = (this.clients.get(stub) ?? new stub(this.address, credentials.createInsecure())) as C;
    this.clients.set(stub, client);
    return client;
  }

  /**
   * Makes a unary call, without a deadline; `token` stands in for the caller's own.
   * @returns the response, or the name of the status that refused it.
   */
  async call<C extends Client, Request, Response>(
    stub: Stub<C>,
    method: (client: C) => Unary<Request, Response>,
    request: Request,
    token: string | null = this.token,
  ): Promise<Response | string> {
    const client = this.client(stub);
    return new Promise((resolve) => {
      method(client).call(client, request, metadataOf(token), (error, response) =>
        resolve(error === null ? response : nameOf(error)),
      );
    });
  }

  /** Sends bytes in the place of a message. @returns the name of the status */
  async callRaw<C extends Client>(stub: Stub<C>, path: string, bytes: Buffer): Promise<string> {
    const pass = (value: Buffer) => value;
    return new Promise((resolve) => {
      this.client(stub).makeUnaryRequest(path, pass, pass, bytes, metadataOf(this.token), (error) =>
        resolve(error === null ? 'OK' : nameOf(error)),
      );
    });
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }
}

function metadataOf(token: string | null): Metadata {
  const metadata = new Metadata();
  if (token !== null) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

function nameOf(error: ServiceError): string {
  return status[error.code] ?? String(error.code);
}
