import {
  type Client,
  loadPackageDefinition,
  makeClientConstructor,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';

import * as beckonV1 from '#contracts/generated/beckon/v1/beckon.js';
import { Beckon } from '#testkit/beckon.js';
import { GrpcCaller } from '#testkit/grpc.js';
import { holdTable } from '#testkit/hold-table.js';
import { SERVICE_SECRET, signToken } from '#testkit/tokens.js';

const SERVICES = [
  'UserProfileService',
  'SocialGraphService',
  'PostService',
  'CommentService',
  'EventLedger',
].map((name) => `beckon.v1.${name}`);
/** A call without a deadline ends after this; asserted three times over. */
const CAP_MS = 5_000;
const Profiles = beckonV1.UserProfileServiceClient;

type Answered<T> = (request: object, metadata: unknown, done: (error: never, response: T) => void) => unknown;
const Health = makeClientConstructor(healthService as never, 'Health') as unknown as new (
  ...args: ConstructorParameters<ServiceClientConstructor>
) => Client & { readonly check: Answered<{ readonly status: string }> };

let beckon: Beckon;
let grpc: GrpcCaller;
let serviceToken: string;

beforeAll(async () => {
  beckon = await Beckon.start();
  serviceToken = await signToken('network', { scope: 'service' });
  grpc = new GrpcCaller(beckon.grpcAddress, serviceToken);
  await beckon.people('ana');
});
afterAll(async () => {
  grpc?.close();
  await beckon?.stop();
});

const getProfiles = (ids: string[], token: string | null = serviceToken) =>
  grpc.call(Profiles, (client) => client.getProfiles, { ids }, token);

interface Reflected {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
}

/** Asks by the protocol's own description, as grpcurl does. */
function reflect(version: 'v1' | 'v1alpha', request: object): Promise<Reflected> {
  const folder = join(require.resolve('@grpc/reflection'), '../../proto');
  const definition = loadSync(`grpc/reflection/${version}/reflection.proto`, { includeDirs: [folder] });
  const loaded = loadPackageDefinition(definition) as unknown as {
    grpc: { reflection: Record<typeof version, { ServerReflection: ServiceClientConstructor }> };
  };
  const reflection = new GrpcCaller(beckon.grpcAddress, null);
  const client = reflection.client(loaded.grpc.reflection[version].ServerReflection);
  return new Promise<Reflected>((resolve, reject) => {
    const call = client['serverReflectionInfo']?.call(
      client,
      undefined as never,
    ) as NodeJS.ReadWriteStream & {
      end(request: object): void;
    };
    call.once('data', resolve).once('error', reject);
    call.end(request);
  }).finally(() => reflection.close());
}

describe('the gRPC server', () => {
  it('tells a stock health client that it and each of its services serve', async () => {
    for (const service of ['', ...SERVICES]) {
      const answer = await grpc.call(Health, ({ check }) => check, { service }, null);
      expect([service, answer]).toEqual([service, { status: 'SERVING' }]);
    }
    expect(await grpc.call(Health, ({ check }) => check, { service: 'beckon.v1.Nothing' }, null)).toBe(
      'NOT_FOUND',
    );
  });

  it.each(['v1', 'v1alpha'] as const)(
    'lists and describes its services by reflection %s',
    async (version) => {
      const { listServicesResponse } = await reflect(version, { listServices: '' });
      const names = listServicesResponse?.service.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(SERVICES));
      for (const symbol of SERVICES) {
        const { fileDescriptorResponse } = await reflect(version, { fileContainingSymbol: symbol });
        expect(fileDescriptorResponse?.fileDescriptorProto.length).toBeGreaterThan(0);
      }
    },
  );

  it('takes the tokens of services, and no others', async () => {
    const now = Math.floor(Date.now() / 1000);
    const internal = { iss: 'beckon-internal', sub: 'beckon' };
    const good = [
      serviceToken,
      await signToken('network', { scope: 'read service' }),
      await signToken('beckon', { secret: SERVICE_SECRET, claims: internal }),
    ];
    for (const token of good) expect(await getProfiles([], token)).toEqual({ profiles: [] });
    const bad: (string | null)[] = [
      null,
      '',
      'nonsense',
      `${serviceToken}x`,
      await signToken('ana'),
      await signToken('ana', { scope: 'admin' }),
      await signToken('network', { scope: 'service', expiresInSeconds: -60 }),
      await signToken('network', { scope: 'service', claims: { aud: 'other' } }),
      await signToken('network', { scope: 'service', secret: SERVICE_SECRET }),
      await signToken('beckon', { claims: internal }),
      await signToken('beckon', { secret: SERVICE_SECRET, claims: { ...internal, exp: now - 60 } }),
      await signToken('beckon', { secret: SERVICE_SECRET, claims: { ...internal, exp: undefined } }),
      await signToken('beckon', { secret: SERVICE_SECRET, claims: { ...internal, aud: 'other' } }),
    ];
    for (const token of bad) expect(await getProfiles(['ana'], token)).toBe('UNAUTHENTICATED');
    const others = await Promise.all([
      grpc.call(beckonV1.SocialGraphServiceClient, (client) => client.areFollowing, { pairs: [] }, null),
      grpc.call(beckonV1.PostServiceClient, (client) => client.getPosts, { ids: [] }, null),
      grpc.call(beckonV1.CommentServiceClient, (client) => client.getComments, { ids: [] }, null),
      grpc.call(
        beckonV1.EventLedgerClient,
        (client) => client.findUnsettled,
        { consumer: 'notification', eventIds: [] },
        null,
      ),
    ]);
    expect(new Set(others)).toEqual(new Set(['UNAUTHENTICATED']));
  });

  it('refuses random bytes, and goes on', async () => {
    const { host, port } = { host: '127.0.0.1', port: Number(beckon.grpcAddress.split(':')[1]) };
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const floods = [randomBytes(4096), Buffer.concat([preface, randomBytes(4096)]), Buffer.alloc(4096)];
    for (const bytes of floods) {
      await new Promise<void>((resolve) => {
        const socket = connect({ host, port }, () => socket.write(bytes));
        socket.on('error', () => undefined).on('close', () => resolve());
        socket.setTimeout(2_000, () => socket.destroy()).resume();
      });
    }
    const codes = new Set<string>();
    for (let n = 0; n < 50; n++) {
      const noise = Buffer.concat([Buffer.from([0x0a, 0xff, 0xff, 0x7f]), randomBytes(64)]);
      codes.add(await grpc.callRaw(Profiles, '/beckon.v1.UserProfileService/GetProfiles', noise));
    }
    // grpc-js itself answers INTERNAL to what it cannot decode.
    expect([...codes].filter((code) => !['INVALID_ARGUMENT', 'INTERNAL'].includes(code))).toEqual([]);
    expect(await getProfiles(['ana'])).toMatchObject({ profiles: [{ id: 'ana' }] });
  });

  it('refuses messages of more than a megabyte, and methods that it does not have', async () => {
    expect(await getProfiles(['x'.repeat(2 * 1024 * 1024)])).toBe('RESOURCE_EXHAUSTED');
    const path = '/beckon.v1.UserProfileService/Nothing';
    expect(await grpc.callRaw(Profiles, path, Buffer.alloc(0))).toBe('UNIMPLEMENTED');
  });

  it('ends a call without a deadline at its own cap', async () => {
    const release = await holdTable(beckon.database, '"user".profile');
    try {
      const began = performance.now();
      const answer = await grpc.call(Profiles, (client) => client.resolveHandles, { handles: ['ana'] });
      expect(answer).toBe('DEADLINE_EXCEEDED');
      expect(performance.now() - began).toBeLessThan(3 * CAP_MS);
    } finally {
      await release();
    }
    expect(await getProfiles(['ana'])).toMatchObject({ profiles: [{ id: 'ana' }] });
  });
});
