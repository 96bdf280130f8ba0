// A private PostgreSQL 15 of Debian for as long as this process lives: `node run-postgres-15.mjs <dir>`.
import { debianPostgres } from '../../../scripts/infra/postgres-debian.mjs';
import { removePostgres, startPostgres } from '../../../scripts/infra/postgres.mjs';

const [dir] = process.argv.slice(2);
const postgres = await startPostgres({ dir, fsync: false, programs: await debianPostgres() });
process.stdout.write(`${postgres.url}\n`);
process.on(
  'SIGTERM',
  () =>
    void postgres.stop().then(() => {
      removePostgres(dir);
      process.exit(0);
    }),
);
setInterval(() => undefined, 60_000);
