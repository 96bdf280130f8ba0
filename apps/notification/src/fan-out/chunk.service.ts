import { Injectable } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { Counter } from 'prom-client';

import { parseEvent } from '#contracts/events.js';
import { Database } from '#database/database.js';
import { faultPoint } from '#faults/fault-point.js';
import { contextOf, inSpan } from '#tracing/spans.js';

import { ActsRepository } from '../inbox/acts.repository.js';
import { type Hint, InboxWriter } from '../inbox/inbox.writer.js';
import type { MemberKey } from '../inbox/member.js';
import { type Change, isTakenBack, rehidingOf } from '../inbox/settle-member.js';
import { HintPublisher } from '../stream/hints.js';
import {
  audienceOf,
  crowdReason,
  type NotificationEvent,
  type Retraction,
  type RetractionPart,
  type Telling,
  type ThreadWish,
} from '../tell/audience.js';
import { CrowdsClient } from '../tell/crowds.client.js';
import { retractionOf } from '../tell/retraction.js';
import { TellRepository } from '../tell/tell.repository.js';
import { type ClaimedPart, FanOutRepository } from './fan-out.repository.js';

/** Small, so that others get their turn in between. */
const CHUNK = 150;

const told = new Counter({
  name: 'beckon_fan_out_recipients_total',
  help: 'Recipients of large audiences that were reached, by part',
  labelNames: ['part'],
});

/** Tells one chunk of a large audience; the chunk and the place where it ends commit together. */
@Injectable()
export class ChunkService {
  constructor(
    private readonly database: Database,
    private readonly fanOuts: FanOutRepository,
    private readonly crowds: CrowdsClient,
    private readonly acts: ActsRepository,
    private readonly writer: InboxWriter,
    private readonly members: TellRepository,
    private readonly hints: HintPublisher,
  ) {}

  /** @throws TakenOver when another worker was faster; whatever else it throws is an outage or the part's own error. */
  async tell(claimed: ClaimedPart): Promise<void> {
    const event = parseEvent(claimed.event) as NotificationEvent;
    await inSpan(
      `fan-out ${claimed.part}`,
      {
        kind: SpanKind.CONSUMER,
        parent: contextOf(event.traceparent),
        attributes: { 'beckon.event.id': event.id },
      },
      () => this.tellChunk(claimed, event),
    );
  }

  private async tellChunk(claimed: ClaimedPart, event: NotificationEvent): Promise<void> {
    const audience = audienceOf(event);
    if (audience.kind === 'tell') await this.tellCrowd(claimed, event, audience);
    else if (audience.kind === 'retract') await this.retract(claimed, audience);
    else await this.muteThread(claimed, audience);
  }

  /** Of what was taken back meanwhile nobody is left to be told: the part ends where it is. */
  private async tellCrowd(
    claimed: ClaimedPart,
    event: NotificationEvent,
    { act, crowd, dependsOn }: Telling,
  ): Promise<void> {
    if (crowd === null) throw new Error(`${event.type} has no crowd`);
    const page = await this.crowds.page(crowd, event, claimed.after, CHUNK);
    const recipientIds = page.filter((recipientId) => recipientId !== act.actorId);
    const hints = await this.database.transaction(async (tx) => {
      const acts = await this.acts.share(tx, [act.id, ...dependsOn]);
      if (isTakenBack(act, acts)) {
        await this.fanOuts.advance(tx, claimed, claimed.after, true);
        return undefined;
      }
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
    if (hints !== undefined) this.announce(claimed, recipientIds.length, hints);
  }

  private async retract(claimed: ClaimedPart, retraction: Retraction): Promise<void> {
    const part = claimed.part as RetractionPart;
    const after = JSON.parse(claimed.after) as MemberKey;
    const { page, hints } = await this.database.transaction(async (tx) => {
      const pages = await this.members.membersOf(tx, part, [retraction.actId], after, CHUNK);
      const found = pages.get(retraction.actId) ?? [];
      const acts = await this.acts.share(tx, [retraction.actId]);
      const changes = found.map((member) => retractionOf(part, retraction, member));
      const changed = await this.writer.apply(tx, changes, acts);
      await faultPoint('chunk', claimed);
      await this.fanOuts.advance(tx, claimed, JSON.stringify(found.at(-1) ?? after), found.length < CHUNK);
      return { page: found, hints: changed };
    });
    this.announce(claimed, page.length, hints);
  }

  /** Hides or shows what the thread's level says by now. */
  private async muteThread(claimed: ClaimedPart, wish: ThreadWish): Promise<void> {
    const { page, hints } = await this.database.transaction(async (tx) => {
      const found = await this.members.commentsUnder(tx, wish, claimed.after, CHUNK);
      const changed = await this.writer.apply(tx, found.map(rehidingOf), new Map());
      await faultPoint('chunk', claimed);
      await this.fanOuts.advance(tx, claimed, found.at(-1)?.actId ?? claimed.after, found.length < CHUNK);
      return { page: found, hints: changed };
    });
    this.announce(claimed, page.length, hints);
  }

  private announce(claimed: ClaimedPart, recipients: number, hints: readonly Hint[]): void {
    told.inc({ part: claimed.part }, recipients);
    this.hints.publish(hints);
  }
}
