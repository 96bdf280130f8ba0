import { Injectable } from '@nestjs/common';

import { type Service, services } from '#config/config.js';
import type { DescribeProcessResponse } from '#contracts/generated/beckon/v1/beckon.js';
import { Remotes } from '#grpc/remotes.js';

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

/** Asks all apps at once what they are doing. */
@Injectable()
export class SnapshotService {
  constructor(
    private readonly operations: OperationsService,
    private readonly remotes: Remotes,
  ) {}

  /** One snapshot of all apps; those that are away are named and cost the others nothing. Never throws. */
  async take(before: Figures | undefined): Promise<Taken> {
    const [queues, described] = await Promise.all([
      this.operations.queues(DEADLINE_MS),
      Promise.all(services.map(async (app) => ({ app, answers: await this.describe(app) }))),
    ]);
    const processes = new Map<string, { apps: Service[]; process: DescribeProcessResponse }>();
    for (const { app, process } of described.flatMap(({ app, answers }) =>
      answers.map((process) => ({ app, process })),
    )) {
      const known = processes.get(process.processId);
      // Apps that share a process are answered for by it alike.
      if (known === undefined) processes.set(process.processId, { apps: [app], process });
      else known.apps.push(app);
    }
    const at = Date.now();
    const figures = { at, processes: new Map([...processes].map(([id, { process }]) => [id, process])) };
    const snapshot = {
      at: new Date(at).toISOString(),
      ...queues,
      rates: before === undefined ? null : ratesBetween(before, figures),
      processes: [...processes].map(([id, { apps, process }]) => ({
        id,
        apps,
        uptimeSeconds: process.uptimeSeconds,
        residentBytes: process.residentBytes,
        dependencies: process.dependencies,
      })),
      away: described.filter(({ answers }) => answers.length === 0).map(({ app }) => app),
    };
    return { snapshot: snapshot as Snapshot, figures };
  }

  /** The processes of an app that answer. */
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
