import { openDatabase } from '../infra/open.mjs';
import { migrate } from './migrate.mjs';
import { serviceUrls } from './urls.mjs';

const database = await openDatabase();
try {
  const onWarning = (text) => console.warn(`warning: ${text}`);
  const applied = await migrate({ databaseUrl: database.url, urls: serviceUrls(database.url), onWarning });
  console.log(applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'nothing to migrate');
} finally {
  if (!database.adopted) await database.stop();
}

// The engine leaves a timer behind that would keep the process for ten seconds.
process.exit();
