import { Global, Module } from '@nestjs/common';

import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';

@Global()
@Module({ providers: [Shutdown, Probes], exports: [Shutdown, Probes] })
export class LifecycleModule {}
