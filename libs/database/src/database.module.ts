import { type DynamicModule, Module } from '@nestjs/common';

import { Config, type Service } from '#config/config.js';
import { Database, type Statement } from '#database/database.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';

const PING: Statement = { name: 'ping', text: 'SELECT 1' };

const modules = new Map<Service, DynamicModule>();

@Module({})
export class DatabaseModule {
  /** The schema of one service; every module of that service shares the same pool. */
  static forService(service: Service): DynamicModule {
    let module = modules.get(service);
    if (module === undefined) {
      module = {
        module: DatabaseModule,
        providers: [
          {
            provide: Database,
            inject: [Config, Shutdown, Probes],
            useFactory: (config: Config, shutdown: Shutdown, probes: Probes) => {
              const database = new Database(service, config.databaseUrl(service), config.DATABASE_POOL_SIZE);
              shutdown.register('database', service, () => database.close());
              probes.watch({
                name: `postgres.${service}`,
                required: true,
                check: () => database.query(PING),
              });
              probes.gauge(() => database.observe());
              return database;
            },
          },
        ],
        exports: [Database],
      };
      modules.set(service, module);
    }
    return module;
  }
}
