import { Injectable } from '@nestjs/common';

import { Config } from '#config/config.js';
import { LEDGER_RETENTION_DAYS } from '#consumer/envelope.js';
import { KEPT_DAYS } from '#consumer/ledger-retention.js';
import { Database, type Statement } from '#database/database.js';
import { firstIdAt, pruneOldest } from '#retention/prune.js';
import { Retention } from '#retention/retention.js';

import { GroupRetention } from './group-retention.js';

/** A finished fan-out is only there to be looked at. */
const FAN_OUT_DAYS = 7;

/**
 * An act says what may no longer be told. Once no event can come that is older than its last change, nothing that
 * could be told is left: events are not taken after LEDGER_RETENTION_DAYS, and a fan-out of such an event that is
 * still open keeps all acts. Whoever needs an act that has gone makes it anew.
 */
const PRUNE_ACTS: Statement = {
  name: 'act-prune',
  text: `
    WITH old AS (
      SELECT id FROM act
      WHERE updated_at < now() - make_interval(days => $2) AND NOT EXISTS (
        SELECT 1 FROM fan_out
        WHERE done_at IS NULL AND died_at IS NULL AND event_id < ${firstIdAt('now() - make_interval(days => $3)')})
      ORDER BY updated_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ), gone AS (DELETE FROM act USING old WHERE act.id = old.id RETURNING 1)
    SELECT count(*) AS rows FROM gone`,
};

/** What was given up is needed for as long as the dead letter of its event can be redriven. */
const PRUNE_FAN_OUTS: Statement = {
  name: 'fan-out-prune',
  text: `
    WITH old AS (
      SELECT event_id, part FROM fan_out
      WHERE coalesce(done_at, died_at) < now() - make_interval(days => $2) AND (done_at IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM dead_letter WHERE dead_letter.event_id = fan_out.event_id))
      ORDER BY coalesce(done_at, died_at) LIMIT $1 FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM fan_out USING old WHERE fan_out.event_id = old.event_id AND fan_out.part = old.part RETURNING 1
    )
    SELECT count(*) AS rows FROM gone`,
};

const PRUNE_TICKETS: Statement = {
  name: 'stream-ticket-prune',
  text: `
    WITH old AS (
      SELECT hash FROM stream_ticket WHERE expires_at < now()
      ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ), gone AS (DELETE FROM stream_ticket USING old WHERE stream_ticket.hash = old.hash RETURNING 1)
    SELECT count(*) AS rows FROM gone`,
};

/** What the notification service forgets, and when. */
@Injectable()
export class InboxRetention {
  constructor(config: Config, database: Database, groups: GroupRetention, retention: Retention) {
    const service = 'notification';
    const days = config.INBOX_RETENTION_DAYS;
    retention.add({ service, table: 'inbox_group', prune: (limit) => groups.prune(days, limit) });
    retention.add({
      service,
      table: 'act',
      prune: pruneOldest(database, PRUNE_ACTS, [KEPT_DAYS, LEDGER_RETENTION_DAYS]),
    });
    retention.add({
      service,
      table: 'fan_out',
      prune: pruneOldest(database, PRUNE_FAN_OUTS, [FAN_OUT_DAYS]),
    });
    retention.add({ service, table: 'stream_ticket', prune: pruneOldest(database, PRUNE_TICKETS) });
  }
}
