'use strict';
const { readFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

/** Flags of V8 for a process that is to be small rather than fast. */
const FRUGAL = ['--max-semi-space-size=1', '--optimize-for-size'];

const isFrugal = FRUGAL.every((flag) => process.execArgv.includes(flag));

/** V8 goes by its own version and flags; patches of Node to it, and machines, it may not tell apart. */
const compiledOf = (source, frugal) =>
  `${source}.${process.version}-${process.arch}${frugal ? '-frugal' : ''}.v8`;

/** From what V8 has compiled before; of another version, or with other flags, it compiles the source. */
function scriptOf(source) {
  return new Script(wrap(readFileSync(source, 'latin1')), {
    filename: source,
    cachedData: readIfThere(compiledOf(source, isFrugal)),
  });
}

/** Runs a source of CommonJS, all ASCII and without `import()`, in the place of `module`, beside which it lies. */
function runCompiled(name, module, require) {
  const source = join(module.path, name);
  const run = scriptOf(source).runInThisContext();
  run.call(module.exports, module.exports, require, module, source, module.path);
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

module.exports = { FRUGAL, compiledOf, runCompiled, scriptOf };
