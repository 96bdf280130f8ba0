import { command } from '../process/command.mjs';
import { openEngine } from './engine.mjs';
import { servicesWithSchema } from './migrations.mjs';
import { withMigratedScratchDatabase } from './scratch.mjs';

await command(async (signal) => {
  const failures = await withMigratedScratchDatabase(findDrift, { signal });
  if (failures.length > 0) throw new Error(failures.join('\n'));
});

async function findDrift(databaseUrl) {
  const failures = [];
  for (const app of servicesWithSchema()) {
    const engine = await openEngine({ databaseUrl, app });
    const drift = await engine.drift();
    await engine.close();
    if (drift) failures.push(`${app}: the migrations lack what prisma/${app}/schema.prisma says:\n${drift}`);
    else console.log(`${app}: schema and migrations agree`);
  }
  return failures;
}
