// Ours is TypeScript for swc. Of node_modules only what is ESM is turned into what jest loads; the rest passes.
const { createTransformer } = require('@swc/jest');
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const ours = createTransformer({
  jsc: {
    parser: { syntax: 'typescript', decorators: true, tsx: false },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
});
const dependency = createTransformer({
  jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' },
  module: { type: 'commonjs', importInterop: 'node' },
  sourceMaps: 'inline',
});
const isDependency = (file) => file.includes('/node_modules/');
const moduleFolders = new Map();

function isEsm(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  return isModuleFolder(dirname(file));
}

function isModuleFolder(folder) {
  if (!moduleFolders.has(folder)) moduleFolders.set(folder, readType(folder));
  return moduleFolders.get(folder);
}

function readType(folder) {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
  return dirname(folder) === folder ? false : isModuleFolder(dirname(folder));
}

module.exports = {
  canInstrument: true,
  getCacheKey: (source, file, options) =>
    (isDependency(file) ? dependency : ours).getCacheKey(source, file, options),
  process(source, file, options) {
    if (!isDependency(file)) return ours.process(source, file, options);
    return isEsm(file) ? dependency.process(source, file, options) : { code: source };
  },
};
