import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asRole, ensureRoles, roleOf } from '../db/roles.mjs';
import { ownerUrls, urlVariable } from '../db/urls.mjs';
import { beckonDir, services } from '../paths.mjs';

const file = join(beckonDir, 'database-roles.json');

/**
 * What the apps connect with. On a private database each service has a role of its own, made here with a password
 * that is kept in .beckon/; on any other it is what the environment says.
 * @returns {Promise<Record<string, string>>} environment of the apps; without the owner where no app needs it
 */
export async function databaseEnvironment({ url, isPrivate }, env = process.env) {
  const roleUrls = isPrivate ? privateRoleUrls(url, env) : {};
  await ensureRoles({ ownerUrls: ownerUrls(url, env), roleUrls });
  const urls = Object.fromEntries(
    services.map((app) => [urlVariable(app), roleUrls[app] ?? env[urlVariable(app)]]),
  );
  const allHaveTheirOwn = services.every((app) => urls[urlVariable(app)]);
  return { ...urls, DATABASE_URL: allHaveTheirOwn ? undefined : url };
}

/** Services that were moved elsewhere have no role here. */
function privateRoleUrls(ownerUrl, env) {
  const passwords = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const here = services.filter((app) => !env[urlVariable(app)]);
  for (const app of here) passwords[app] ??= randomBytes(24).toString('base64url');
  writeFileSync(file, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  return Object.fromEntries(here.map((app) => [app, asRole(ownerUrl, roleOf(app), passwords[app])]));
}
