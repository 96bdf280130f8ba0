import { startProcess } from '#process/start-process.js';

import { NotificationApiModule } from './notification-api.module.js';

void startProcess(
  { name: 'notification-api', apps: [NotificationApiModule], grpcServices: [], consumers: [] },
  process.env,
);
