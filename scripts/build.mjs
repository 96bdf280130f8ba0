import { command } from './process/command.mjs';
import { buildApps, buildWeb } from './setup/build.mjs';
import { generate } from './setup/generate.mjs';

await command(async (signal) => {
  await generate({ signal });
  console.log((await buildApps({ signal })) ? 'apps and libs: built' : 'apps and libs: up to date');
  const web = await buildWeb({ signal });
  console.log(web === undefined ? 'page: none yet' : web ? 'page: built' : 'page: up to date');
});
