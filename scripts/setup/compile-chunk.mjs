import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { minifySync } from 'rolldown/utils';
import runner from './run-compiled.cjs';

const RUNNER = 'run-compiled.cjs';

/**
 * Squeezes a chunk, lets V8 compile all of it, and puts in its place a file that runs what came of that.
 * @param {string} chunk a file of CommonJS
 * @returns {string[]} the names of what lies beside it from now on
 */
export function compileChunk(chunk) {
  const source = chunk.replace(/\.cjs$/, '.source.cjs');
  writeFileSync(source, squeeze(chunk));
  rmSync(`${chunk}.map`, { force: true });
  const compiled = runner.compiledOf(source);
  rmSync(compiled, { force: true });
  writeFileSync(compiled, compile(source));
  copyFileSync(join(import.meta.dirname, RUNNER), join(dirname(chunk), RUNNER));
  const name = JSON.stringify(basename(source));
  writeFileSync(chunk, `require('./${RUNNER}').runCompiled(${name}, module, require);\n`);
  return [source, compiled, RUNNER].map((file) => basename(file));
}

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

/** Left to itself V8 compiles a function when it is called. */
function compile(source) {
  setFlagsFromString('--no-lazy');
  const script = runner.scriptOf(source);
  // V8 takes nothing that was made with other flags than it runs with.
  setFlagsFromString('--lazy');
  return script.createCachedData();
}
