// Run with the chunks to compile: files of CommonJS, which it replaces.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { minifySync } from 'rolldown/utils';
import runner from './run-compiled.cjs';

const RUNNER = 'run-compiled.cjs';

// Squeezes each, and puts in its place a file that runs what V8 made of all of it.
const sources = process.argv.slice(2).map((chunk) => {
  const source = chunk.replace(/\.cjs$/, '.source.cjs');
  writeFileSync(source, squeeze(chunk));
  rmSync(`${chunk}.map`, { force: true });
  copyFileSync(join(import.meta.dirname, RUNNER), join(dirname(chunk), RUNNER));
  const name = JSON.stringify(basename(source));
  writeFileSync(chunk, `require('./${RUNNER}').runCompiled(${name}, module, require);\n`);
  return source;
});

// Left to itself V8 compiles a function when it is called.
setFlagsFromString('--no-lazy');
const scripts = sources.map((source) => runner.scriptOf(source));
setFlagsFromString('--lazy');
// V8 takes nothing that was made with other flags than it runs with.
const write = (frugal) =>
  scripts.forEach((script, index) =>
    writeFileSync(runner.compiledOf(sources[index], frugal), script.createCachedData()),
  );
write(false);
for (const flag of runner.FRUGAL) setFlagsFromString(flag);
write(true);

/**
 * Every process holds its sources and their maps in memory, and those of packages are larger than all of Beckon: they
 * go without map, comments and spaces. Names stay, for the errors that name them.
 */
function squeeze(chunk) {
  const { code, errors } = minifySync(chunk, readFileSync(chunk, 'utf8'), {
    compress: false,
    mangle: { keepNames: true },
    codegen: { removeWhitespace: true, asciiOnly: true },
  });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return code;
}
