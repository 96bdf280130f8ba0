import { fileURLToPath } from 'node:url';

import { startProcess } from '#process/start-process.js';

import { AdminModule } from './admin/admin.module.js';
import { MergedOpenApi } from './openapi/merged-openapi.js';
import { ProxyModule } from './proxy/proxy.module.js';

await startProcess(
  {
    name: 'gateway',
    apps: [AdminModule, ProxyModule],
    grpcServices: [],
    consumers: [],
    stateless: true,
    completeOpenApi: (app, own) => app.get(MergedOpenApi, { strict: false }).complete(own),
    pages: fileURLToPath(new URL('.', import.meta.resolve('#web/index.html'))),
  },
  process.env,
);
