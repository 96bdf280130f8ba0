import type { QueueState, Snapshot, Unsettled } from '../api/operations.js';
import { sayAge, sayCount, sayKnown, saySilent } from './say.js';
import { sum } from './state-of.js';

/** What waits in Redis, and what consumers still owe, which waits in PostgreSQL. */
export function Queues({ snapshot }: { snapshot: Snapshot }) {
  // All of them, also those that owe nothing: rows that come and go would make the page jump.
  const consumers = snapshot.queues.map(({ name }) => name.slice(0, name.indexOf('.')));
  return (
    <section class="panel ops-panel" aria-labelledby="queues-title">
      <h2 id="queues-title">Queues</h2>
      <table class="figures-table">
        <caption class="visually-hidden">Jobs by queue</caption>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col">Waiting</th>
            <th scope="col">Active</th>
            <th scope="col">Delayed</th>
            <th scope="col">Oldest</th>
          </tr>
        </thead>
        <tbody>
          {snapshot.queues.map((queue) => (
            <QueueRow key={queue.name} queue={queue} />
          ))}
        </tbody>
      </table>
      <h3>Unsettled by consumer</h3>
      <table class="figures-table">
        <caption class="visually-hidden">Events that a consumer has not settled</caption>
        <thead>
          <tr>
            <th scope="col">Consumer</th>
            <th scope="col">Events</th>
            <th scope="col">Oldest</th>
            <th scope="col">By producer</th>
          </tr>
        </thead>
        <tbody>
          {consumers.map((consumer) => (
            <ConsumerRow
              key={consumer}
              consumer={consumer}
              owed={snapshot.deliveries.filter((one) => one.consumer === consumer)}
              unknown={snapshot.unknown}
            />
          ))}
        </tbody>
      </table>
      {snapshot.unknown.length > 0 && (
        <p class="quiet">
          {saySilent(snapshot.unknown)}: what {snapshot.unknown.length === 1 ? 'it owes' : 'they owe'} is not
          in these numbers.
        </p>
      )}
    </section>
  );
}

function QueueRow({ queue }: { queue: QueueState }) {
  const { name, reachable, waiting, active, delayed, oldestAgeSeconds } = queue;
  return (
    <tr>
      <th scope="row">
        {name} {!reachable && <span class="tag tag-alarm">away</span>}
      </th>
      {reachable ? (
        <>
          <td data-label="waiting">{sayCount(waiting)}</td>
          <td data-label="active">{sayCount(active)}</td>
          <td data-label="delayed">{sayCount(delayed)}</td>
          <td data-label="oldest">{waiting > 0 ? sayAge(oldestAgeSeconds) : '–'}</td>
        </>
      ) : (
        <td colSpan={4} class="quiet">
          not known
        </td>
      )}
    </tr>
  );
}

interface Owed {
  consumer: string;
  owed: readonly Unsettled[];
  unknown: readonly string[];
}

function ConsumerRow({ consumer, owed, unknown }: Owed) {
  return (
    <tr>
      <th scope="row">{consumer}</th>
      <td data-label="events">{sayKnown(sum(owed.map(({ unsettled }) => unsettled)), unknown)}</td>
      <td data-label="oldest">
        {owed.length > 0 ? sayAge(Math.max(...owed.map(({ oldestAgeSeconds }) => oldestAgeSeconds))) : '–'}
      </td>
      <td data-label="of" class="quiet">
        {owed.map(({ producer, unsettled }) => `${producer} ${sayCount(unsettled)}`).join(' · ') || '–'}
      </td>
    </tr>
  );
}
