import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const beckonDir = join(root, '.beckon');
export const logsDir = join(beckonDir, 'logs');
export const appEntry = join(root, 'dist/main/all-in-one.cjs');

/** The services that own a PostgreSQL schema, each named as its app. */
export const services = ['user', 'post', 'comment', 'reaction', 'notification', 'analytics'];
