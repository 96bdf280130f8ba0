import { Injectable, Optional } from '@nestjs/common';

import { type Service, services } from '#config/config.js';
import type { DescribeProcessResponse } from '#contracts/generated/beckon/v1/beckon.js';
import { Remotes } from '#grpc/remotes.js';
import { ProcessFigures } from '#operations/process-figures.js';

import { Backends } from '../../proxy/backends.js';
import { OperationsService } from '../operations.service.js';
import { type Figures, ratesBetween } from './rates.js';
import type { Snapshot } from './snapshot.schemas.js';

/** An operator's look is not worth waiting longer for; the app is then shown as away. */
const DEADLINE_MS = 1_500;

/** A snapshot, and what the rates of the next one are measured from. */
export interface Taken {
  readonly snapshot: Snapshot;
  readonly figures: Figures;
}

/**
 * Asks all apps at once what they are doing: over gRPC and, where they are behind this process, over HTTP, for what
 * answers people need not be what answers gRPC.
 */
@Injectable()
export class SnapshotService {
  constructor(
    private readonly operations: OperationsService,
    private readonly remotes: Remotes,
    private readonly own: ProcessFigures,
    @Optional() private readonly backends?: Backends,
  ) {}

  /** One snapshot of all apps; those that are away are named and cost the others nothing. Never throws. */
  async take(before: Figures | undefined): Promise<Taken> {
    const [queues, own, described] = await Promise.all([
      this.operations.queues(DEADLINE_MS),
      this.own.describe(),
      Promise.all(
        services.flatMap((app) => this.waysTo(app).map(async (answers) => ({ app, answers: await answers }))),
      ),
    ]);
    const processes = new Map<string, { apps: Set<Service>; process: DescribeProcessResponse }>();
    for (const { app, answers } of described) {
      for (const process of answers) {
        const known = processes.get(process.processId);
        // Apps that share a process are answered for by it alike.
        if (known === undefined) processes.set(process.processId, { apps: new Set([app]), process });
        else known.apps.add(app);
      }
    }
    const at = Date.now();
    const figures = { at, processes: new Map([...processes].map(([id, { process }]) => [id, process])) };
    // A gateway has passed on what others have counted.
    if (!processes.has(own.processId)) processes.set(own.processId, { apps: new Set(), process: own });
    const snapshot = {
      at: new Date(at).toISOString(),
      ...queues,
      rates: before === undefined ? null : ratesBetween(before, figures),
      processes: [...processes].map(([id, { apps, process }]) => ({
        id,
        name: process.name,
        apps: [...apps],
        uptimeSeconds: process.uptimeSeconds,
        residentBytes: process.residentBytes,
        dependencies: process.dependencies,
      })),
      away: [...new Set(described.filter(({ answers }) => answers.length === 0).map(({ app }) => app))],
    };
    return { snapshot: snapshot as Snapshot, figures };
  }

  /** By each way to an app, the processes that answer there. */
  private waysTo(app: Service): Promise<DescribeProcessResponse[]>[] {
    const overGrpc = this.describe(app);
    return this.backends === undefined
      ? [overGrpc]
      : [overGrpc, this.backends.of(app).describeEach(DEADLINE_MS)];
  }

  private async describe(app: Service): Promise<DescribeProcessResponse[]> {
    const answers = await Promise.all(
      this.remotes
        .adminOfEach(app)
        .map((remote) =>
          remote.call((client) => client.describeProcess, {}, DEADLINE_MS).catch(() => undefined),
        ),
    );
    return answers.filter((answer) => answer !== undefined);
  }
}
