import { Injectable } from '@nestjs/common';

import type { AfterCommit, EventHandler, PreparedEvent, Reach } from '#consumer/event-handler.js';
import type { Transaction } from '#database/database.js';

import { type FanOutPart, FanOutRepository } from '../fan-out/fan-out.repository.js';
import { FanOutWorker } from '../fan-out/fan-out.worker.js';
import { type Hint, InboxWriter } from '../inbox/inbox.writer.js';
import type { MemberKey } from '../inbox/member.js';
import { Reason } from '../inbox/reasons.js';
import { type Change, rehidingOf } from '../inbox/settle-member.js';
import { HintPublisher } from '../stream/hints.js';
import {
  type Audience,
  audienceOf,
  crowdReason,
  type NotificationEvent,
  type Retraction,
  type RetractionPart,
  type Telling,
  type ThreadWish,
} from './audience.js';
import { CrowdsClient } from './crowds.client.js';
import { retractionOf } from './retraction.js';
import { TellLocks } from './locks.js';
import { TellRepository } from './tell.repository.js';

/** An audience up to this is told at once; a larger one becomes a fan-out. */
const INLINE_CROWD = 50;
/** The same for the members that a retraction or a muted thread is about. */
const INLINE_MEMBERS = 500;

interface Prepared {
  readonly audience: Audience;
  /** Users behind the mentioned handles. */
  readonly mentioned: readonly string[];
  /** The first page of the crowd. */
  readonly crowd: readonly string[];
}

type Item = PreparedEvent<'notification', Prepared>;

/** What inboxes hold of the acts that are edited or taken back, by act: who is mentioned, and a first page of members. */
interface Standing {
  readonly mentioned: ReadonlyMap<string, readonly string[]>;
  readonly members: Record<RetractionPart, ReadonlyMap<string, readonly MemberKey[]>>;
}

/** Changes of the first page of members, and what goes on with the next. */
interface Begun {
  readonly found: Change[];
  readonly unfinished: FanOutPart[];
}

/** Turns events into changes of inboxes. */
@Injectable()
export class TellHandler implements EventHandler<'notification', Prepared> {
  constructor(
    private readonly crowds: CrowdsClient,
    private readonly locks: TellLocks,
    private readonly writer: InboxWriter,
    private readonly members: TellRepository,
    private readonly fanOuts: FanOutRepository,
    private readonly fanOutWorker: FanOutWorker,
    private readonly hints: HintPublisher,
  ) {}

  /**
   * What only adds shares the acts it hangs on with others; what edits or removes owns them. One strength of lock a
   * transaction, each taken in one pass in order, so that no two transactions wait for each other.
   */
  laneOf(event: NotificationEvent): string {
    const audience = audienceOf(event);
    if (audience.kind === 'thread-level') return 'threads';
    return audience.kind === 'tell' && !audience.replacesMentions ? 'adds' : 'changes';
  }

  async prepare(event: NotificationEvent): Promise<Prepared> {
    const audience = audienceOf(event);
    if (audience.kind !== 'tell') return { audience, mentioned: [], crowd: [] };
    const [mentioned, crowd] = await Promise.all([
      this.crowds.resolve(audience.mentions),
      audience.crowd === null ? [] : this.crowds.first(audience.crowd, event, INLINE_CROWD),
    ]);
    return { audience, mentioned, crowd };
  }

  async apply(tx: Transaction, events: readonly Item[]): Promise<AfterCommit> {
    const acts = await this.locks.take(
      tx,
      events.map(({ prepared }) => prepared.audience),
    );
    const standing = await this.readStanding(tx, events);
    const changes: Change[] = [];
    const parts: FanOutPart[] = [];
    for (const item of events) {
      const { audience } = item.prepared;
      if (audience.kind === 'tell') {
        changes.push(...tell(item, audience, standing));
        parts.push(...crowdPart(item, audience));
      } else if (audience.kind === 'retract') {
        const { found, unfinished } = retract(item.event, audience, standing);
        changes.push(...found);
        parts.push(...unfinished);
      } else {
        const { found, unfinished } = await this.muteThread(tx, item.event, audience);
        changes.push(...found);
        parts.push(...unfinished);
      }
    }
    const hints = await this.writer.apply(tx, changes, acts);
    if (parts.length > 0) await this.fanOuts.open(tx, parts);
    return () => this.announce(hints, parts.length > 0);
  }

