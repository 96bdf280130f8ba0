import { startProcess } from '#process/start-process.js';

import { NotificationApiModule } from './notification-api.module.js';

await startProcess(
  { name: 'notification-api', apps: [NotificationApiModule], grpcServices: [], consumers: [] },
  process.env,
);
