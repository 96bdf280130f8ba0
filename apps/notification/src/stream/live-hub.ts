import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { Counter, Gauge } from 'prom-client';

import { Config } from '#config/config.js';
import { CodedError } from '#errors/coded-error.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { inSpan } from '#tracing/spans.js';

import { HydrateService } from '../notifications/hydrate.service.js';
import { NotificationErrors } from '../notifications/notifications.errors.js';
import type { NotificationAnswer } from '../notifications/notifications.schemas.js';
import type { TitleLocale } from '../notifications/titles.messages.js';
import { HintSubscriber } from './hints.js';
import { type News, StreamRepository } from './stream.repository.js';
import type { StreamSession } from './stream-session.js';

/** Hints may be lost; the comparison of sequences finds what they would have told. */
const COMPARE_MS = 3_000;
const KEEP_ALIVE_MS = 15_000;
const TICK_MS = 1_000;
/** Changes that one read brings for one recipient; what is left comes with the next. */
const NEWS_LIMIT = 100;
/** People that one read is for: after an outage everybody is stale, and memory must stay flat. */
const RECIPIENTS_A_READ = 100;

const open = new Gauge({ name: 'beckon_streams_open', help: 'Open live streams' });
const sent = new Counter({
  name: 'beckon_stream_events_total',
  help: 'Events sent on live streams',
  labelNames: ['event'],
});

/**
 * Holds the open streams of a process and brings each everything after its position: live, after a lost hint and
 * after a reconnect by one and the same reading.
 */
@Injectable()
export class LiveHub implements OnApplicationBootstrap {
  private readonly sessions = new Map<string, Set<StreamSession>>();
  /** Who is to be brought up to date, and the trace that it is of: that of the first hint since the last time. */
  private readonly stale = new Map<string, Context>();
  private readonly reader: Loop;
  private readonly comparer: Loop;
  private ticker: NodeJS.Timeout | undefined;
  private quietMs = 0;
  private closing = false;

  constructor(
    private readonly config: Config,
    private readonly streams: StreamRepository,
    private readonly hydrator: HydrateService,
    private readonly hints: HintSubscriber,
    shutdown: Shutdown,
  ) {
    this.reader = new Loop({ name: 'live streams', step: () => this.deliver() });
    this.comparer = new Loop({ name: 'stream comparison', step: () => this.compare(), idleMs: COMPARE_MS });
    this.hints.onHint((recipientId, trace) => this.wake(recipientId, trace));
    shutdown.register('http', 'streams', () => this.close());
  }

  onApplicationBootstrap(): void {
    sent.inc({ event: 'reset' }, 0);
    this.reader.start();
    this.comparer.start();
    this.ticker = setInterval(() => this.tick(), TICK_MS);
  }

  /** @throws CodedError STREAM_LIMIT when a user has as many streams here as allowed */
  requireRoom(recipientId: string): void {
    if ((this.sessions.get(recipientId)?.size ?? 0) < this.config.STREAMS_PER_USER) return;
    throw new CodedError(
      NotificationErrors.STREAM_LIMIT,
      `No more than ${this.config.STREAMS_PER_USER} streams a user.`,
      {
        retryAfterSeconds: 5,
      },
    );
  }

  /** Takes a started session in; it is brought up to date at once. One that comes too late ends, to resume elsewhere. */
  add(session: StreamSession): void {
    if (this.closing) return session.end();
    const { recipientId } = session;
    const own = this.sessions.get(recipientId) ?? new Set();
    this.sessions.set(recipientId, own.add(session));
    open.inc();
    this.hints.listen(recipientId);
    this.wake(recipientId);
  }

  /** Tells a session's client to reload: what lies between its place and `seq` is not kept. */
  reset(session: StreamSession, seq: number): void {
    session.reset(seq);
    sent.inc({ event: 'reset' });
  }

  remove(session: StreamSession): void {
    const own = this.sessions.get(session.recipientId);
    if (own?.delete(session) !== true) return;
    if (own.size === 0) this.sessions.delete(session.recipientId);
    open.dec();
    this.hints.unlisten(session.recipientId);
  }

  private wake(recipientId: string, trace = ROOT_CONTEXT): void {
    if (!this.sessions.has(recipientId)) return;
    if (!this.stale.has(recipientId)) this.stale.set(recipientId, trace);
    this.reader.nudge();
  }