  /** The event itself was told; its large audiences go on. */
  async reopen(tx: Transaction, eventId: string): Promise<AfterCommit | undefined> {
    return (await this.fanOuts.reopen(tx, eventId)) === 0 ? undefined : () => this.fanOutWorker.nudge();
  }

  /** Its large audiences will not go on. */
  discard(tx: Transaction, eventId: string): Promise<void> {
    return this.fanOuts.discard(tx, eventId);
  }

  async reach(event: NotificationEvent): Promise<Reach> {
    const audience = audienceOf(event);
    if (audience.kind === 'thread-level') return this.members.reach(null, event.id);
    return this.members.reach(audience.kind === 'tell' ? audience.act.id : audience.actId, event.id);
  }

  private announce(hints: readonly Hint[], fansOut: boolean): void {
    this.hints.publish(hints);
    if (fansOut) this.fanOutWorker.nudge();
  }

  /** All of it together: a hundred events would be as many round trips, under the locks of their acts. */
  private async readStanding(tx: Transaction, events: readonly Item[]): Promise<Standing> {
    const edited: string[] = [];
    const gone: Record<RetractionPart, string[]> = { act: [], subject: [], post: [] };
    for (const { audience } of events.map(({ prepared }) => prepared)) {
      if (audience.kind === 'tell' && audience.replacesMentions) edited.push(audience.act.id);
      if (audience.kind === 'retract') for (const part of partsOf(audience)) gone[part].push(audience.actId);
    }
    const first = { recipientId: '', actId: '' };
    const page = (part: RetractionPart) =>
      this.members.membersOf(tx, part, gone[part], first, INLINE_MEMBERS);
    return {
      mentioned: await this.members.mentioned(tx, edited),
      members: { act: await page('act'), subject: await page('subject'), post: await page('post') },
    };
  }

  private async muteThread(tx: Transaction, event: NotificationEvent, wish: ThreadWish): Promise<Begun> {
    if (!(await this.members.setThreadMute(tx, wish))) return { found: [], unfinished: [] };
    const page = await this.members.commentsUnder(tx, wish, '', INLINE_MEMBERS);
    const last = page.at(-1);
    return {
      found: page.map(rehidingOf),
      unfinished:
        page.length === INLINE_MEMBERS && last !== undefined
          ? [{ event, part: 'thread-level', after: last.actId }]
          : [],
    };
  }
}

function tell({ prepared }: Item, audience: Telling, standing: Standing): Change[] {
  const { act } = audience;
  const reasons = new Map(audience.direct);
  const add = (ids: readonly string[], reason: number) => {
    for (const id of ids) if (id !== act.actorId) reasons.set(id, (reasons.get(id) ?? 0) | reason);
  };
  add(prepared.mentioned, Reason.mention);
  if (audience.crowd !== null) add(prepared.crowd, crowdReason[audience.crowd]);
  const told: Change[] = [...reasons].map(([recipientId, bits]) => ({
    kind: 'tell',
    recipientId,
    act,
    reasons: bits,
    // Mentions are of this version of the text: whoever they name may be new to it.
    onlyIfKnown: audience.late && (bits & Reason.mention) === 0,
  }));
  if (!audience.replacesMentions) return told;
  const now = new Set(prepared.mentioned);
  const dropped = (standing.mentioned.get(act.id) ?? []).filter((recipientId) => !now.has(recipientId));
  return [...told, ...dropped.map((recipientId): Change => ({ kind: 'unmention', recipientId, act }))];
}

function retract(event: NotificationEvent, retraction: Retraction, standing: Standing): Begun {
  const found: Change[] = [];
  const unfinished: FanOutPart[] = [];
  for (const part of partsOf(retraction)) {
    const page = standing.members[part].get(retraction.actId) ?? [];
    found.push(...page.map((member) => retractionOf(part, retraction, member)));
    const last = page.at(-1);
    if (page.length === INLINE_MEMBERS && last !== undefined)
      unfinished.push({ event, part, after: JSON.stringify(last) });
  }
  return { found, unfinished };
}

function partsOf({ also }: Retraction): readonly RetractionPart[] {
  return ['act', ...also];
}

function crowdPart({ event, prepared }: Item, { crowd }: Telling): FanOutPart[] {
  const last = prepared.crowd.at(-1);
  if (crowd === null || prepared.crowd.length < INLINE_CROWD || last === undefined) return [];
  return [{ event, part: crowd, after: last }];
}
