import { fileURLToPath } from 'node:url';

import { startProcess } from '#process/start-process.js';

import { ReactionModule } from '../../reaction/src/reaction.module.js';

await startProcess(
  {
    name: 'all-in-one',
    apps: [ReactionModule],
    grpcServices: [],
    consumers: [],
    pages: fileURLToPath(new URL('../../web', import.meta.url)),
  },
  process.env,
);
