import { step } from '../process/progress.mjs';
import { dependenciesAreCurrent, installDependencies } from './dependencies.mjs';

/** From a fresh clone to something that runs: dependencies, generated code, build. */
export async function prepare({ signal }) {
  await prepareSources({ signal });
  const { buildApps, buildWeb } = await import('./build.mjs');
  await step('Build', async () => upToDate(await buildApps({ signal })));
  await step('Page', async () => {
    const built = await buildWeb({ signal });
    return built === undefined ? 'none yet' : upToDate(built);
  });
}

/** Dependencies and generated code: what has to be there before anything can be checked. */
export async function prepareSources({ signal }) {
  if (!dependenciesAreCurrent()) await step('Dependencies (npm ci)', () => installDependencies({ signal }));
  const { generate } = await import('./generate.mjs');
  await step('Generated code', async () => upToDate(await generate({ signal })));
}

function upToDate(done) {
  return done ? undefined : 'up to date';
}
