import type { Fault as ArmedFault } from '#faults/armed/fault-point.js';
import type { Beckon } from '#testkit/beckon.js';
import type { BeckonApart } from '#testkit/beckon-apart.js';

import type { Part } from '../tool/definition.js';
import type { Chaos } from './chaos.js';

/** What a fault needs beside a Beckon and a database of its own. */
export interface Needs {
  /** A Redis that it may empty, kill or freeze. */
  readonly redis?: boolean;
  /** A PostgreSQL that it may kill or freeze. */
  readonly postgres?: boolean;
  /** Processes that fail at these points from their start, however often they start; more can be armed. */
  readonly faultPoints?: readonly ArmedFault[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Fault extends Part {
  readonly servers?: Needs;
}

/** One way in which things go wrong, tried on all apps in one process or on each in a process of its own. */
export type FaultDefinition =
  | (Fault & { readonly needs: 'together'; run(chaos: Chaos<Beckon>): Promise<void> })
  | (Fault & { readonly needs: 'apart'; run(chaos: Chaos<BeckonApart>): Promise<void> });
