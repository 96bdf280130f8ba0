import { Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { Gauge } from 'prom-client';

import { Shutdown } from '#lifecycle/shutdown.js';

const open = new Gauge({ name: 'beckon_gateway_streams_open', help: 'Live streams that pass through here' });

/** Live streams that pass through. They last for hours, so that they have to be ended for the process to end. */
@Injectable()
export class OpenStreams {
  private readonly passing = new Map<ServerResponse, NodeJS.ReadableStream>();

  constructor(shutdown: Shutdown) {
    shutdown.register('http', 'streams', async () => this.endAll());
  }

  /** @param source what is written to the response; it is let go with the client */
  add(response: ServerResponse, source: NodeJS.ReadableStream): void {
    this.passing.set(response, source);
    open.inc();
    response.once('close', () => {
      if (this.passing.delete(response)) open.dec();
    });
  }

  private endAll(): void {
    for (const [response, source] of this.passing) {
      source.unpipe(response);
      response.end();
    }
  }
}
