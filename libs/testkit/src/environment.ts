/** What `npm test` tells the suites; see scripts/test/infra.mjs. */
export function fromTestRun(
  name:
    | 'TEST_DATABASE_ADMIN_URL'
    | 'TEST_TEMPLATE_DATABASE'
    | 'TEST_DATABASE_ROLE_PASSWORD'
    | 'TEST_REDIS_URL'
    | 'TEST_DIR',
): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the suites with npm test -- <pattern>`);
  return value;
}
