import type { ServiceDefinition } from '@grpc/grpc-js';

import {
  EventLedgerService,
  PostServiceService,
  SocialGraphServiceService,
  UserProfileServiceService,
} from '#contracts/generated/beckon/v1/beckon.js';
import type { BeckonApart } from '#testkit/beckon-apart.js';
import { percentile } from '#testkit/load.js';
import { RefusingGrpc } from '#testkit/refusing-grpc.js';
import { until } from '#testkit/until.js';

import type { Chaos } from '../chaos.js';
import type { FaultDefinition } from '../fault.js';
import { Others } from '../others.js';

const HOW = ['down', 'slow', 'black hole', 'refusing'] as const;
/** gRFC A6 as libs/grpc configures it: a channel tries a call three times, and retries a tenth of its calls. */
const ATTEMPTS = 3;
const RETRIES = 0.1;
/** What the throttle lets through before it has seen anything: half of its 10 tokens, for each of some ten channels. */
const FIRST_RETRIES = 50;
const SERVICES: Readonly<Record<'user' | 'post', readonly ServiceDefinition[]>> = {
  user: [UserProfileServiceService, SocialGraphServiceService, EventLedgerService],
  post: [PostServiceService],
};
const SLOW_MS = 2_000;
/**
 * At every scale: until its breaker is open, after half a second, a process waits for what is away, and that is to be less
 * than the slowest twentieth of the tellings.
 */
const ABSENT_MS = 20_000;
/** A look-up's deadline is 300 ms; what is answered without it is answered soon after. */
const ANSWERED_MS = 1_000;
/** Promise 8: the p95 of tellings that need nothing of the service stays within this of what it was before. */
const TIMES = 1.5;
/** One in 100 ms, so that they go on for as long as the service is away. */
const TELLINGS = ABSENT_MS / 100;
/** An open breaker closes within this of the return of what it guards. */
const CLOSES_MS = 5_000;

/** Each service that others ask while they answer, taken away in three manners. */
export const serviceAway: readonly FaultDefinition[] = (['user', 'post'] as const).map((service) => ({
  name: `${service}-service-away`,
  title: `gRPC of the ${service} service down, ${SLOW_MS / 1_000} s slow, black-holed, and refusing, under load`,
  needs: 'apart',
  async run(chaos) {
    const load = await chaos.begin({ perSecond: 30, connections: 30 });
    const others = new Others(chaos.beckon, chaos.madeNetwork.truth);
    await others.begin();
    const before = await others.reactTo(await others.prepare(TELLINGS));
    chaos.note(`before: told p95 ${Math.round(before.tellP95Ms)} ms`);
    for (const how of HOW) {
      chaos.phase = `${service} service: ${how}`;
      await load.progress(30);
      const known = await others.prepare(TELLINGS);
      const back = await takeAway(chaos, service, how);
      const [meanwhile] = await Promise.all([others.reactTo(known), readInbox(chaos, how)]);
      chaos.promise(`${how}: others told p95`, meanwhile.tellP95Ms, TIMES * before.tellP95Ms);
      await back();
      const backAt = performance.now();
      await until(() => asks(chaos, service), 60_000);
      chaos.recovered(performance.now() - backAt);
      chaos.promise(`${how}: asked again after`, performance.now() - backAt, CLOSES_MS);
    }
    await chaos.settle();
  },
}));

/** Takes a service away. @returns what brings it back */
async function takeAway(
  chaos: Chaos<BeckonApart>,
  service: 'user' | 'post',
  how: (typeof HOW)[number],
): Promise<() => Promise<void>> {
  const proxy = chaos.beckon.grpc[service];
  if (how === 'refusing') return refuse(chaos, service);
  if (how === 'down') await proxy.cut();
  else if (how === 'slow') proxy.slow(SLOW_MS);
  else proxy.freeze();
  return () => proxy.restore();
}

/** Puts a server in its place that answers nothing but UNAVAILABLE, and counts how callers insist. */
async function refuse(chaos: Chaos<BeckonApart>, service: 'user' | 'post'): Promise<() => Promise<void>> {
  const { beckon } = chaos;
  const made = () => beckon.counted('beckon_grpc_client_calls_total', new RegExp(`service="${service}`));
  const before = await made();
  const server = await RefusingGrpc.start(...SERVICES[service]);
  await beckon.leadGrpc(service, server.port);
  return async () => {
    const calls = (await made()) - before;
    await beckon.leadGrpc(service);
    server.stop();
    const { retries, mostAttempts } = server;
    chaos.note(`refusing: ${calls} calls, ${retries} retries, at most ${mostAttempts} attempts`);
    chaos.expect(server.calls > 0, 'refusing: nobody asked');
    chaos.expect(mostAttempts <= ATTEMPTS, `refusing: a call was tried ${mostAttempts} times`);
    chaos.expect(
      retries <= Math.max(RETRIES * calls, FIRST_RETRIES),
      `refusing: ${retries} retries of ${calls} calls`,
    );
  };
}

/** Somebody goes on reading an inbox, and is always answered. */
async function readInbox(chaos: Chaos<BeckonApart>, how: string): Promise<void> {
  const api = await chaos.beckon.as('author0');
  const took: number[] = [];
  for (const endsAt = performance.now() + ABSENT_MS; performance.now() < endsAt;) {
    const askedAt = performance.now();
    const { status } = await api.get('/v1/notifications');
    took.push(performance.now() - askedAt);
    chaos.expect(status === 200, `${how}: an inbox was answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  chaos.promise(`${how}: inbox p95`, percentile(took, 0.95), ANSWERED_MS);
}

/** Whether an answer is given that only the service itself can give. */
async function asks(chaos: Chaos<BeckonApart>, service: 'user' | 'post'): Promise<boolean> {
  const stranger = `stranger${Math.floor(chaos.random.next() * 2 ** 31)}`;
  if (service === 'post') {
    const { status } = await (await chaos.beckon.as('p0')).get(`/v1/posts/${stranger}/reactions`);
    return status === 404;
  }
  const { status } = await (
    await chaos.beckon.as(stranger)
  ).post('/v1/posts/post0/reactions', { type: 'like' });
  return status === 409;
}
