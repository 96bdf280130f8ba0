import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Counter } from 'prom-client';

import { parseEvent } from '#contracts/events.js';
import { Database, type Transaction } from '#database/database.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { faultPoint } from '#faults/fault-point.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';

import { InboxRepository } from '../inbox/inbox.repository.js';
import { type Hint, InboxWriter } from '../inbox/inbox.writer.js';
import type { Change } from '../inbox/settle-member.js';
import { HintPublisher } from '../stream/hints.js';
import {
  audienceOf,
  crowdReason,
  type NotificationEvent,
  type Retraction,
  type RetractionPart,
  type Telling,
} from '../tell/audience.js';
import { CrowdsClient } from '../tell/crowds.client.js';
import { retractionOf } from '../tell/retraction.js';
import { type MemberKey, TellRepository } from '../tell/tell.repository.js';
import { type ClaimedPart, FanOutRepository } from './fan-out.repository.js';

const CHUNK = 1_000;
const POLL_MS = 1_000;
const OUTAGE_SECONDS = 1;
const FAILURE_SECONDS = 30;

const told = new Counter({
  name: 'beckon_fan_out_recipients_total',
  help: 'Recipients of large audiences that were reached, by part',
  labelNames: ['part'],
});

/** Tells large audiences chunk by chunk; each chunk and the place it ends commit together. */
@Injectable()
export class FanOutWorker implements OnApplicationBootstrap {
  private readonly loop: Loop;

  constructor(
    shutdown: Shutdown,
    private readonly database: Database,
    private readonly fanOuts: FanOutRepository,
    private readonly crowds: CrowdsClient,
    private readonly inbox: InboxRepository,
    private readonly writer: InboxWriter,
    private readonly members: TellRepository,
    private readonly hints: HintPublisher,
  ) {
    this.loop = new Loop({ name: 'fan-out', step: () => this.step(), idleMs: POLL_MS });
    shutdown.register('workers', 'fan-out', () => this.loop.stop());
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Opens fan-outs in the transaction that records their events as done. */
  async open(tx: Transaction, parts: Parameters<FanOutRepository['open']>[1]): Promise<void> {
    await this.fanOuts.open(tx, parts);
  }

  nudge(): void {
    this.loop.nudge();
  }

  private async step(): Promise<boolean> {
    const claimed = await this.fanOuts.claim();
    if (claimed === undefined) return false;
    try {
      await this.work(claimed);
      await faultPoint('checkpoint', claimed);
    } catch (error) {
      const outage = isInfrastructureError(error);
      await this.fanOuts.putOff(claimed, outage ? OUTAGE_SECONDS : FAILURE_SECONDS);
      if (outage) throw error;
      // A fault of this part; the others go on.
      logger.error({ err: error, eventId: claimed.eventId, part: claimed.part }, 'fan-out failed');
    }
    return true;
  }

  private async work(claimed: ClaimedPart): Promise<void> {
    const event = parseEvent(claimed.event) as NotificationEvent;
    const audience = audienceOf(event);
    if (audience.kind === 'tell') await this.tellChunk(claimed, event, audience);
    else if (audience.kind === 'retract') await this.retractChunk(claimed, audience);
  }

  private async tellChunk(
    claimed: ClaimedPart,
    event: NotificationEvent,
    { act, crowd, dependsOn }: Telling,
  ) {
    if (crowd === null) throw new Error(`${event.type} has no crowd`);
    const page = await this.crowds.page(crowd, event, claimed.after, CHUNK);
    const recipientIds = page.filter((recipientId) => recipientId !== act.actorId);
    const hints = await this.database.transaction(async (tx) => {
      const acts = await this.inbox.shareActs(tx, [act.id, ...dependsOn]);
      const changes = recipientIds.map((recipientId): Change => ({
        kind: 'tell',
        recipientId,
        act,
        reasons: crowdReason[crowd],
      }));
      const found = await this.writer.apply(tx, changes, acts);
      await faultPoint('chunk', claimed);
      await this.fanOuts.advance(tx, claimed, page.at(-1) ?? claimed.after, page.length < CHUNK);
      return found;
    });
    this.announce(claimed, recipientIds.length, hints);
  }

  private async retractChunk(claimed: ClaimedPart, retraction: Retraction): Promise<void> {
    const part = claimed.part as RetractionPart;
    const after = JSON.parse(claimed.after) as MemberKey;
    const { page, hints } = await this.database.transaction(async (tx) => {
      const found = await this.members.membersOf(tx, part, retraction.actId, after, CHUNK);
      const acts = await this.inbox.shareActs(tx, [retraction.actId]);
      const changes = found.map((member) => retractionOf(part, retraction, member));
      const changed = await this.writer.apply(tx, changes, acts);
      await faultPoint('chunk', claimed);
      await this.fanOuts.advance(tx, claimed, JSON.stringify(found.at(-1) ?? after), found.length < CHUNK);
      return { page: found, hints: changed };
    });
    this.announce(claimed, page.length, hints);
  }

  private announce(claimed: ClaimedPart, recipients: number, hints: readonly Hint[]): void {
    told.inc({ part: claimed.part }, recipients);
    this.hints.publish(hints);
  }
}
