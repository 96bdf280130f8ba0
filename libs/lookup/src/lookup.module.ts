import { Global, Module } from '@nestjs/common';

import { Lookups } from '#lookup/lookups.js';

@Global()
@Module({ providers: [Lookups], exports: [Lookups] })
export class LookupModule {}
