export interface Server {
  url: string;
  pid: number;
  port: number;
  adopted: boolean;
  stop: () => Promise<void>;
}

export function startPostgres(options: {
  dir: string;
  port?: number;
  fsync?: boolean;
  maxConnections?: number;
  signal?: AbortSignal;
}): Promise<Server>;

export function removePostgres(dir: string): void;
