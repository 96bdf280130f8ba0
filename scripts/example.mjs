// `npm run example -- <name> [arguments]`. Node before 22.18 does not run TypeScript by itself, so it is bundled first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { root } from './paths.mjs';

const [name, ...args] = process.argv.slice(2);
const input = join(root, `examples/${name}.ts`);
if (!existsSync(input)) {
  console.error('npm run example -- <name>, such as rest; they are in examples/.');
  process.exit(2);
}

const file = join(root, `dist/examples/${name}.js`);
// gRPC reads files beside its code.
const bundle = await rolldown({ cwd: root, platform: 'node', input, external: /^@grpc\// });
await bundle.write({ file, format: 'esm' });
await bundle.close();
process.argv.splice(1, process.argv.length, file, ...args);
await import(pathToFileURL(file).href);
