import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { services } from '../paths.mjs';
import { command } from '../process/command.mjs';
import { asRole, ensureRoles, roleExists, roleOf } from './roles.mjs';
import { ownerUrls, urlVariable } from './urls.mjs';

/** Makes the services' roles, and prints the URLs of those whose passwords were made here. */
await command(async () => {
  const { values: options } = parseArgs({ options: { rotate: { type: 'boolean', default: false } } });
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl)
    throw new Error('set DATABASE_URL to its owner; a database of npm start has its roles from npm start');
  const owners = ownerUrls(databaseUrl);
  const roleUrls = {};
  const made = [];
  for (const app of services) {
    const given = givenRole(app, owners[app]);
    if (given && !options.rotate) roleUrls[app] = given;
    else made.push([app, (roleUrls[app] = await withNewPassword(app, owners[app], given, options))]);
  }
  await ensureRoles({ ownerUrls: owners, roleUrls });
  for (const [app, url] of made) console.log(`${urlVariable(app)}=${url}`);
  for (const app of services) console.error(`${app}: ${new URL(roleUrls[app]).username}`);
});

/** `<APP>_DATABASE_URL`, unless it names the owner. */
function givenRole(app, ownerUrl) {
  const given = process.env[urlVariable(app)];
  return given && new URL(given).username !== new URL(ownerUrl).username ? given : undefined;
}

async function withNewPassword(app, ownerUrl, given, { rotate }) {
  const name = given ? decodeURIComponent(new URL(given).username) : roleOf(app);
  if (!rotate && (await roleExists(ownerUrl, name))) {
    throw new Error(
      `the role ${name} has a password already: set ${urlVariable(app)}, or give all new ones with -- --rotate`,
    );
  }
  return asRole(given ?? ownerUrl, name, randomBytes(24).toString('base64url'));
}
