import { type DynamicModule, Global, Module } from '@nestjs/common';

import { Config } from '#config/config.js';

@Global()
@Module({})
export class ConfigModule {
  /** Makes the parsed settings injectable everywhere in a process. */
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
