import { services } from '../paths.mjs';

/** Where each service's schema is: all in one database, but those that `<APP>_DATABASE_URL` moves. */
export function serviceUrls(databaseUrl, env = process.env) {
  return Object.fromEntries(
    services.map((app) => [app, env[`${app.toUpperCase()}_DATABASE_URL`] || databaseUrl]),
  );
}

/** The same server and user, another database. */
export function withDatabase(databaseUrl, name) {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}
