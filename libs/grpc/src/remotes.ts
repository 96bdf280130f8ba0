import type { Client } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';

import { Tokens } from '#auth/tokens.js';
import { Config, type Service } from '#config/config.js';
import * as beckon from '#contracts/generated/beckon/v1/beckon.js';
import type { Consumer } from '#contracts/catalogue.js';
import { Remote } from '#grpc/remote.js';
import { Shutdown } from '#lifecycle/shutdown.js';

/**
 * The services that a process may call, one channel each, opened at the first call. Pages, which may take seconds, have
 * one of their own beside the look-ups of the same service: people wait for these, and neither behind a slow page nor
 * for a breaker that it tries.
 */
@Injectable()
export class Remotes {
  private readonly opened = new Map<string, Remote<Client>>();

  constructor(
    private readonly config: Config,
    private readonly tokens: Tokens,
    shutdown: Shutdown,
  ) {
    shutdown.register('grpc', 'clients', async () => this.opened.forEach((remote) => remote.close()));
  }

  get profiles() {
    return this.open('user', beckon.UserProfileServiceClient, this.config.grpcAddresses('user'));
  }

  get handles() {
    return this.open('user.handles', beckon.UserProfileServiceClient, this.config.grpcAddresses('user'));
  }

  get graph() {
    return this.open('user.graph', beckon.SocialGraphServiceClient, this.config.grpcAddresses('user'));
  }

  get posts() {
    return this.open('post', beckon.PostServiceClient, this.config.grpcAddresses('post'));
  }

  get comments() {
    return this.open('comment', beckon.CommentServiceClient, this.config.grpcAddresses('comment'));
  }

  get threads() {
    return this.open('comment.threads', beckon.CommentServiceClient, this.config.grpcAddresses('comment'));
  }

  ledger(consumer: Consumer) {
    return this.open(`${consumer}.ledger`, beckon.EventLedgerClient, this.config.grpcAddresses(consumer));
  }

  admin(app: Service) {
    return this.open(`${app}.admin`, beckon.AdminServiceClient, this.config.grpcAddresses(app));
  }

  /** Each process of an app by itself, where each has an address; those behind one name answer in turn, as one. */
  adminOfEach(app: Service) {
    const addresses = this.config.grpcAddresses(app);
    if (addresses.length === 1) return [this.admin(app)];
    return addresses.map((address) =>
      this.open(`${app}.admin ${address}`, beckon.AdminServiceClient, [address]),
    );
  }

  /**
   * Asks each service that requests will wait for once, so that the first request finds connections open and code
   * compiled, and its short deadline is enough. Services that are away are left for later.
   */
  async warmUp(): Promise<void> {
    const ids = ['warm-up'];
    const { profiles, posts, comments } = this;
    await Promise.allSettled([
      profiles.warmUp((client) => client.getProfiles, { ids }),
      posts.warmUp((client) => client.getPosts, { ids }),
      comments.warmUp((client) => client.getComments, { ids }),
    ]);
  }

  /** Those that were called so far, by name. */
  states(): Record<string, 'up' | 'degraded'> {
    return Object.fromEntries([...this.opened.values()].map((remote) => [remote.name, remote.state]));
  }

  private open<C extends Client>(
    name: string,
    Stub: ConstructorParameters<typeof Remote<C>>[1],
    addresses: readonly string[],
  ) {
    let remote = this.opened.get(name);
    if (remote === undefined) {
      remote = new Remote(name, Stub, addresses, this.tokens) as Remote<Client>;
      this.opened.set(name, remote);
    }
    return remote as unknown as Remote<C>;
  }
}
