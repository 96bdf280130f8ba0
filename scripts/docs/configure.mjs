import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { command } from '../process/command.mjs';
import { prepare } from '../setup/prepare.mjs';

// npm run docs:configure: writes the table of settings into docs/configure.md.
await command(async (signal) => {
  await prepare({ signal });
  const [config, { settingsPage, settingsTable, withTable }] = await Promise.all([
    import('../../dist/libs/config/src/config.js'),
    import('./settings-table.mjs'),
  ]);
  const file = join(root, settingsPage);
  const page = readFileSync(file, 'utf8');
  const changed = withTable(page, settingsTable(config));
  if (changed !== page) writeFileSync(file, changed);
  console.log(changed === page ? `${settingsPage} is up to date` : `${settingsPage} is written`);
});
