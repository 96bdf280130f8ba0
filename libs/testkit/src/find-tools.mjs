// Tells where a terminal's tools for PostgreSQL 15 and Redis are: `node find-tools.mjs` prints JSON, or why there are none.
import { dirname, join } from 'node:path';
import { debianPostgres } from '../../../scripts/infra/postgres-debian.mjs';
import { redisBinary } from '../../../scripts/infra/redis-binary.mjs';

try {
  const postgres = await debianPostgres();
  const redis = await redisBinary();
  const folders = [
    join(postgres.native, 'bin'),
    ...(redis.command.includes('/') ? [dirname(redis.command)] : []),
  ];
  const libraries = [postgres.env, redis.env].map((env) => env.LD_LIBRARY_PATH).filter(Boolean);
  const env = { PATH: [...folders, process.env.PATH].join(':') };
  if (libraries.length > 0) env.LD_LIBRARY_PATH = libraries.join(':');
  console.log(JSON.stringify({ env }));
} catch (error) {
  console.log(JSON.stringify({ missing: error.message }));
}
