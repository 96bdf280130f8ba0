import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

import { type Service, services } from '#config/config.js';
import { logger } from '#logging/logger.js';

import { Backends } from '../proxy/backends.js';

/** Services change what they document when they are deployed, and readers may be many. */
const FRESH_MS = 10_000;
/** One that did not answer is asked again sooner; meanwhile nobody waits for it. */
const FAILED_MS = 1_000;

interface Heard {
  /** As it was heard last; undefined when it never was. */
  readonly document: OpenAPIObject | undefined;
  /** When it is to be asked again; performance.now(). */
  readonly until: number;
}

/** One document of all routes behind the gateway, from what each service says of its own. */
@Injectable()
export class MergedOpenApi {
  private readonly heard = new Map<Service, Heard>();
  private readonly asking = new Map<Service, Promise<void>>();

  constructor(private readonly backends: Backends) {}

  /**
   * Adds the services' routes and schemas to the gateway's own. A service that is away stands there as it was heard
   * last; if it never was, the document says that it is missing.
   */
  async complete(own: OpenAPIObject): Promise<OpenAPIObject> {
    await Promise.all(services.map((service) => this.refresh(service)));
    const documents = services.map((service) => this.heard.get(service)?.document);
    const missing = services.filter((_, index) => documents[index] === undefined);
    return documents
      .filter((document) => document !== undefined)
      .reduce(merge, missing.length === 0 ? own : withoutSome(own, missing));
  }

  /** Asks a service again when it is time to. Who reads waits only until it was asked once. */
  private async refresh(service: Service): Promise<void> {
    const heard = this.heard.get(service);
    if (!this.asking.has(service) && (heard?.until ?? -Infinity) <= performance.now())
      this.asking.set(
        service,
        this.ask(service, heard?.document).finally(() => this.asking.delete(service)),
      );
    if (heard === undefined) await this.asking.get(service);
  }

  private async ask(service: Service, before: OpenAPIObject | undefined): Promise<void> {
    try {
      const document = (await this.backends.of(service).openApi()) as OpenAPIObject;
      this.heard.set(service, { document, until: performance.now() + FRESH_MS });
    } catch (error) {
      logger.warn({ err: error, service }, 'a backend did not say what its routes are');
      this.heard.set(service, { document: before, until: performance.now() + FAILED_MS });
    }
  }
}

function withoutSome(own: OpenAPIObject, missing: readonly Service[]): OpenAPIObject {
  const description = `${own.info.description} The routes of these are missing, for they have not answered yet: ${missing.join(', ')}.`;
  return { ...own, info: { ...own.info, description } };
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
