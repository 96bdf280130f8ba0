import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { services } from '../paths.mjs';
import { withClient } from './databases.mjs';

/** Any number will do as long as everybody who makes roles takes the same. */
const roleLock = 232567;
/** As often as PostgreSQL itself hashes a password. */
const scramIterations = 4096;

/** The name of a service's role, unless its `<APP>_DATABASE_URL` says another. */
export const roleOf = (app) => `beckon_${app}`;

/** The owner's URL with a service's role in the place of the owner. */
export function asRole(ownerUrl, name, password) {
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(name);
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * Makes the roles that services run as, each with the rows of its own schema and nothing else: no DDL, no temporary
 * tables, no other schema. What is so already stays so; only the password of each URL is set every time, under a salt
 * of its own, since who may make roles may not see what is stored of one. Tables of later migrations are included, by
 * default privileges of who runs this.
 * @param ownerUrls by service: who migrated its schema, and may create roles
 * @param roleUrls by service: what its app connects with; names role and password
 * @param iterations how often whoever connects hashes the password; few will do for one that nobody could guess
 * @param onRole called with each service as soon as its role stands
 * @throws Error when a schema is missing, a role is the owner itself, or could do more than a service needs; then that
 * role is as it was
 */
export async function ensureRoles({
  ownerUrls,
  roleUrls,
  iterations = scramIterations,
  onRole = () => undefined,
}) {
  for (const [app, roleUrl] of Object.entries(roleUrls)) {
    const { name, password } = credentials(roleUrl);
    const role = { name, verifier: scramVerifier(password, iterations) };
    await withClient(ownerUrls[app], (client) => ensureRole(client, app, role));
    onRole(app);
  }
}

/** Whether the server has a role of this name. */
export function roleExists(ownerUrl, name) {
  return withClient(ownerUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    return rowCount > 0;
  });
}

async function ensureRole(client, app, { name, verifier }) {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [roleLock]);
  await refuseUnfit(client, app, name);
  await client.query(statements(client, await databaseName(client), app, name, verifier).join(';\n'));
  await assertBounded(client, app, name);
  await client.query('COMMIT');
}

function statements(client, database, app, name, verifier) {
  const [role, schema, db] = [name, app, database].map((part) => client.escapeIdentifier(part));
  const rows = 'SELECT, INSERT, UPDATE, DELETE';
  return [
    `DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    `ALTER ROLE ${role} LOGIN PASSWORD '${verifier}'`,
    // What everybody has in a database by default, and no service needs.
    `REVOKE TEMPORARY ON DATABASE ${db} FROM PUBLIC`,
    `DO $$ BEGIN REVOKE CREATE ON SCHEMA public FROM PUBLIC; EXCEPTION WHEN invalid_schema_name THEN NULL; END $$`,
    `GRANT CONNECT ON DATABASE ${db} TO ${role}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    `GRANT ${rows} ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT ${rows} ON TABLES TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE, SELECT ON SEQUENCES TO ${role}`,
    // The migrator's own account of what it did.
    `REVOKE ALL ON ${schema}._prisma_migrations FROM ${role}`,
  ];
}

async function refuseUnfit(client, app, name) {
  const { rows } = await client.query(
    `SELECT current_user AS owner, to_regclass($1) IS NOT NULL AS migrated,
            (SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
               FROM pg_roles WHERE rolname = $2) AS mighty`,
    [`"${app}"._prisma_migrations`, name],
  );
  const [{ owner, migrated, mighty }] = rows;
  if (!migrated) throw new Error(`there is no schema ${app} yet: npm run db:migrate first`);
  if (owner === name) throw new Error(`${name} owns the schema ${app}; its service needs a role of its own`);
  if (mighty)
    throw new Error(`the role ${name} is more than a service needs (superuser, CREATEROLE or the like)`);
}

/**
 * What this user may not take away is not taken, and without an error: up to PostgreSQL 14 `public` belongs to the
 * superuser that made the server, so that only one of those can.
 */
async function assertBounded(client, app, name) {
  const { rows } = await client.query(
    `WITH reach (what, role_may, public_may) AS (
       SELECT format('CREATE ON SCHEMA %I', nspname),
              has_schema_privilege($1, oid, 'CREATE'), has_schema_privilege('public', oid, 'CREATE')
         FROM pg_namespace
       UNION ALL
       SELECT format('USAGE ON SCHEMA %I', nspname),
              has_schema_privilege($1, oid, 'USAGE'), has_schema_privilege('public', oid, 'USAGE')
         FROM pg_namespace WHERE nspname = ANY($2)
       UNION ALL
       SELECT format('TEMPORARY ON DATABASE %I', datname),
              has_database_privilege($1, oid, 'TEMPORARY'), has_database_privilege('public', oid, 'TEMPORARY')
         FROM pg_database WHERE datname = current_database())
     SELECT format('REVOKE %s FROM %s', what, CASE WHEN public_may THEN 'PUBLIC' ELSE quote_ident($1) END) AS remedy
     FROM reach WHERE role_may`,
    [name, services.filter((service) => service !== app)],
  );
  if (rows.length === 0) return;
  const remedies = rows.map(({ remedy }) => `${remedy};`).join(' ');
  throw new Error(
    `the role ${name} would reach more than ${app}; first, as a superuser in that database: ${remedies}`,
  );
}

async function databaseName(client) {
  const { rows } = await client.query('SELECT current_database() AS name');
  return rows[0].name;
}

function credentials(roleUrl) {
  const { username, password } = new URL(roleUrl);
  if (password === '') throw new Error(`the URL of the role ${username} has no password`);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** What PostgreSQL keeps of a password (RFC 5803), made here so that no log of statements ever has the password. */
function scramVerifier(password, iterations) {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
