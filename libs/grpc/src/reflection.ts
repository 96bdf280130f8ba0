import { loadSync } from '@grpc/proto-loader';
import type { handleBidiStreamingCall, Server, ServiceDefinition } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { createRequire } from 'node:module';

import { logger } from '#logging/logger.js';

type Handle = handleBidiStreamingCall<unknown, unknown>;
type Method = ServiceDefinition[string] & { readonly handle: Handle };

const versions = ['v1', 'v1alpha'];

/**
 * Offers server reflection. Descriptors, which generated code leaves out, are loaded at the first question: that takes a
 * twentieth of a process's start, and most are never asked.
 */
export function addReflection(server: Server): void {
  let loaded: ReadonlyMap<string, Method> | undefined;
  for (const version of versions) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const method = (): Method => {
      try {
        const found = (loaded ??= loadMethods()).get(path);
        if (found === undefined) throw new Error(`@grpc/reflection does not offer ${path}`);
        return found;
      } catch (error) {
        logger.error({ err: error }, 'reflection failed');
        throw error;
      }
    };
    server.register<unknown, unknown>(
      path,
      (call: Parameters<Handle>[0]) => method().handle(call),
      (answer) => method().responseSerialize(answer),
      (question) => method().requestDeserialize(question),
      'bidi',
    );
  }
}

function loadMethods(): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  const addService: Server['addService'] = (definition, implementation) => {
    for (const [name, method] of Object.entries<ServiceDefinition[string]>(definition)) {
      const handle = implementation[name];
      if (handle !== undefined) methods.set(method.path, { ...method, handle: handle as Handle });
    }
  };
  const proto = loadSync(createRequire(import.meta.url).resolve('#contracts/beckon.proto'));
  new ReflectionService(proto).addToServer({ addService });
  return methods;
}
