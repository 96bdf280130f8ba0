import { startProcess } from '#process/start-process.js';

import { PostModule } from './post.module.js';

await startProcess(
  { name: 'post', apps: [PostModule], grpcServices: ['beckon.v1.PostService'], consumers: [] },
  process.env,
);
