import { startProcess } from '#process/start-process.js';

import { AdminModule } from './admin/admin.module.js';
import { MergedOpenApi } from './openapi/merged-openapi.js';
import { ProxyModule } from './proxy/proxy.module.js';

void startProcess(
  {
    name: 'gateway',
    apps: [AdminModule, ProxyModule],
    grpcServices: [],
    consumers: [],
    stateless: true,
    completeOpenApi: (app, own) => app.get(MergedOpenApi, { strict: false }).complete(own),
    pages: true,
  },
  process.env,
);
