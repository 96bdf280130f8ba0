import { PrismaPg } from '@prisma/adapter-pg';
import type { Provider, Type } from '@nestjs/common';

import { Database } from '#database/database.js';
import { logger } from '#logging/logger.js';

/** What the generated clients of all services have in common. */
type GeneratedClient<Client> = new (options: { adapter: PrismaPg }) => Client;

interface Connectable {
  $connect(): Promise<void>;
}

/** Provides a service's generated Prisma client over the pool that its plain SQL uses. */
export function providePrisma<Client extends Connectable>(Client: GeneratedClient<Client>): Provider {
  return {
    provide: Client as Type<Client>,
    inject: [Database],
    useFactory: async (database: Database) => {
      const client = new Client({ adapter: new PrismaPg(database.pool, { schema: database.service }) });
      // Compiles the query engine now and not in the first request; a database that is away may come later.
      await client
        .$connect()
        .catch((error: unknown) => logger.warn({ err: error }, 'database away at start'));
      return client;
    },
  };
}
