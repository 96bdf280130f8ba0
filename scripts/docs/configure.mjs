import { command } from '../process/command.mjs';
import { prepare } from '../setup/prepare.mjs';
import { writePart } from './made-part.mjs';

// npm run docs:configure: writes the table of settings into docs/configure.md.
await command(async (signal) => {
  await prepare({ signal });
  const [config, { settings, settingsTable }] = await Promise.all([
    import('../../dist/libs/config/src/config.js'),
    import('./settings-table.mjs'),
  ]);
  writePart(settings, settingsTable(config));
});
