import { startProcess } from '#process/start-process.js';

import { UserModule } from './user.module.js';

void startProcess(
  {
    name: 'user',
    apps: [UserModule],
    grpcServices: [
      'beckon.v1.UserProfileService',
      'beckon.v1.SocialGraphService',
      'beckon.v1.EventLedger',
      'beckon.v1.AdminService',
    ],
    consumers: ['user'],
  },
  process.env,
);
