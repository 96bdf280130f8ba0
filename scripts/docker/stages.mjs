import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../paths.mjs';
import { step } from '../process/progress.mjs';
import { run } from '../process/run.mjs';

/**
 * Runs the stages of the Dockerfile, each in a clean folder below the system's temporary one. Base images, users and
 * ports are Docker's and are only read.
 * @returns {Promise<{folder: string, env: Record<string, string>, health: string[], command: string[], remove(): void}>}
 *   `folder` is the last stage's WORKDIR, `health` and `command` what its container would run
 */
export async function runStages({ signal } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'beckon-docker-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  const stages = new Map();
  let stage;
  try {
    for (const { keyword, rest } of instructions(readFileSync(join(root, 'Dockerfile'), 'utf8'))) {
      if (keyword === 'FROM') {
        const name = /\bAS (\w+)/i.exec(rest)?.[1] ?? 'image';
        stage = { name, root: join(home, name), workdir: '/', env: {} };
        stages.set(name, stage);
        mkdirSync(stage.root);
      } else await carryOut(stage, keyword, rest, { stages, signal });
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { folder: inside(stage, '.'), env: stage.env, health: stage.health, command: stage.command, remove };
}

async function carryOut(stage, keyword, rest, { stages, signal }) {
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = rest;
      return mkdirSync(inside(stage, '.'), { recursive: true });
    case 'ENV':
      return void Object.assign(
        stage.env,
        Object.fromEntries(rest.split(' ').map((pair) => pair.split('='))),
      );
    case 'COPY':
      return copy(stage, rest, stages, signal);
    case 'RUN':
      return step(`${stage.name}: ${rest}`, () =>
        run('sh', ['-c', rest], { cwd: inside(stage, '.'), env: stage.env, signal }).then(() => undefined),
      );
    case 'HEALTHCHECK':
      return void (stage.health = JSON.parse(/CMD (\[.*\])$/.exec(rest)[1]));
    case 'CMD':
      return void (stage.command = JSON.parse(rest));
    case 'USER':
    case 'EXPOSE':
      return undefined;
    default:
      throw new Error(`Dockerfile: ${keyword} is not known to ${import.meta.filename}`);
  }
}

async function copy(stage, rest, stages, signal) {
  const from = /^--from=(\w+) /.exec(rest)?.[1];
  const words = rest.replace(/^--from=\w+ /, '').split(' ');
  const target = words.pop();
  for (const source of words) {
    if (from === undefined) await copyFromContext(stage, source, target, signal);
    else
      cpSync(join(stages.get(from).root, source), inside(stage, target), {
        recursive: true,
        verbatimSymlinks: true,
      });
  }
}

/** The context: what git knows or would take, without what .dockerignore leaves out. */
async function copyFromContext(stage, source, target, signal) {
  const listed = await run(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', source],
    { signal },
  );
  const isFile = statSync(join(root, source)).isFile();
  for (const file of listed.split('\0').filter((name) => name !== '' && isInContext(name))) {
    if (!existsSync(join(root, file))) continue;
    const place = isFile || source === '.' ? join(target, file) : join(target, file.slice(source.length));
    mkdirSync(dirname(inside(stage, place)), { recursive: true });
    cpSync(join(root, file), inside(stage, place));
  }
}

const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** As Docker reads .dockerignore: the last line that fits a file or a folder above it decides. */
function isInContext(file) {
  const parts = file.split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let inContext = true;
  for (const line of ignored) {
    const pattern = line.replace(/^!/, '');
    if (paths.some((path) => fits(path, pattern))) inContext = line.startsWith('!');
  }
  return inContext;
}

function fits(path, pattern) {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?');
  return new RegExp(`^${source}$`).test(path);
}

function inside(stage, path) {
  return join(stage.root, path.startsWith('/') ? path : join(stage.workdir, path));
}

/** One for each instruction; comments and continued lines are joined away. */
function instructions(dockerfile) {
  return dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword, rest] = /^(\w+)\s+(.*)$/.exec(line.trim());
      return { keyword: keyword.toUpperCase(), rest };
    });
}
