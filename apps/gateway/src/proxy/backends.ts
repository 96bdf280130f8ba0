import { Injectable } from '@nestjs/common';

import { Config, type Service, services } from '#config/config.js';
import { Probes } from '#lifecycle/probes.js';

import { Backend, PROBE_MS } from './backend.js';

/** The services behind the gateway, each with the processes that answer for it. */
@Injectable()
export class Backends {
  private readonly all: ReadonlyMap<Service, Backend>;

  /** @throws Error that names the variable when nobody has said where a service is */
  constructor(config: Config, probes: Probes) {
    this.all = new Map(
      services.map((service) => [service, new Backend(service, config.httpAddresses(service))]),
    );
    // The others are served without it, so a backend that is away only degrades the gateway.
    for (const backend of this.all.values())
      probes.watch({
        name: `http.${backend.service}`,
        required: false,
        check: () => backend.requireReady(),
        limitMs: PROBE_MS,
      });
  }

  of(service: Service): Backend {
    const backend = this.all.get(service);
    if (backend === undefined) throw new Error(`no backend of ${service}`);
    return backend;
  }
}
