// A private Redis for as long as this process lives: `node run-redis.mjs <dir> <port> [cache]`.
import { startRedis } from '../../../scripts/infra/redis.mjs';

const [dir, port, cache] = process.argv.slice(2);
const redis = await startRedis({ dir, port: Number(port), ...(cache ? { cache } : {}) });
process.stdout.write(`${redis.url}\n${redis.pid}\n`);
process.on('SIGTERM', () => void redis.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
