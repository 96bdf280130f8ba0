import { type DynamicModule, Global, Module } from '@nestjs/common';

import { Remotes } from '#grpc/remotes.js';
import { Probes } from '#lifecycle/probes.js';
import { ProcessFigures } from '#operations/process-figures.js';

/** The figures of this process, for whoever is asked for them: over gRPC, over HTTP, or in the gateway itself. */
@Global()
@Module({})
export class ProcessFiguresModule {
  /** @param name of the process */
  static forRoot(name: string): DynamicModule {
    return {
      module: ProcessFiguresModule,
      providers: [
        {
          provide: ProcessFigures,
          inject: [Probes, Remotes],
          useFactory: (probes: Probes, remotes: Remotes) => new ProcessFigures(name, probes, remotes),
        },
      ],
      exports: [ProcessFigures],
    };
  }
}
