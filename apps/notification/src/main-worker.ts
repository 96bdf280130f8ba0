import { startProcess } from '#process/start-process.js';

import { NotificationWorkerModule } from './notification-worker.module.js';

void startProcess(
  {
    name: 'notification-worker',
    apps: [NotificationWorkerModule],
    grpcServices: ['beckon.v1.EventLedger', 'beckon.v1.AdminService'],
    consumers: ['notification'],
  },
  process.env,
);
