import type { Consumer } from '#contracts/catalogue.js';
import type { Database, Statement } from '#database/database.js';

/** How long a claim holds; a relay that died in between is relieved after it. */
const LEASE_SECONDS = 10;
/** How long after a dispatch it is made again: 5 s when none was before it, doubling, 10 minutes at most. */
const lookAgainSeconds = (dispatchesBefore: string) =>
  `least(600, 5 * power(2, least(${dispatchesBefore}, 10)))`;

/* Rows of a batch are found by `= ANY (ARRAY(...))` or LATERAL: a join may read all of a backlog for each batch of it. */

const CLAIM_NEW: Statement = {
  name: 'delivery-claim-new',
  text: `
    WITH busy AS (
      SELECT count(*) AS events FROM (
        SELECT 1 FROM delivery WHERE consumer = $1 AND epoch IS NOT NULL LIMIT $3::int) dispatched
    ), due AS (
      SELECT event_id FROM delivery
      WHERE consumer = $1 AND epoch IS NULL AND due_at <= now()
      ORDER BY due_at, event_id
      LIMIT least($2::int, greatest(0, $3::int - (SELECT events FROM busy)))
      FOR UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE delivery SET due_at = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE consumer = $1 AND event_id = ANY (ARRAY(SELECT event_id FROM due))
      RETURNING event_id
    )
    SELECT event.id, event.payload AS event, busy.events >= $3::int AS is_full
    FROM busy LEFT JOIN (
      claimed CROSS JOIN LATERAL (SELECT id, payload FROM outbox WHERE id = claimed.event_id LIMIT 1) event
    ) ON true
    ORDER BY event.id`,
};

/**
 * What must go out again first (dispatched into a Redis that has lost it since, or due and off the queue), then the
 * others, for most of them are settled by now. Only the first are claimed; of the others nothing is written, however
 * often they are asked after while a consumer stands still. There are never many more than the in-flight limit to sort.
 *
 * What waits in the queue is not sent again, however long: each event would be a job of its own, and the queue of a
 * consumer that can't keep up longer still. `due_at` less the time that it was set ahead is when a delivery was
 * dispatched; a claim only makes that later.
 */
const CLAIM_DISPATCHED: Statement = {
  name: 'delivery-claim-dispatched',
  text: `
    WITH due AS (
      SELECT event_id AS id, epoch <> $2 OR (due_at <= now() AND coalesce(
        due_at - make_interval(secs => ${lookAgainSeconds('dispatches - 1')}) <= now() - make_interval(secs => $3),
        false)) AS again
      FROM delivery
      WHERE consumer = $1 AND epoch IS NOT NULL
      ORDER BY again DESC, due_at, event_id
      LIMIT $4
      FOR UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE delivery SET due_at = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE consumer = $1 AND event_id = ANY (ARRAY(SELECT id FROM due WHERE again))
    )
    SELECT id, again FROM due`,
};

const LOOK: Statement = {
  name: 'delivery-look',
  text: `
    SELECT consumer, due IS NOT NULL AS due, dispatched IS NOT NULL AS dispatched
    FROM unnest($1::text[]) AS asked (consumer)
    LEFT JOIN LATERAL (
      SELECT 1 FROM delivery WHERE delivery.consumer = asked.consumer AND epoch IS NULL AND due_at <= now()
      ORDER BY due_at LIMIT 1) due (here) ON true
    LEFT JOIN LATERAL (
      SELECT 1 FROM delivery WHERE delivery.consumer = asked.consumer AND epoch IS NOT NULL
      ORDER BY due_at LIMIT 1) dispatched (here) ON true`,
};

const STAMP: Statement = {
  name: 'delivery-stamp',
  text: `
    UPDATE delivery
    SET epoch = $3, dispatches = dispatches + 1, due_at = now() + make_interval(secs => ${lookAgainSeconds('dispatches')})
    WHERE consumer = $1 AND event_id = ANY($2::uuid[])`,
};

const RELEASE: Statement = {
  name: 'delivery-release',
  text: `UPDATE delivery SET due_at = now() WHERE consumer = $1 AND event_id = ANY($2::uuid[]) AND epoch IS NULL`,
};

const SETTLE: Statement = {
  name: 'delivery-settle',
  text: `DELETE FROM delivery WHERE consumer = $1 AND event_id = ANY($2::uuid[])`,
};

const EVENTS: Statement = {
  name: 'outbox-events',
  text: `SELECT id, payload AS event FROM outbox WHERE id = ANY($1::uuid[]) ORDER BY id`,
};

/** Event ids begin with their time, so the oldest is the first; counting alone is done from the index. */
const BACKLOG: Statement = {
  name: 'delivery-backlog',
  text: `
    SELECT consumer, unsettled, extract(epoch FROM now() - created_at)::float AS oldest_seconds
    FROM (SELECT consumer, count(*) AS unsettled FROM delivery GROUP BY consumer) counted
    CROSS JOIN LATERAL (
      SELECT created_at FROM delivery WHERE consumer = counted.consumer ORDER BY event_id LIMIT 1) oldest`,
};

