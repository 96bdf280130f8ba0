import { command } from '../process/command.mjs';
import { prepare } from '../setup/prepare.mjs';
import { writePart } from './made-part.mjs';

// npm run docs:events: writes the tables of events and of what they carry into docs/events.md.
await command(async (signal) => {
  await prepare({ signal });
  const [{ eventData }, catalogue, ids, { events, eventTables }] = await Promise.all([
    import('../../dist/libs/contracts/src/events.js'),
    import('../../dist/libs/contracts/src/catalogue.js'),
    import('../../dist/libs/contracts/src/ids.js'),
    import('./event-tables.mjs'),
  ]);
  writePart(events, eventTables({ eventData, ...catalogue, ids }));
});
