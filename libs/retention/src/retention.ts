import { Global, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Counter } from 'prom-client';

import { Config, type Service } from '#config/config.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import type { Prune } from '#retention/prune.js';

/** Rows that one statement deletes at most: few enough that it holds nobody up. */
const BATCH = 500;
/** Between two full batches, so that what people wait for goes first. */
const BREATH_MS = 50;
/** What a process starts for comes first, and of those that start together not all begin to delete together. */
const FIRST_REST_MS = 30_000;

const pruned = new Counter({
  name: 'beckon_pruned_rows_total',
  help: 'Rows deleted because they are no longer needed',
  labelNames: ['service', 'table'],
});

export interface RetentionRule {
  readonly service: Service;
  readonly table: string;
  /** Must leave alone whatever something unsettled still needs. */
  readonly prune: Prune;
}

/** Deletes what is no longer needed, every RETENTION_INTERVAL_SECONDS, in small batches; each table on its own. */
@Injectable()
export class Retention implements OnApplicationBootstrap {
  private readonly loops: Loop[] = [];

  constructor(
    private readonly config: Config,
    shutdown: Shutdown,
  ) {
    shutdown.register('workers', 'retention', () => Promise.all(this.loops.map((loop) => loop.stop())));
  }

  /** To be called before the process has started. */
  add({ service, table, prune }: RetentionRule): void {
    const step = async () => {
      const { rows, more } = await prune(BATCH);
      pruned.inc({ service, table }, rows);
      if (more) await wait(BREATH_MS);
      return more;
    };
    const idleMs = this.config.RETENTION_INTERVAL_SECONDS * 1_000;
    const firstRestMs = Math.min(idleMs, FIRST_REST_MS * (0.5 + Math.random() / 2));
    this.loops.push(new Loop({ name: `retention of ${service}.${table}`, step, idleMs, firstRestMs }));
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }
}

@Global()
@Module({ providers: [Retention], exports: [Retention] })
export class RetentionModule {}
