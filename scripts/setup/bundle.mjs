import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from '../paths.mjs';

/** All packages in one chunk, without Prisma's large compiler, which is loaded when it is first needed. */
const packages = { name: 'packages', test: /node_modules(?!.*query_compiler)/ };

/** Looked up when a process starts: that of a test finds another one here. */
const faultPoint = '#faults/fault-point.js';

const DAY_MS = 24 * 3_600_000;

/** Packages with files beside their code: proto files, workers, native parts. */
const readsItsFolder = /^(@grpc\/|grpc-health-check|pino|msgpackr)/;

/**
 * Bundles the compiled apps to dist/main/<app>.js. Loading some 2,000 files is most of what starting one costs; bundled
 * it takes a third of the time, and less memory.
 */
export async function bundleApps() {
  const dir = join(root, 'dist/main');
  const bundle = await rolldown({
    cwd: root,
    platform: 'node',
    input: entries(),
    // jsonc-parser's CommonJS hides its imports.
    resolve: { mainFields: ['module', 'main'] },
    external: [faultPoint, readsItsFolder],
    plugins: [{ name: 'sources', load: { filter: { id: /[\\/]dist[\\/]/ }, handler: withItsMap } }],
    // Every warning is an error, and a slow disk is none.
    checks: { bundlerTimings: false },
    onLog(level, log, report) {
      if (!isOfNest(log)) report(level === 'warn' ? 'error' : level, log);
    },
  });
  const { output } = await bundle.write({
    dir,
    format: 'esm',
    sourcemap: true,
    codeSplitting: { groups: [packages] },
  });
  await bundle.close();
  for (const { moduleIds, fileName } of output)
    if (moduleIds?.length > 0 && moduleIds.every((id) => id.includes('node_modules')))
      slim(join(dir, fileName));
  removeOld(dir, new Set(output.map(({ fileName }) => fileName)));
}

/** Chunks of yesterday; those of today may belong to a process that has yet to load them. */
function removeOld(dir, current) {
  for (const name of readdirSync(dir)) {
    const file = join(dir, name);
    if (!current.has(name) && Date.now() - statSync(file).mtimeMs > DAY_MS) rmSync(file);
  }
}

/**
 * Node holds all code and every map in memory. The maps of packages are larger than all of Beckon, and a single letter
 * beyond Latin-1 makes every letter of a file take two bytes.
 */
function slim(file) {
  const code = readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  writeFileSync(file, code.replace(/(?<!\\)[^\0-\xff]/g, escaped));
  rmSync(`${file}.map`, { force: true });
}

function escaped(letter) {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Leads traces on from what tsc wrote to the source that it came from. */
function withItsMap(file) {
  const map = `${file}.map`;
  if (!existsSync(map)) return undefined;
  return { code: readFileSync(file, 'utf8'), map: JSON.parse(readFileSync(map, 'utf8')) };
}

function entries() {
  const apps = readdirSync(join(root, 'dist/apps'));
  return Object.fromEntries(
    apps
      .map((app) => [app, join(root, 'dist/apps', app, 'src/main.js')])
      .filter(([, main]) => existsSync(main)),
  );
}

/** Nest looks for transports and parsers that are not installed and not used. */
function isOfNest({ code, message }) {
  return code === 'UNRESOLVED_IMPORT' && /node_modules.@nestjs./.test(message);
}
