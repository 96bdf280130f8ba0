import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * The order in which a process lets go: no new requests, then no new jobs, then nothing more to dispatch,
 * then the connections that those needed, and last what was traced of it.
 */
export const shutdownStages = [
  'http',
  'workers',
  'relay',
  'queues',
  'grpc',
  'redis',
  'database',
  'traces',
] as const;
export type ShutdownStage = (typeof shutdownStages)[number];

/** `worker.close()` and keep-alive sockets have no limit of their own; past this a stage is left behind. */
const STAGE_LIMIT_MS: Record<ShutdownStage, number> = {
  http: 3_000,
  workers: 8_000,
  relay: 2_000,
  queues: 1_000,
  grpc: 1_000,
  redis: 1_000,
  database: 2_000,
  traces: 1_000,
};

/** Collects what must be closed, and closes it stage by stage; things of one stage close side by side. */
@Injectable()
export class Shutdown {
  private readonly closers: { stage: ShutdownStage; name: string; close: () => Promise<unknown> }[] = [];
  private running: Promise<string[]> | undefined;

  /** Whether closing has begun; long waits should end early. */
  get begun(): boolean {
    return this.running !== undefined;
  }

  register(stage: ShutdownStage, name: string, close: () => Promise<unknown>): void {
    this.closers.push({ stage, name, close });
  }

  /** Closes everything once. Returns what failed or did not close in time, as `stage/name: why`. */
  run(): Promise<string[]> {
    return (this.running ??= this.closeAll());
  }

  private async closeAll(): Promise<string[]> {
    const failures: string[] = [];
    for (const stage of shutdownStages) {
      await Promise.all(
        this.closers
          .filter((closer) => closer.stage === stage)
          .map(async ({ name, close }) => {
            const limit = new AbortController();
            const outcome = await Promise.race([
              close().then(
                () => 'closed' as const,
                (error: unknown) => `${stage}/${name}: ${String(error)}`,
              ),
              wait(STAGE_LIMIT_MS[stage], `${stage}/${name}: did not close in time`, {
                signal: limit.signal,
              }).catch(() => 'closed' as const),
            ]);
            limit.abort();
            if (outcome !== 'closed') failures.push(outcome);
          }),
      );
    }
    return failures;
  }
}
