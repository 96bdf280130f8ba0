import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { root } from '../paths.mjs';
import { run } from '../process/run.mjs';

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

/** Looked up when a process starts: that of a test finds another one there. */
const faultPoint = { source: '#faults/fault-point.js', bundled: '#fault-point' };
const faultPoints = {
  'fault-point': 'dist/libs/faults/src/fault-point.js',
  'armed-fault-point': 'dist/libs/faults/src/armed/fault-point.js',
};

/** Chunks and what lies beside them. */
const isHashed = /\.[\w-]{8}\./;

const DAY_MS = 24 * 3_600_000;

/** Packages that find proto files beside their code. */
const protoFiles = /node_modules.(@grpc|grpc-health-check)\W/;

/** Packages with workers or native parts beside their code. */
const leftOut = /^(pino|msgpackr)/;

const dir = join(root, 'dist/main');
/** Beside it, for what is half done. */
const draft = join(root, 'dist/main.draft');

/**
 * Bundles the compiled apps to dist/main/, and compiles the packages among it. Loading some 2,000 files is most of what
 * starting one costs; bundled it takes a third of the time, compiled a quarter less again.
 */
export async function bundleApps({ signal } = {}) {
  rmSync(draft, { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: root,
    platform: 'node',
    input: { ...entries(), ...faultPoints },
    // jsonc-parser's CommonJS hides its imports.
    resolve: { mainFields: ['module', 'main'] },
    // Nest asks so whether a package is installed.
    transform: { define: { 'import.meta.resolve': 'require.resolve' } },
    external: [faultPoint.source, leftOut],
    plugins: [
      { name: 'sources', load: { filter: { id: /[\\/]dist[\\/]/ }, handler: withItsMap } },
      { name: 'proto files', transform: { filter: { id: protoFiles }, handler: fromItsFolder } },
      { name: 'query compiler', load: { filter: { id: /wasm-base64/ }, handler: asFile } },
    ],
    // Every warning is an error, and a slow disk is none.
    checks: { bundlerTimings: false },
    onLog(level, log, report) {
      if (!isOfNest(log)) report(level === 'warn' ? 'error' : level, log);
    },
  });
  const { output } = await bundle.write({
    dir: draft,
    // V8 keeps what it compiled of scripts alone, not of ES modules.
    format: 'cjs',
    // As the ES modules are that it was.
    strict: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].[hash].cjs',
    // Node does not know who imports in what was compiled before.
    dynamicImportInCjs: false,
    paths: { [faultPoint.source]: faultPoint.bundled },
    sourcemap: true,
    // A source with a character beyond Latin-1 takes two bytes for each in memory, and every process holds it whole.
    charset: 'ascii',
    comments: false,
    assetFileNames: '[name].[hash][extname]',
    codeSplitting: { groups: [packages, tracing] },
  });
  await bundle.close();
  const ofPackages = output.filter(
    ({ moduleIds = [] }) => moduleIds.length > 0 && moduleIds.every((id) => id.includes('node_modules')),
  );
  await compile(ofPackages, signal);
  moveIn();
}

/** In a process of its own: V8 takes nothing that was compiled with other flags than it runs with. */
async function compile(chunks, signal) {
  const files = chunks.map(({ fileName }) => join(draft, fileName));
  const env = { NODE_OPTIONS: undefined };
  await run(process.execPath, [join(import.meta.dirname, 'compile-chunks.mjs'), ...files], { env, signal });
}

/** A process may be starting from what is there: a file that goes by its content stays, others are replaced at once. */
function moveIn() {
  mkdirSync(dir, { recursive: true });
  const current = new Set(readdirSync(draft));
  for (const name of current)
    if (!isHashed.test(name) || !existsSync(join(dir, name))) renameSync(join(draft, name), join(dir, name));
  rmSync(draft, { recursive: true });
  removeOld(current);
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

/** Leads what reads files beside its code to where they are. */
function fromItsFolder(code, id) {
  const folder = `(__dirname + ${JSON.stringify(`/${relative(draft, dirname(id))}`)})`;
  return { code: code.replaceAll('__dirname', folder), map: null };
}

/** Chunks of yesterday; those of today may belong to a process that has yet to load them. */
function removeOld(current) {
  for (const name of readdirSync(dir)) {
    const file = join(dir, name);
    if (!current.has(name) && Date.now() - statSync(file).mtimeMs > DAY_MS) rmSync(file);
  }
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
