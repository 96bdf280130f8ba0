import pg from 'pg';
import { Gauge } from 'prom-client';

import type { Service } from '#config/config.js';
import { isConnectionLost, isRetryableTransaction } from '#errors/infrastructure.js';
import { logger } from '#logging/logger.js';

/** A prepared statement: the name is its identity on a connection, so it must never stand for two texts. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Whatever can run a statement: a pool (one statement, own transaction) or a client inside a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** A transaction in progress; passed as an argument, never ambient. */
export interface Transaction extends Queryable {
  readonly inTransaction: true;
}

/** How long a request may wait for a connection, so that a dead server is a 503 and not a hanging client. */
const CONNECT_TIMEOUT_MS = 2_000;
/** No statement of Beckon is meant to take this long; one that does is cut off on both sides. */
const STATEMENT_TIMEOUT_MS = 15_000;
const DEADLOCK_RETRIES = 5;
/**
 * Every statement of Beckon finds what it needs by an index. Left to itself PostgreSQL plans a prepared statement while
 * its tables are small, keeps the plan, and reads tables that have grown from end to end.
 */
const BY_INDEX = '-c enable_seqscan=off';

/** bigint (OID 20) holds sequences and counts here, all far below 2^53, and JSON numbers in the API. */
const parsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

const connections = new Gauge({
  name: 'beckon_database_connections',
  help: 'PostgreSQL connections of a service by state',
  labelNames: ['service', 'state'],
});

/** A service's own PostgreSQL schema behind a bounded pool. */
export class Database implements Queryable {
  readonly pool: pg.Pool;

  constructor(
    readonly service: Service,
    url: string,
    size: number,
    /** `durable: false` commits without waiting for the disk: for work that is done again if it is lost. */
    { durable = true }: { readonly durable?: boolean } = {},
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: size,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: 30_000,
      query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
      application_name: `beckon-${service}`,
      options: `-c search_path=${service} -c timezone=UTC -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=30000 -c synchronous_commit=${durable ? 'on' : 'off'} ${BY_INDEX}`,
      types: parsers,
      keepAlive: true,
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    this.pool.on('error', (error) => logger.warn({ err: error, service }, 'idle database connection lost'));
    // So would one that breaks after the pool has handed it over and before anybody listens: a PostgreSQL that dies can say
    // so in the packet that answers the last query. Whoever has it learns of it from what it asks next.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Runs one statement in a transaction of its own; again when PostgreSQL gave it up, as `transaction` does. */
  async query<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const run = () => this.pool.query<Row>({ ...statement, values: values as unknown[] });
    return (await againWhenGivenUp(run)).rows;
  }

  /**
   * Runs `work` in one READ COMMITTED transaction, and again from the start when PostgreSQL gave it up
   * for a deadlock or a serialization failure; `work` must therefore have no effect outside of it.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return againWhenGivenUp(() => this.attempt(work));
  }

  /** Connections by state, for the metrics. */
  observe(): void {
    connections.set({ service: this.service, state: 'total' }, this.pool.totalCount);
    connections.set({ service: this.service, state: 'idle' }, this.pool.idleCount);
    connections.set({ service: this.service, state: 'waiting' }, this.pool.waitingCount);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    const tx: Transaction = {
      inTransaction: true,
      query: async (statement, values = []) =>
        (await client.query({ ...statement, values: values as unknown[] })).rows as never,
    };
    try {
      await client.query('BEGIN');
      const result = await work(tx);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      if (isStalePlan(error) || isConnectionLost(error)) broken = error as Error;
      // Nobody would answer it; PostgreSQL rolls back what a closed connection leaves. One whose rollback fails is in an
      // unknown state and must not return to the pool either.
      else await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** Nothing is left of what PostgreSQL gave up, so it can simply be run again. */
async function againWhenGivenUp<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const again = isRetryableTransaction(error) || isStalePlan(error);
      if (!again || attempt > DEADLOCK_RETRIES) throw error;
    }
  }
}

/**
 * A migration changed what a prepared statement answers. The connection keeps the plan, so it is given up and the
 * work is done again on another; nothing was changed by a statement that failed so.
 */
function isStalePlan(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === '0A000' && typeof message === 'string' && message.includes('cached plan');
}
