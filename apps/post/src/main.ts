import { startProcess } from '#process/start-process.js';

import { PostModule } from './post.module.js';

void startProcess(
  {
    name: 'post',
    apps: [PostModule],
    grpcServices: ['beckon.v1.PostService', 'beckon.v1.AdminService'],
    consumers: [],
  },
  process.env,
);
