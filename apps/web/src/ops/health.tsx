import type { Process, Snapshot } from '../api/operations.js';
import { sayAge, sayBytes } from './say.js';

/** Who answers, and what they depend on. */
export function Health({ snapshot }: { snapshot: Snapshot }) {
  return (
    <section class="panel ops-panel" aria-labelledby="health-title">
      <h2 id="health-title">Health</h2>
      <ul class="processes" role="list">
        {snapshot.away.map((app) => (
          <li key={app} class="process">
            <p class="process-head">
              <b>{app}</b> <span class="tag tag-alarm">does not answer</span>
            </p>
          </li>
        ))}
        {snapshot.processes.map((process) => (
          <ProcessItem key={process.id} process={process} />
        ))}
      </ul>
    </section>
  );
}

function ProcessItem({ process }: { process: Process }) {
  const { name, apps, uptimeSeconds, residentBytes, dependencies } = process;
  return (
    <li class="process">
      <p class="process-head">
        <b>{apps.length > 1 ? `${apps.length} apps in one process` : name}</b>
        <span class="quiet">
          up {sayAge(uptimeSeconds)} · {sayBytes(residentBytes)}
        </span>
      </p>
      <ul class="dependencies" role="list">
        {[...dependencies]
          .sort((a, b) => Number(a.state === 'up') - Number(b.state === 'up') || a.name.localeCompare(b.name))
          .map(({ name, state }) => (
            <li key={name} class="dependency" data-state={state}>
              {name}
              {state === 'up' ? <span class="visually-hidden"> is up</span> : <b> {state}</b>}
            </li>
          ))}
      </ul>
    </li>
  );
}
