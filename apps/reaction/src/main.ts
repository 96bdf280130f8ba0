import { startProcess } from '#process/start-process.js';

import { ReactionModule } from './reaction.module.js';

void startProcess(
  { name: 'reaction', apps: [ReactionModule], grpcServices: ['beckon.v1.AdminService'], consumers: [] },
  process.env,
);
