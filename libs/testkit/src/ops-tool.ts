import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `npm run ops` as a terminal does. */
export async function runOps(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const tool = spawn(process.execPath, ['scripts/ops.mjs', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  tool.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  tool.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(tool, 'close')) as [number];
  return { code, out, err };
}
