import { Injectable } from '@nestjs/common';

export interface Probe {
  readonly name: string;
  /** Without it the process can't serve (its own PostgreSQL); others only degrade it. */
  readonly required: boolean;
  /** Resolves when the dependency answers. */
  readonly check: () => Promise<unknown>;
  /** How long it may take to answer, in milliseconds; a second when nothing is said. */
  readonly limitMs?: number;
}

export interface DependencyState {
  readonly name: string;
  /** `degraded`: away, and the process can do without. */
  readonly state: 'up' | 'degraded' | 'down';
}

/** What has not answered by then counts as away. */
const CHECK_LIMIT_MS = 1_000;

/** What a process depends on, and the gauges that are read only when somebody looks. */
@Injectable()
export class Probes {
  private readonly dependencies: Probe[] = [];
  private readonly gauges: (() => Promise<void> | void)[] = [];

  watch(probe: Probe): void {
    this.dependencies.push(probe);
  }

  /** Asks all dependencies at once; takes as long as the slowest may. */
  check(): Promise<DependencyState[]> {
    return Promise.all(
      this.dependencies.map(async ({ name, required, check, limitMs }) => {
        try {
          await inTime(check(), limitMs);
          return { name, state: 'up' };
        } catch {
          return { name, state: required ? 'down' : 'degraded' };
        }
      }),
    );
  }

  /** Registers gauges to be refreshed before each scrape. */
  gauge(refresh: () => Promise<void> | void): void {
    this.gauges.push(refresh);
  }

  /** Refreshes all gauges; those whose source is away keep their last value. Takes a second at most. */
  async refreshGauges(): Promise<void> {
    await Promise.allSettled(this.gauges.map(async (refresh) => inTime(refresh())));
  }
}

/** @throws when it is not settled within the limit */
async function inTime(answer: Promise<unknown> | void, limitMs = CHECK_LIMIT_MS): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), limitMs);
  });
  try {
    await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
