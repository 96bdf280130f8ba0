import { generate } from './setup/generate.mjs';

console.log((await generate()) ? 'generated' : 'generated code is up to date');
