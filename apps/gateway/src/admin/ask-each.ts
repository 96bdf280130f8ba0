import type { Service } from '#config/config.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { logger } from '#logging/logger.js';

export interface Heard<App extends Service, Answer> {
  readonly answers: ReadonlyMap<App, Answer>;
  /** Those that did not answer, so that nobody takes their silence for an empty list. */
  readonly unknown: App[];
}

/** Asks apps at once. One that does not answer is named and costs the others nothing. Never throws. */
export async function askEach<App extends Service, Answer>(
  apps: readonly App[],
  ask: (app: App) => Promise<Answer>,
): Promise<Heard<App, Answer>> {
  const asked = await Promise.allSettled(apps.map(ask));
  const answers = new Map<App, Answer>();
  const unknown: App[] = [];
  for (const [index, app] of apps.entries()) {
    const outcome = asked[index];
    if (outcome?.status === 'fulfilled') {
      answers.set(app, outcome.value);
      continue;
    }
    unknown.push(app);
    // That an app is away is told; anything else about it would be hidden by that.
    if (!isInfrastructureError(outcome?.reason))
      logger.error({ err: outcome?.reason, app }, 'an app could not answer an operator');
  }
  return { answers, unknown };
}
