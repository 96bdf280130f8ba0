import { AsyncLocalStorage } from 'node:async_hooks';

export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context of the caller, passed on to events and gRPC calls. */
  readonly traceparent: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that everything it logs or calls carries the request's ids. */
export function runInRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request that the caller is part of; undefined outside of any. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}
