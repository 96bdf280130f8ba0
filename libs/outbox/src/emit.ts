import { catalogue } from '#contracts/catalogue.js';
import type { EventType } from '#contracts/events.js';
import type { Service } from '#config/config.js';

export interface EmitClause {
  readonly service: Service;
  /** The CTE whose rows become events, one each. */
  readonly from: string;
  /** Which of its rows do; all when left out. */
  readonly when?: string;
  /** SQL expressions over `from`. */
  readonly id: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly data: string;
  /** W3C trace context, or NULL. */
  readonly traceparent: string;
}

const routes = Object.entries(catalogue)
  .flatMap(([type, consumers]) => consumers.map((consumer) => `('${type as EventType}','${consumer}')`))
  .join(',');

/**
 * Two CTEs, `event` and `dispatch`, that write the outbox row of what a statement saved and one delivery for each
 * of its consumers: the change and the promise to tell of it are one statement, so neither exists without the other.
 * The columns are those that Debezium's outbox event router reads; the payload is the whole CloudEvent.
 */
export function emit(clause: EmitClause): string {
  return `
    event AS (
      INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload)
      SELECT ${clause.id}, ${clause.aggregateType}, ${clause.aggregateId}, ${clause.type},
        jsonb_strip_nulls(jsonb_build_object('traceparent', ${clause.traceparent}))
        || jsonb_build_object(
          'specversion', '1.0', 'id', ${clause.id}, 'source', '/beckon/${clause.service}', 'type', ${clause.type},
          'subject', ${clause.aggregateId}, 'time', now(), 'datacontenttype', 'application/json', 'data', ${clause.data})
      FROM ${clause.from}
      ${clause.when === undefined ? '' : `WHERE ${clause.when}`}
      RETURNING id, type
    ), dispatch AS (
      INSERT INTO delivery (consumer, event_id)
      SELECT route.consumer, event.id FROM event JOIN (VALUES ${routes}) AS route (type, consumer) USING (type)
    )`;
}
