import { PrismaPg } from '@prisma/adapter-pg';
import type { Provider, Type } from '@nestjs/common';

import { Database } from '#database/database.js';

/** What the generated clients of all services have in common. */
type GeneratedClient<Client> = new (options: { adapter: PrismaPg }) => Client;

/** Provides a service's generated Prisma client over the pool that its plain SQL uses. */
export function providePrisma<Client>(Client: GeneratedClient<Client>): Provider {
  return {
    provide: Client as Type<Client>,
    inject: [Database],
    useFactory: (database: Database) =>
      new Client({ adapter: new PrismaPg(database.pool, { schema: database.service }) }),
  };
}
