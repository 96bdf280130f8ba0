'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const compiledOf = (source) => `${source}.v8`;

/** From what V8 has compiled before; of another version, or with other flags, it compiles the source. */
function scriptOf(source) {
  const compiled = compiledOf(source);
  return new Script(wrap(readFileSync(source, 'latin1')), {
    filename: source,
    cachedData: existsSync(compiled) ? readFileSync(compiled) : undefined,
  });
}

/** Runs a source of CommonJS, all ASCII and without `import()`, in the place of `module`, beside which it lies. */
function runCompiled(name, module, require) {
  const source = join(module.path, name);
  scriptOf(source).runInThisContext()(module.exports, require, module, source, module.path);
}

module.exports = { compiledOf, runCompiled, scriptOf };
