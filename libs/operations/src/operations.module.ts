import { Module } from '@nestjs/common';

import { AdminGrpcController } from '#operations/admin.grpc.controller.js';
import { ProcessFigures } from '#operations/process-figures.js';

/** Answers operators' questions about the apps of this process; once a process. */
@Module({ controllers: [AdminGrpcController], providers: [ProcessFigures] })
export class OperationsModule {}
