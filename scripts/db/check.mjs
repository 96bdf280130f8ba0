import { openEngine } from './engine.mjs';
import { servicesWithSchema } from './migrations.mjs';
import { withMigratedScratchDatabase } from './scratch.mjs';

const failures = await withMigratedScratchDatabase(async (databaseUrl) => {
  const found = [];
  for (const app of servicesWithSchema()) {
    const engine = await openEngine({ databaseUrl, app });
    const drift = await engine.drift();
    await engine.close();
    if (drift) found.push(`${app}: the migrations lack what prisma/${app}/schema.prisma says:\n${drift}`);
    else console.log(`${app}: schema and migrations agree`);
  }
  return found;
});

if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exitCode = 1;
}

// The engine leaves a timer behind that would keep the process for ten seconds.
process.exit();
