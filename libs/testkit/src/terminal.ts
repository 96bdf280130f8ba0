import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Beckon } from '#testkit/beckon.js';

/** What the runbooks' commands need to be found; `missing` says why they can't be run on this machine. */
export interface Tools {
  readonly env?: Readonly<Record<string, string>>;
  readonly missing?: string;
}

/** Looks for psql, pg_dump and redis-cli, and unpacks Debian's packages if that is possible; may take seconds. */
export function findTools(): Tools {
  const found = spawnSync(process.execPath, ['libs/testkit/src/find-tools.mjs'], { encoding: 'utf8' });
  const tools = JSON.parse(found.stdout) as Tools;
  // Skipping is said aloud: it is the machine that lacks something, and nobody should believe these passed.
  if (tools.missing !== undefined) console.warn(`SKIPPED, runbooks can't be run here: ${tools.missing}`);
  return tools;
}

/** A terminal of somebody who operates a Beckon: what the runbooks expect to be set. */
export class Terminal {
  private constructor(
    readonly env: Readonly<Record<string, string>>,
    private readonly server: Server,
  ) {}

  /** @param restart kills one of its processes and starts it again, where there are several */
  static async open(
    beckon: Beckon,
    tools: Tools,
    more: Readonly<Record<string, string>> = {},
    restart: (process: string) => Promise<void> = () => Promise.reject(new Error('there is one process')),
  ): Promise<Terminal> {
    const server = createServer((request, response) => {
      const [, what, process = ''] = (request.url ?? '').split('/');
      const action = what === 'restart' ? restart(process) : what === 'stop' ? beckon.end() : beckon.run();
      action.then(
        () => response.end(),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // What follows the command is said too.
    const ask = (what: string) =>
      `node -e "fetch('http://127.0.0.1:${port}/${what}/' + (process.argv[1] ?? '')).then(({ ok }) => process.exit(ok ? 0 : 1))"`;
    const env = {
      ...tools.env,
      DATABASE_URL: beckon.database.url,
      REDIS_URL: beckon.env['REDIS_URL'] ?? '',
      BECKON_URL: beckon.url,
      BECKON_ADMIN_TOKEN: await beckon.tokenOf('operator', 'admin'),
      BECKON_STOP: ask('stop'),
      BECKON_START: ask('start'),
      BECKON_RESTART: ask('restart'),
      BECKON_PROCESSES: beckon.url,
      ...more,
    };
    return new Terminal(env, server);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
