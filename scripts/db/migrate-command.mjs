import { openDatabase } from '../infra/open.mjs';
import { command } from '../process/command.mjs';
import { migrate } from './migrate.mjs';
import { ownerUrls } from './urls.mjs';

await command(async (signal) => {
  const database = await openDatabase({ signal });
  try {
    const onWarning = (text) => console.warn(`warning: ${text}`);
    const urls = ownerUrls(database.url);
    const applied = await migrate({ databaseUrl: database.url, urls, onWarning });
    console.log(
      applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'nothing to migrate',
    );
  } finally {
    if (!database.adopted) await database.stop();
  }
});
