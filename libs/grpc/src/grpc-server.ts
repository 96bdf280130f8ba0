import { loadPackageSync } from '@nestjs/common/internal';
import type { GrpcOptions } from '@nestjs/microservices';
import { Transport } from '@nestjs/microservices';
import * as grpc from '@grpc/grpc-js';
import * as protoLoader from '@grpc/proto-loader';
import { HealthImplementation } from 'grpc-health-check';

import * as beckon from '#contracts/generated/beckon/v1/beckon.js';
import { addReflection } from '#grpc/reflection.js';

/** Requests are lists of ids; nothing legal comes near this. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

// Nest looks for its transport's packages in node_modules, unless they were loaded before: here they are in the bundle.
loadPackageSync('@grpc/grpc-js', 'gRPC', () => grpc);
loadPackageSync('@grpc/proto-loader', 'gRPC', () => protoLoader);

/** The generated service definitions by full name: what Nest serves, with the types that callers compile against. */
const definitions = {
  'beckon.v1.UserProfileService': beckon.UserProfileServiceService,
  'beckon.v1.SocialGraphService': beckon.SocialGraphServiceService,
  'beckon.v1.PostService': beckon.PostServiceService,
  'beckon.v1.CommentService': beckon.CommentServiceService,
  'beckon.v1.EventLedger': beckon.EventLedgerService,
  'beckon.v1.AdminService': beckon.AdminServiceService,
};
export type GrpcServiceName = keyof typeof definitions;

/**
 * Options of a process's gRPC server.
 * @param address host:port to listen on.
 * @param offered the services that this process implements; health reports them as serving.
 */
export function grpcServerOptions(address: string, offered: readonly GrpcServiceName[]): GrpcOptions {
  const health = new HealthImplementation(
    Object.fromEntries(['', ...offered].map((service) => [service, 'SERVING' as const])),
  );
  return {
    transport: Transport.GRPC,
    options: {
      url: address,
      package: 'beckon.v1',
      packageDefinition: Object.fromEntries(
        offered.map((name) => [name, byRpcName(definitions[name])]),
      ) as unknown as NonNullable<GrpcOptions['options']['packageDefinition']>,
      maxReceiveMessageLength: MAX_MESSAGE_BYTES,
      onLoadPackageDefinition: (_: unknown, server: grpc.Server) => {
        health.addToServer(server);
        addReflection(server);
      },
    },
  };
}

/** Generated definitions name methods as TypeScript does; Nest looks handlers up by the name in the proto file. */
function byRpcName(definition: (typeof definitions)[GrpcServiceName]) {
  return Object.fromEntries(
    Object.values(definition).map((method) => [method.path.slice(method.path.lastIndexOf('/') + 1), method]),
  );
}
