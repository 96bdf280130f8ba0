import { Histogram } from 'prom-client';

/**
 * Requests that were passed on, from their arrival here to the end of the answer. Apart from those that a process
 * answers itself: who adds up what all processes count would count them twice.
 */
export const passedRequests = new Histogram({
  name: 'beckon_gateway_request_duration_seconds',
  help: 'Requests passed on by the gateway, by service and status; streams are left out',
  labelNames: ['service', 'method', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
});
