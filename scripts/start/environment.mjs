import { developmentSecrets } from './secrets.mjs';

/**
 * What every process of a local Beckon is told. What the user has set stays as it is.
 * @param {{host: string, port: number, databaseEnv: Record<string, string>, redis: {url: string}}} where
 */
export function environment({ host, port, databaseEnv, redis }) {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const secrets = developmentSecrets();
  if (given.AUTH_JWKS_URL) delete secrets.AUTH_HS256_SECRET;
  return {
    BECKON_ENV: 'development',
    GRPC_PORT: '0',
    LOG_LEVEL: 'info',
    REDIS_PREFIX: 'beckon',
    ...secrets,
    ...given,
    HOST: host,
    PORT: String(port),
    ...databaseEnv,
    REDIS_URL: redis.url,
  };
}
