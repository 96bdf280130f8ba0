/** One thing that a tool tries. */
export interface Part {
  /** As `--only` takes it. */
  readonly name: string;
  /** What is done, as the table says it. */
  readonly title: string;
}

/** What came of one part: a row of the table. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  readonly seconds: number;
  /** What was measured, in words. */
  readonly notes: readonly string[];
  /** What must not be; empty when all is well. */
  readonly findings: readonly string[];
}

export interface Run {
  readonly seed: number;
  readonly scale: number;
  /** Takes a function that says what goes on, for who watches. */
  readonly watch: (phase: () => string) => void;
}

/** A column of the table. */
export interface Column<R> {
  readonly head: string;
  readonly of: (row: R) => string | number;
}

/** A long form of tests, as a command: `npm run <command>`. */
export interface Tool<P extends Part, R extends Row> {
  readonly command: string;
  /** What it does and when it ends with 1, for `--help`. */
  readonly about: string;
  readonly parts: readonly P[];
  /** What `--scale` calls them. All parts are run at `usual`, those that are asked for by name at `full`, unless it says. */
  readonly scales: Readonly<Record<'short' | 'usual' | 'full', number>>;
  /** The columns between a part's name and what was found. */
  readonly columns: readonly Column<R>[];
  run(part: P, run: Run): Promise<R>;
}
