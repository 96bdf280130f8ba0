import { startProcess } from '#process/start-process.js';

import { CommentModule } from './comment.module.js';

void startProcess(
  {
    name: 'comment',
    apps: [CommentModule],
    grpcServices: ['beckon.v1.CommentService', 'beckon.v1.AdminService'],
    consumers: [],
  },
  process.env,
);
