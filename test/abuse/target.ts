import { pathToFileURL } from 'node:url';

import { type CryptoKey, exportJWK, generateKeyPair } from 'jose';

import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { KeyServer } from '#testkit/key-server.js';
import { metricOf } from '#testkit/metric.js';
import { OpenApiCheck } from '#testkit/openapi-check.js';
import { signToken } from '#testkit/tokens.js';

import { Canary } from './canary.js';
import type { OpenApi } from './openapi.js';
import { Victim } from './victim.js';

/** Whom the attacks speak as: two with nothing to hide, and all that they may touch. */
export const ATTACKERS = ['mallory', 'ben'] as const;

/**
 * 128 MB, of which some 45 are in use. On a large machine Node collects so late that memory grows by what has not been
 * collected; here a large leak ends the process. A small one shows in what is left after a collection.
 */
const NODE_OPTIONS = `--max-old-space-size=128 --import ${pathToFileURL('libs/testkit/src/collect-at-signal.mjs').href}`;

/** A running Beckon to attack, with people, a victim, published keys, and a port that must stay silent. */
export class Target {
  private made = 0;

  private constructor(
    readonly beckon: Beckon,
    readonly victim: Victim,
    readonly document: OpenApi,
    readonly check: OpenApiCheck,
    /** The key pair whose public half the network publishes under `key-1`. */
    readonly keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
    private readonly keyServer: KeyServer,
    readonly canary: Canary,
  ) {}

  /** Tokens are checked with a shared secret and with published keys, so that one can be taken for the other. */
  static async open(): Promise<Target> {
    const keyServer = new KeyServer();
    const keys = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
    keyServer.answer.body = JSON.stringify({ keys: [jwk] });
    const beckon = await Beckon.start({
      env: {
        AUTH_JWKS_URL: await keyServer.listen(),
        WRITES_PER_SECOND: '1000000',
        NODE_OPTIONS,
      },
    });
    await beckon.people(...ATTACKERS, 'cy');
    const victim = await Victim.make(beckon);
    const mallory = await beckon.as('mallory');
    await insist(() => mallory.post('/v1/posts', { id: 'm-post', body: 'A post of an attacker' }));
    await acquaint(beckon, [...ATTACKERS, victim.id], ['m-post', victim.post]);
    await beckon.drain();
    const document = (await (await fetch(`${beckon.url}/openapi.json`)).json()) as OpenApi;
    const check = new OpenApiCheck(document);
    const canary = await Canary.listen();
    const target = new Target(beckon, victim, document, check, keys, keyServer, canary);
    await target.warmUp();
    return target;
  }

  /** Makes people whom no other attack has touched. @returns their ids */
  async strangers<const Roles extends readonly string[]>(
    ...roles: Roles
  ): Promise<Record<Roles[number], string>> {
    const ids = roles.map((role) => `${role}-${++this.made}`);
    await this.beckon.people(...ids);
    return Object.fromEntries(roles.map((role, index) => [role, ids[index]])) as Record<
      Roles[number],
      string
    >;
  }

  /** Resident memory of the process in megabytes, as it says itself. */
  async memoryMb(): Promise<number> {
    return this.megabytes('process_resident_memory_bytes');
  }

  /** What is in use, in its heap and beside it, when all garbage is collected. */
  async usedMb(): Promise<number> {
    process.kill(this.beckon.pid, 'SIGUSR2');
    // Answered after the signal is.
    await (await fetch(`${this.beckon.url}/health/live`)).text();
    return this.megabytes('nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes');
  }

  /** Whether somebody who does no harm is served: everything that a request can need is asked. */
  async serves(): Promise<boolean> {
    const api = this.beckon.withHeaders({ authorization: `Bearer ${await signToken('cy')}` });
    const list = await insist(() => api.get('/v1/notifications'));
    const post = await insist(() => api.post('/v1/posts', { body: 'Still here' }));
    return Array.isArray(list.groups) && typeof post.id === 'string';
  }

  async close(): Promise<void> {
    await this.canary.close();
    await this.keyServer.close();
    await this.beckon.stop();
  }

  private async megabytes(...names: string[]): Promise<number> {
    let sum = 0;
    for (const name of names) sum += await metricOf(this.beckon, name);
    if (sum === 0) throw new Error('the process does not tell its memory');
    return sum / 2 ** 20;
  }

  /** Code that has run is compiled and its pools are filled: what comes on top in an attack is the attack's. */
  private async warmUp(): Promise<void> {
    const api = await this.beckon.as('cy');
    const rounds = Array.from({ length: 40 });
    for (const _ of rounds)
      await Promise.all(
        [
          '/v1/notifications',
          `/v1/posts/${this.victim.post}/comments`,
          '/v1/me/activity',
          '/v1/posts?author=cy',
        ].map((path) => insist(() => api.get(path))),
      );
  }
}
