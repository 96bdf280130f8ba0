import { buildApps, buildWeb } from './setup/build.mjs';
import { generate } from './setup/generate.mjs';

await generate();
console.log((await buildApps()) ? 'apps and libs: built' : 'apps and libs: up to date');
const web = await buildWeb();
console.log(web === undefined ? 'page: none yet' : web ? 'page: built' : 'page: up to date');
