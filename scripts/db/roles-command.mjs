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
  const made = new Set();
  for (const app of services) {
    const given = givenRole(app, owners[app]);
    if (given && !options.rotate) roleUrls[app] = given;
    else {
      roleUrls[app] = await withNewPassword(app, owners[app], given, options);
      made.add(app);
    }
  }
  // At once: should a later one fail, nobody else knows the password of this one.
  const onRole = (app) => {
    if (made.has(app)) console.log(`${urlVariable(app)}=${roleUrls[app]}`);
    console.error(`${app}: ${new URL(roleUrls[app]).username}`);
  };
  await ensureRoles({ ownerUrls: owners, roleUrls, onRole });
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
