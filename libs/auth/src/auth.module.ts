import { Global, Module } from '@nestjs/common';

import { Tokens } from '#auth/tokens.js';

@Global()
@Module({ providers: [Tokens], exports: [Tokens] })
export class AuthModule {}
