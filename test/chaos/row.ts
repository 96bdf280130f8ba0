import type { Row as ToolRow } from '../tool/definition.js';

/** A row of the table: what was measured. All differences are counts, and 0 when all is well. */
export interface Row extends ToolRow {
  readonly events: number;
  readonly missing: number;
  readonly doubled: number;
  readonly phantom: number;
  /** Badges and groups that are not what list and members say. */
  readonly badge: number;
  readonly counters: number;
  readonly streams: number;
  readonly deadLetters: number;
  readonly poisoned: number;
  readonly postP99Ms: number | null;
  readonly postLongestMs: number | null;
  /** From the end of the fault until what the row is about worked again. */
  readonly recoveryMs: number | null;
}
