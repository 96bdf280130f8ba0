/** A row of the table: what was measured. All differences are counts, and 0 when all is well. */
export interface Row {
  readonly fault: string;
  readonly title: string;
  readonly seed: number;
  readonly scale: number;
  readonly seconds: number;
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
  readonly notes: readonly string[];
  /** What must not be; empty when every promise was kept. */
  readonly findings: readonly string[];
}
