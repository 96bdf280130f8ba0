import { services } from '../paths.mjs';
import { freePortsAbove } from '../process/ports.mjs';
import { urlVariable } from '../db/urls.mjs';

/**
 * @typedef {object} PlannedProcess
 * @property {string} name of its bundle in dist/main/ and of its log
 * @property {Record<string, string>} env
 * @property {string} url where it answers HTTP
 */

/** glibc keeps a heap for every thread, and what starting took; now one heap, and what is large goes back at once. */
const frugal = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '32768',
};

/** Everything in one process. @returns {PlannedProcess[]} the last is the public door */
export function oneProcess(env) {
  return [{ name: 'all-in-one', env, url: urlOf(env) }];
}

/** Which processes make up each service; the first answers HTTP for it, the last gRPC. */
const halves = { notification: ['notification-api', 'notification-worker'] };

/**
 * Each app as a process of its own on a private port, and the gateway before them.
 * @returns {Promise<PlannedProcess[]>} the last is the public door
 */
export async function oneProcessAnApp(env) {
  const addresses = {};
  const planned = [];
  const parts = services.flatMap((service) => halves[service] ?? [service]);
  const ports = await freePortsAbove(Number(env.PORT), 2 * parts.length);
  for (const service of services) {
    for (const name of halves[service] ?? [service]) {
      const [port, grpcPort] = ports.splice(0, 2);
      const upper = service.toUpperCase();
      addresses[`${upper}_HTTP_ADDRESS`] ??= `127.0.0.1:${port}`;
      addresses[`${upper}_GRPC_ADDRESS`] = `127.0.0.1:${grpcPort}`;
      planned.push({ name, service, ports: { PORT: String(port), GRPC_PORT: String(grpcPort) } });
    }
  }
  const processes = planned.map(({ name, service, ports }) => {
    const own = { ...frugal, ...withoutDatabases(env, service), HOST: '127.0.0.1', ...ports, ...addresses };
    return { name, env: own, url: urlOf(own) };
  });
  const door = {
    ...frugal,
    ...withoutDatabases(env),
    REDIS_URL: undefined,
    DATABASE_URL: undefined,
    ...addresses,
  };
  return [...processes, { name: 'gateway', env: door, url: urlOf(door) }];
}

/** No process is shown the way to what another owns; `undefined` hides what our own environment says, too. */
function withoutDatabases(env, owner) {
  const foreign = services.filter((service) => service !== owner);
  return { ...env, ...Object.fromEntries(foreign.map((service) => [urlVariable(service), undefined])) };
}

function urlOf({ HOST: host, PORT: port }) {
  return `http://${['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host}:${port}`;
}
