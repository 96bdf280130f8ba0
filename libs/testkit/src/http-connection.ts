import { connect, type Socket } from 'node:net';

export interface HttpReply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

interface Head {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly bodyBytes: number;
  readonly bodyStart: number;
  readonly closes: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection, one request at a time, written by hand: a load that shares two cores with the servers
 * under it must cost a fraction of what they do. Understands answers with a Content-Length, which Beckon's are.
 */
export class HttpConnection {
  private socket: Socket | undefined;
  private received: Buffer[] = [];
  private waiting: ((reply: HttpReply | undefined) => void) | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /** Sends a request. @returns undefined when no answer came: refused, broken off, or not within `ms` */
  async send(call: HttpCall, ms: number): Promise<HttpReply | undefined> {
    const socket = await this.open();
    if (socket === undefined) return undefined;
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.close(), ms);
      this.waiting = (reply) => {
        clearTimeout(limit);
        this.waiting = undefined;
        resolve(reply);
      };
      socket.write(this.requestText(call));
    });
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
    this.received = [];
    this.waiting?.(undefined);
  }

  private requestText({ method, path, headers, body }: HttpCall): string {
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${this.host}:${this.port}\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (body === undefined) return `${text}\r\n`;
    return `${text}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  private async open(): Promise<Socket | undefined> {
    if (this.socket !== undefined) return this.socket;
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (!opened) return undefined;
    const isOver = () => {
      if (this.socket === socket) this.close();
    };
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', isOver);
    socket.on('close', isOver);
    this.socket = socket;
    return socket;
  }

  private receive(chunk: Buffer): void {
    this.received.push(chunk);
    const bytes = this.received.length === 1 ? chunk : Buffer.concat(this.received);
    this.received = [bytes];
    const head = readHead(bytes);
    if (head === undefined || bytes.length < head.bodyStart + head.bodyBytes) return;
    const body = bytes.toString('utf8', head.bodyStart, head.bodyStart + head.bodyBytes);
    const { waiting } = this;
    this.received = [];
    if (head.closes) {
      this.socket?.destroy();
      this.socket = undefined;
    }
    waiting?.({ status: head.status, retryAfter: head.retryAfter, body });
  }
}

/** @throws Error when the answer's length can't be told */
function readHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', 0, end);
  const status = Number(text.slice(9, 12));
  const length = header(text, 'content-length');
  if (length === undefined && status !== 204) throw new Error(`an answer without Content-Length:\n${text}`);
  return {
    status,
    retryAfter: header(text, 'retry-after'),
    bodyBytes: Number(length ?? 0),
    bodyStart: end + HEAD_END.length,
    closes: header(text, 'connection') === 'close',
  };
}

function header(head: string, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}: ?([^\\r]*)`, 'i').exec(head)?.[1];
}
