import type { Random } from '#testkit/random.js';

import type { Part } from '../tool/definition.js';
import type { Findings } from './findings.js';
import type { Target } from './target.js';

/** What an attack works with. */
export interface Assault {
  readonly target: Target;
  readonly findings: Findings;
  readonly random: Random;
  /** For generators that take a seed themselves. */
  readonly seed: number;
  /** So many at this scale, where `full` belongs to a scale of 1; at least `least`. */
  scaled(full: number, least: number): number;
}

/** One way in which somebody tries to harm a running Beckon. */
export interface Attack extends Part {
  run(assault: Assault): Promise<void>;
}
