import type { ServiceDefinition } from '@grpc/grpc-js';

import * as beckonV1 from '#contracts/generated/beckon/v1/beckon.js';
import type { Random } from '#testkit/random.js';
import { GrpcCaller } from '#testkit/grpc.js';
import { signToken } from '#testkit/tokens.js';

import type { Attack } from '../attack.js';

const services: Readonly<Record<string, ServiceDefinition>> = {
  UserProfileService: beckonV1.UserProfileServiceService,
  SocialGraphService: beckonV1.SocialGraphServiceService,
  PostService: beckonV1.PostServiceService,
  CommentService: beckonV1.CommentServiceService,
  EventLedger: beckonV1.EventLedgerService,
  AdminService: beckonV1.AdminServiceService,
};
/** What a server says that has understood and declines, or that has understood and answers. */
const ALLOWED = new Set([
  'OK',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'FAILED_PRECONDITION',
  'RESOURCE_EXHAUSTED',
  'ALREADY_EXISTS',
  'UNAVAILABLE',
]);
const TOO_LARGE = 2 * 1024 * 1024;

/** Every method of every service, with bytes that mean nothing, messages that mean harm, and without credentials. */
export const grpcCalls: Attack = {
  name: 'grpc-calls',
  title: 'gRPC: random bytes, hostile messages, oversized, no credentials, every method',
  async run(assault) {
    const { target, findings } = assault;
    const token = await signToken('network', { scope: 'service admin' });
    const [trusted, nobody, person] = [token, null, await target.beckon.tokenOf('mallory')].map(
      (each) => new GrpcCaller(target.beckon.grpcAddress, each),
    ) as [GrpcCaller, GrpcCaller, GrpcCaller];
    const methods = Object.values(services).flatMap((service) => Object.values(service));
    const rounds = assault.scaled(2_000, 25);
    const statuses = new Map<string, number>();
    try {
      for (const { path, requestDeserialize } of methods) {
        for (const caller of [nobody, person]) {
          findings.attempts++;
          const answer = await callRaw(caller, path, Buffer.alloc(0));
          findings.expect(answer === 'UNAUTHENTICATED', () => `${path} without a service token: ${answer}`);
        }
        const large = await callRaw(trusted, path, Buffer.alloc(TOO_LARGE, 'a'));
        findings.expect(large === 'RESOURCE_EXHAUSTED', () => `${path} with 2 MB: ${large}`);
        for (let round = 0; round < rounds; round++) {
          findings.attempts++;
          const bytes = round % 2 === 0 ? message(assault.random) : noise(assault.random);
          const answer = await callRaw(trusted, path, bytes);
          statuses.set(answer, (statuses.get(answer) ?? 0) + 1);
          const readable = decodes(requestDeserialize, bytes);
          // What it cannot decode grpc-js itself answers INTERNAL.
          const isRight = ALLOWED.has(answer) || (!readable && answer === 'INTERNAL');
          findings.expect(isRight, () => `${path} with ${bytes.toString('hex')}: ${answer}`);
        }
      }
    } finally {
      for (const caller of [trusted, nobody, person]) caller.close();
    }
    findings.note(
      `${methods.length} methods; ${[...statuses].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
  },
};

function callRaw(caller: GrpcCaller, path: string, bytes: Buffer): Promise<string> {
  return caller.callRaw(beckonV1.PostServiceClient, path, bytes);
}

function noise(random: Random): Buffer {
  const length = 1 + Math.floor(random.next() * 80);
  return Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256)));
}

/** Fields that decode, filled with what should not be in them. */
function message(random: Random): Buffer {
  const fields = Array.from({ length: 1 + Math.floor(random.next() * 6) }, () => field(random));
  return Buffer.concat(fields);
}

function field(random: Random): Buffer {
  const number = 1 + Math.floor(random.next() * 6);
  const texts = [
    '',
    'vera',
    '\0',
    'a\0b',
    '\u202e',
    "' OR 1=1 --",
    '../x',
    'ё',
    '{}',
    'notification',
    'analytics',
    'a'.repeat(5_000),
    '0198f3c0-0000-7000-8000-000000000000',
    '9'.repeat(40),
  ];
  if (random.next() < 0.7) {
    const content = random.next() < 0.8 ? Buffer.from(random.pick(texts)) : Buffer.from([0xed, 0xa0, 0x80]);
    return Buffer.concat([varint((number << 3) | 2), varint(content.length), content]);
  }
  const values = [0, 1, 5_000, 2 ** 31 - 1, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER];
  return Buffer.concat([varint(number << 3), varint(random.pick(values))]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function decodes(decode: (bytes: Buffer) => unknown, bytes: Buffer): boolean {
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
}
