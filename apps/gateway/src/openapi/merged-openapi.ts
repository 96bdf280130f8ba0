import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

import { services } from '#config/config.js';
import { logger } from '#logging/logger.js';

import { Backends } from '../proxy/backends.js';

/** Services change what they document when they are deployed, and readers may be many. */
const FRESH_MS = 10_000;

/** One document of all routes behind the gateway, from what each service says of its own. */
@Injectable()
export class MergedOpenApi {
  private readonly heard = new Map<string, OpenAPIObject>();
  private askedAt = -Infinity;
  private asking: Promise<unknown> = Promise.resolve();

  constructor(private readonly backends: Backends) {}

  /**
   * Adds the services' routes and schemas to the gateway's own. A service that is away stands there as it was heard
   * last, and is missing if it never was.
   */
  async complete(own: OpenAPIObject): Promise<OpenAPIObject> {
    if (performance.now() - this.askedAt > FRESH_MS) {
      this.askedAt = performance.now();
      this.asking = Promise.all(services.map((service) => this.ask(service)));
    }
    await this.asking;
    return [...this.heard.values()].reduce(merge, own);
  }

  private async ask(service: (typeof services)[number]): Promise<void> {
    try {
      this.heard.set(service, (await this.backends.of(service).openApi()) as OpenAPIObject);
    } catch (error) {
      logger.warn({ err: error, service }, 'a backend did not say what its routes are');
      this.askedAt = -Infinity;
    }
  }
}

/** Schemas that several services name are the same ones, from the same libs. */
function merge(document: OpenAPIObject, more: OpenAPIObject): OpenAPIObject {
  return {
    ...document,
    paths: { ...document.paths, ...more.paths },
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...more.components?.schemas },
    },
  };
}
