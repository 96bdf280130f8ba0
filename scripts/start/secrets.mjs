import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';

const file = join(beckonDir, 'secrets.json');

/** The keys that tokens are signed with, made once, so that tokens outlive a restart. */
export function developmentSecrets() {
  if (!existsSync(file)) {
    const secret = () => randomBytes(32).toString('base64url');
    const made = { AUTH_HS256_SECRET: secret(), SERVICE_TOKEN_SECRET: secret() };
    writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
