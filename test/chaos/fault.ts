import type { Beckon } from '#testkit/beckon.js';
import type { BeckonApart } from '#testkit/beckon-apart.js';

import type { Chaos } from './chaos.js';

/** What a fault needs beside a Beckon and a database of its own. */
export interface Needs {
  /** A Redis that it may empty, kill or freeze. */
  readonly redis?: boolean;
  /** A PostgreSQL that it may kill or freeze. */
  readonly postgres?: boolean;
  /** Processes that can be made to fail at their fault points. */
  readonly faultPoints?: boolean;
  /** A process on standby, for faults that end the running one again and again. */
  readonly standby?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

interface Named {
  /** As `--only` takes it. */
  readonly name: string;
  /** What is done, as the table says it. */
  readonly title: string;
  readonly servers?: Needs;
}

/** One way in which things go wrong, tried on all apps in one process or on each in a process of its own. */
export type FaultDefinition =
  | (Named & { readonly needs: 'together'; run(chaos: Chaos<Beckon>): Promise<void> })
  | (Named & { readonly needs: 'apart'; run(chaos: Chaos<BeckonApart>): Promise<void> });
