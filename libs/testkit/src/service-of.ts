import { type Service, services } from '#config/config.js';
import { routes } from '#http/routes.js';

const matchers = services.map((service) => ({ service, pattern: toPattern(routes[service]) }));

/** The service that answers a path (without query), by the gateway's table; undefined when none does. */
export function serviceOf(path: string): Service | undefined {
  return servicesOf(path)[0];
}

/** All that would; more than one is a fault of the table. */
export function servicesOf(path: string): Service[] {
  return matchers.filter(({ pattern }) => pattern.test(path)).map(({ service }) => service);
}

function toPattern(own: readonly string[]): RegExp {
  const alternatives = own.map((route) => route.replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*'));
  return new RegExp(`^(${alternatives.join('|')})$`);
}
