import { Injectable } from '@nestjs/common';

export interface Probe {
  readonly name: string;
  /** Without it the process can't serve (its own PostgreSQL); others only degrade it. */
  readonly required: boolean;
  /** Resolves when the dependency answers. */
  readonly check: () => Promise<unknown>;
}

/** What a process depends on, and the gauges that are read only when somebody looks. */
@Injectable()
export class Probes {
  readonly dependencies: Probe[] = [];
  private readonly gauges: (() => Promise<void> | void)[] = [];

  watch(probe: Probe): void {
    this.dependencies.push(probe);
  }

  /** Registers gauges to be refreshed before each scrape. */
  gauge(refresh: () => Promise<void> | void): void {
    this.gauges.push(refresh);
  }

  /** Refreshes all gauges; those whose source is away keep their last value. */
  async refreshGauges(): Promise<void> {
    await Promise.allSettled(this.gauges.map(async (refresh) => refresh()));
  }
}
