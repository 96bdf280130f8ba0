import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { root } from '../paths.mjs';

/**
 * Packages, in a chunk for each set of processes that need them; without those that are loaded when they are first
 * needed. Before the next, for a group takes along what its modules need.
 */
const packages = {
  name: 'packages',
  test: /node_modules(?!.*query_compiler|.@opentelemetry.(?!api\W))/,
  priority: 2,
  entriesAware: true,
  entriesAwareMergeThreshold: 64 * 1024,
};

/** What traces, loaded where that is asked for. */
const tracing = { name: 'tracing', test: /node_modules.@opentelemetry/, priority: 1 };

/** Looked up when a process starts: that of a test finds another one here. */
const faultPoint = '#faults/fault-point.js';

const DAY_MS = 24 * 3_600_000;

/** Packages with files beside their code: proto files, workers, native parts. */
const readsItsFolder = /^(@grpc\/|grpc-health-check|pino|msgpackr)/;

/**
 * Bundles the compiled apps to dist/main/. Loading some 2,000 files is most of what starting one costs; bundled
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
    plugins: [
      { name: 'sources', load: { filter: { id: /[\\/]dist[\\/]/ }, handler: withItsMap } },
      { name: 'query compiler', load: { filter: { id: /wasm-base64/ }, handler: asFile } },
    ],
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
    // A source with a character beyond Latin-1 takes two bytes for each in memory, and every process holds it whole.
    charset: 'ascii',
    comments: false,
    assetFileNames: '[name]-[hash][extname]',
    codeSplitting: { groups: [packages, tracing] },
  });
  await bundle.close();
  for (const { moduleIds, fileName } of output)
    if (moduleIds?.length > 0 && moduleIds.every((id) => id.includes('node_modules')))
      squeeze(join(dir, fileName));
  removeOld(dir, new Set(output.map(({ fileName }) => fileName)));
}

/** Leads traces on from what tsc wrote to the source that it came from. */
function withItsMap(file) {
  const map = `${file}.map`;
  if (!existsSync(map)) return undefined;
  return { code: readFileSync(file, 'utf8'), map: JSON.parse(readFileSync(map, 'utf8')) };
}

/**
 * Prisma's query compiler, which its client imports as text for `Buffer.from`. A module's text stays in memory as long as
 * its process; what is read from a file when it is asked for goes when it is compiled.
 */
async function asFile(id) {
  const { wasm } = await import(pathToFileURL(id));
  const source = Buffer.from(wasm, 'base64');
  const reference = this.emitFile({ type: 'asset', name: 'query-compiler.wasm', source });
  return `import { readFileSync } from 'node:fs';
const file = new URL(import.meta.ROLLUP_FILE_URL_${reference});
export const wasm = { valueOf: () => readFileSync(file) };`;
}

/** Chunks of yesterday; those of today may belong to a process that has yet to load them. */
function removeOld(dir, current) {
  for (const name of readdirSync(dir)) {
    const file = join(dir, name);
    if (!current.has(name) && Date.now() - statSync(file).mtimeMs > DAY_MS) rmSync(file);
  }
}

/**
 * Every process holds its sources and their maps in memory, and those of packages are larger than all of Beckon: they
 * go without map, comments and spaces. Names stay, for the errors that name them.
 */
function squeeze(file) {
  const source = readFileSync(file, 'utf8');
  const { code, errors } = minifySync(file, source, {
    module: true,
    compress: false,
    mangle: { keepNames: true },
    codegen: { removeWhitespace: true, asciiOnly: true },
  });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  writeFileSync(file, code);
  rmSync(`${file}.map`, { force: true });
}

/** An app's `main.js`, and `main-<half>.js` of one whose halves run apart, as `<app>` and `<app>-<half>`. */
function entries() {
  const found = [];
  for (const app of readdirSync(join(root, 'dist/apps'))) {
    const sources = join(root, 'dist/apps', app, 'src');
    for (const file of existsSync(sources) ? readdirSync(sources) : []) {
      const main = /^main(-\w+)?\.js$/.exec(file);
      if (main) found.push([`${app}${main[1] ?? ''}`, join(sources, file)]);
    }
  }
  return Object.fromEntries(found);
}

/** Nest looks for transports and parsers that are not installed and not used. */
function isOfNest({ code, message }) {
  return code === 'UNRESOLVED_IMPORT' && /node_modules.@nestjs./.test(message);
}
