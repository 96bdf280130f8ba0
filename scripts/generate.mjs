import { command } from './process/command.mjs';
import { generate } from './setup/generate.mjs';

await command(async (signal) => {
  console.log((await generate({ signal })) ? 'generated' : 'generated code is up to date');
});
