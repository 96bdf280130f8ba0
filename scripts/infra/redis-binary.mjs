import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beckonDir } from '../paths.mjs';
import { debianEnvironment, unpackDebianPackages } from './debian-packages.mjs';

const exec = promisify(execFile);
const oldestMajor = 7;

/**
 * Finds a Redis 7 or later, or a Valkey: on PATH, unpacked before into `cache`, or unpacked now.
 * @returns {Promise<{command: string, env: Record<string, string>}>} `env` is what its libraries need
 */
export async function redisBinary({ cache = join(beckonDir, 'redis-server'), signal } = {}) {
  const tooOld = [];
  for (const candidate of [{ command: 'redis-server' }, { command: 'valkey-server' }, inCache(cache)]) {
    const version = await versionOf(candidate);
    if (version && version.major >= oldestMajor) return { env: {}, ...candidate };
    if (version) tooOld.push(`${candidate.command} is ${version.text}`);
  }
  const reason = await unpackDebianPackages(cache, ['redis-tools'], { signal, finish: linkServer }).catch(
    (error) => firstLine(error),
  );
  signal?.throwIfAborted();
  const version = await versionOf(inCache(cache));
  if (version && version.major >= oldestMajor) return inCache(cache);
  if (version) tooOld.push(`the package of this system is ${version.text}`);
  throw new Error(howToGetRedis(tooOld.length > 0 ? tooOld.join(', ') : reason));
}

export function assertSupportedVersion(text, where) {
  if (Number.parseInt(text, 10) >= oldestMajor) return;
  throw new Error(`Beckon needs Redis ${oldestMajor} or later; ${where} is ${text}.`);
}

function inCache(cache) {
  return { command: join(cache, 'usr/bin/redis-server'), env: debianEnvironment(cache) };
}

/** The server is the same program as redis-check-rdb and goes by its name. */
function linkServer(folder) {
  const server = join(folder, 'usr/bin/redis-server');
  if (!existsSync(server)) symlinkSync('redis-check-rdb', server);
}

async function versionOf({ command, env }) {
  try {
    const { stdout } = await exec(command, ['--version'], { env: { ...process.env, LC_ALL: 'C', ...env } });
    const text = /v=(\d+[\w.]*)/.exec(stdout)?.[1];
    return text && { text, major: Number.parseInt(text, 10) };
  } catch {
    return undefined;
  }
}

function howToGetRedis(reason) {
  return [
    `Beckon needs Redis ${oldestMajor} or later (or Valkey)${reason ? `: ${reason}` : ''}. Any of these will do:`,
    '  macOS:           brew install redis',
    '  Debian, Ubuntu:  sudo apt-get install redis-server',
    '  Docker:          docker run -d -p 6379:6379 redis:7, then REDIS_URL=redis://localhost:6379 npm start',
  ].join('\n');
}

function firstLine(error) {
  return error.message.split('\n').find((line) => line.startsWith('E: ')) ?? error.message.split('\n')[0];
}
