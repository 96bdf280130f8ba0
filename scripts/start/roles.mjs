import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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
  const without = here.filter((app) => passwords[app] === undefined);
  for (const app of without) passwords[app] = randomBytes(24).toString('base64url');
  if (without.length > 0) keep(passwords);
  return Object.fromEntries(here.map((app) => [app, asRole(ownerUrl, roleOf(app), passwords[app])]));
}

/** Never half a file: what would be lost are the passwords of roles that stand. */
function keep(passwords) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
