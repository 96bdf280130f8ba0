import { Global, Module } from '@nestjs/common';

import { Remotes } from '#grpc/remotes.js';

@Global()
@Module({ providers: [Remotes], exports: [Remotes] })
export class GrpcClientModule {}
