import { Histogram } from 'prom-client';

/** How long the HTTP requests of this process took, in seconds. */
export const requestDurations = new Histogram({
  name: 'beckon_http_request_duration_seconds',
  help: 'HTTP requests by route and status; streams are counted when they end',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
});