const COUNT: Statement = {
  name: 'delivery-count',
  text: `SELECT count(*) AS unsettled FROM (SELECT 1 FROM delivery LIMIT $1::int) counted`,
};

const STORY: Statement = {
  name: 'outbox-story',
  text: `
    SELECT payload::text AS event, created_at AS "acceptedAt", coalesce((
      SELECT jsonb_agg(jsonb_build_object('consumer', consumer, 'dispatches', dispatches) ORDER BY consumer)
      FROM delivery WHERE event_id = outbox.id), '[]') AS deliveries
    FROM outbox WHERE id = $1`,
};

/** An event as its producer knows it, with the deliveries that are not settled. */
export interface ProducedStory {
  /** JSON text. */
  readonly event: string;
  readonly acceptedAt: Date;
  readonly deliveries: { consumer: Consumer; dispatches: number }[];
}

/** What a consumer has still to settle. */
export interface ConsumerBacklog {
  readonly consumer: Consumer;
  readonly unsettled: number;
  readonly oldest_seconds: number;
}

/** What there is to do about the deliveries to a consumer. */
export interface DeliveryState {
  readonly consumer: Consumer;
  /** Whether any is to be dispatched. */
  readonly due: boolean;
  /** Whether any is dispatched and not known to be settled. */
  readonly dispatched: boolean;
}

export interface StoredEvent {
  readonly id: string;
  readonly event: unknown;
}

/** Of an event, or of none, where nothing was claimed. */
interface ClaimRow {
  readonly id: string | null;
  readonly event: unknown;
  readonly is_full: boolean;
}

/** The deliveries of one producing service: what each consumer has still to settle. */
export class DeliveriesRepository {
  /** @param database may commit without waiting for the disk: what is lost of it is only claimed again. */
  constructor(private readonly database: Database) {}

  /**
   * Claims new deliveries, oldest first, as far as the consumer's in-flight limit has room.
   * @returns what was claimed, and whether the limit left no room for any
   */
  async claimNew(
    consumer: Consumer,
    batch: number,
    inFlightLimit: number,
  ): Promise<{ claimed: StoredEvent[]; isFull: boolean }> {
    const rows = await this.database.query<ClaimRow>(CLAIM_NEW, [consumer, batch, inFlightLimit]);
    return {
      claimed: rows.flatMap(({ id, event }) => (id === null ? [] : { id, event })),
      isFull: rows.some(({ is_full }) => is_full),
    };
  }

  /**
   * Dispatched deliveries to ask after; claims those that must go out `again` if they are unsettled.
   * @param offQueueSeconds what was dispatched longer ago is off the queue; null if that is of nothing known
   */
  claimDispatched(
    consumer: Consumer,
    epoch: string,
    offQueueSeconds: number | null,
    batch: number,
  ): Promise<{ id: string; again: boolean }[]> {
    return this.database.query(CLAIM_DISPATCHED, [consumer, epoch, offQueueSeconds, batch]);
  }

  /** One answer for each of these consumers, from the first row of an index each: cheap enough for every second. */
  look(consumers: readonly Consumer[]): Promise<DeliveryState[]> {
    return this.database.query<{ [K in keyof DeliveryState]: DeliveryState[K] }>(LOOK, [consumers]);
  }

  /** Records that deliveries were put into the Redis of this epoch. */
  async stamp(consumer: Consumer, ids: readonly string[], epoch: string): Promise<void> {
    await this.database.query(STAMP, [consumer, ids, epoch]);
  }

  /** Gives a claim back: these could not be dispatched now. */
  async release(consumer: Consumer, ids: readonly string[]): Promise<void> {
    await this.database.query(RELEASE, [consumer, ids]);
  }

  async settle(consumer: Consumer, ids: readonly string[]): Promise<void> {
    await this.database.query(SETTLE, [consumer, ids]);
  }

  events(ids: readonly string[]): Promise<StoredEvent[]> {
    return this.database.query<StoredEvent>(EVENTS, [ids]);
  }

  /** Undefined when this service did not produce the event, or retention has taken it. */
  async story(eventId: string): Promise<ProducedStory | undefined> {
    const [row] = await this.database.query<{ [K in keyof ProducedStory]: ProducedStory[K] }>(STORY, [
      eventId,
    ]);
    return row;
  }

  /** Unsettled deliveries of all consumers, counted up to `limit`. */
  async count(limit: number): Promise<number> {
    const [row] = await this.database.query<{ unsettled: number }>(COUNT, [limit]);
    return row?.unsettled ?? 0;
  }

  /** Unsettled deliveries by consumer, all of them counted, and the age of the oldest in seconds. */
  backlog(): Promise<ConsumerBacklog[]> {
    return this.database.query<{ [K in keyof ConsumerBacklog]: ConsumerBacklog[K] }>(BACKLOG);
  }
}