  /** One read for everybody who was woken since the last. */
  private async deliver(): Promise<boolean> {
    const positions = new Map<string, number>();
    const traces = new Map<string, Context>();
    for (const [recipientId, trace] of this.stale) {
      if (positions.size === RECIPIENTS_A_READ) break;
      this.stale.delete(recipientId);
      const own = this.readersOf(recipientId);
      if (own.length === 0) continue;
      positions.set(recipientId, Math.min(...own.map((session) => session.position)));
      traces.set(recipientId, trace);
    }
    if (positions.size === 0) return this.stale.size > 0;
    try {
      const news = await this.streams.after(positions, NEWS_LIMIT);
      await Promise.all(
        [...news].map(([recipientId, own]) =>
          inSpan(
            'bring stream up to date',
            { kind: SpanKind.CONSUMER, parent: traces.get(recipientId) },
            () => this.deliverTo(recipientId, positions.get(recipientId) ?? 0, own),
          ),
        ),
      );
    } catch (error) {
      for (const [recipientId, trace] of traces) this.stale.set(recipientId, trace);
      throw error;
    }
    return this.stale.size > 0;
  }

  /** @param after where the reading of the news began */
  private async deliverTo(recipientId: string, after: number, news: News): Promise<void> {
    // Who came meanwhile may be further behind, and would miss what lies between; adding it woke the next reading.
    const sessions = this.readersOf(recipientId).filter(({ position }) => position >= after);
    const locales = new Set(sessions.map(({ locale }) => locale));
    for (const locale of locales) {
      const answers = await this.hydrate(news, locale);
      for (const session of sessions) if (session.locale === locale) this.sendTo(session, news, answers);
    }
    if (news.groups.length === NEWS_LIMIT) this.stale.set(recipientId, ROOT_CONTEXT);
  }

  /** Those that can take more; for the others this is asked again when they have read. */
  private readersOf(recipientId: string): StreamSession[] {
    const own = [...(this.sessions.get(recipientId) ?? [])].filter((session) => session.open);
    for (const session of own) if (session.full) session.onceRead(() => this.wake(recipientId));
    return own.filter((session) => !session.full);
  }

  private async hydrate(
    { groups, state }: News,
    locale: TitleLocale,
  ): Promise<Map<string, NotificationAnswer>> {
    const visible = groups.filter((group) => group.actor_count > 0);
    const answers = await this.hydrator.hydrate(
      visible.map((group) => ({ group, seenSeq: state.seenSeq })),
      locale,
    );
    return new Map(answers.map((answer) => [answer.group.id, answer]));
  }

  private sendTo(
    session: StreamSession,
    { groups, state }: News,
    answers: ReadonlyMap<string, NotificationAnswer>,
  ): void {
    if (session.position < state.floorSeq) {
      this.reset(session, state.seq);
      return;
    }
    for (const group of groups) {
      if (group.seq <= session.position) continue;
      if (session.full) return session.onceRead(() => this.wake(session.recipientId));
      const answer = answers.get(group.id);
      if (answer === undefined) session.send('removed', group.seq, { id: group.id, seq: group.seq });
      else session.send('group', group.seq, answer);
      sent.inc({ event: answer === undefined ? 'removed' : 'group' });
      session.position = group.seq;
    }
    // The counts belong to the groups before them, so they wait until all of those are sent.
    if (groups.length === NEWS_LIMIT || session.position >= state.seq) return;
    session.position = state.seq;
    const counts = { unread: state.unread, unseen: state.unseen, seq: state.seq };
    // What happens behind a mute moves the sequence and nothing that its recipient could notice.
    if (groups.length === 0 && session.knows(counts)) return;
    session.sendCounts(counts);
    sent.inc({ event: 'counts' });
  }

  private async compare(): Promise<boolean> {
    if (this.sessions.size === 0) return false;
    for (const [recipientId, { seq }] of await this.streams.states([...this.sessions.keys()])) {
      const behind = [...(this.sessions.get(recipientId) ?? [])].some((session) => session.position < seq);
      if (behind) this.wake(recipientId);
    }
    return false;
  }

  private tick(): void {
    this.quietMs = (this.quietMs + TICK_MS) % KEEP_ALIVE_MS;
    const [now, steady] = [Date.now(), performance.now()];
    for (const session of [...this.sessions.values()].flatMap((own) => [...own])) {
      session.cutOffIfStuck(steady);
      if (session.expiresAt <= now) session.end();
      else if (this.quietMs === 0) session.keepAlive();
      if (!session.open) this.remove(session);
    }
  }

  private async close(): Promise<void> {
    this.closing = true;
    clearInterval(this.ticker);
    await Promise.all([this.reader.stop(), this.comparer.stop()]);
    for (const own of this.sessions.values()) for (const session of own) session.end();
  }
}
