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
  programs?: { native: string; env: Record<string, string>; locale: string[] };
  signal?: AbortSignal;
}): Promise<Server>;

export function removePostgres(dir: string): void;
