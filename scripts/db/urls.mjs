import { services } from '../paths.mjs';

export const urlVariable = (app) => `${app.toUpperCase()}_DATABASE_URL`;

/**
 * Who migrates each service's schema: `<APP>_DATABASE_OWNER_URL`; else the owner of all, `databaseUrl`, where
 * `<APP>_DATABASE_URL` is a role of the same database; else, the service having moved, `<APP>_DATABASE_URL` itself.
 */
export function ownerUrls(databaseUrl, env = process.env) {
  return Object.fromEntries(
    services.map((app) => {
      const own = env[urlVariable(app)];
      const moved = own && placeOf(own) !== placeOf(databaseUrl) ? own : databaseUrl;
      return [app, env[`${app.toUpperCase()}_DATABASE_OWNER_URL`] || moved];
    }),
  );
}

/** The same server and user, another database. */
export function withDatabase(databaseUrl, name) {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function placeOf(databaseUrl) {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}:${port || 5432}${pathname}`;
}
