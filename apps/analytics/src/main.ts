import { startProcess } from '#process/start-process.js';

import { AnalyticsModule } from './analytics.module.js';

void startProcess(
  {
    name: 'analytics',
    apps: [AnalyticsModule],
    grpcServices: ['beckon.v1.EventLedger', 'beckon.v1.AdminService'],
    consumers: ['analytics'],
  },
  process.env,
);
